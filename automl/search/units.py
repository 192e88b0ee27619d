"""The units of work that a search hands to its workers; each takes the study first."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation import cost_threshold
from automl.metrics import evaluate
from automl.modelstore import save_model
from automl.prediction import predict
from automl.search.ladder import sample_of
from automl.search.portfolio import Candidate
from automl.search.study import Record, Study
from automl.search.training import Trained, train_all, train_fold, train_many

FoldAnswer = tuple[NDArray[np.float64], int, float]
Measured = dict[str, Any]


def fold_unit(study: Study, wanted: Candidate, position: int, seconds: float | None) -> FoldAnswer:
    """Train one fold: predictions of its validation rows, boosting rounds, and seconds taken.

    Boosting that takes longer than ``seconds`` ends with the rounds it has.
    """
    started = time.monotonic()
    trained = _fold(study, wanted, position, seconds)
    return trained.answer, trained.rounds, time.monotonic() - started


def _fold(study: Study, wanted: Candidate, position: int, seconds: float | None) -> Trained:
    (x, y), (fit, valid) = study.train, study.parts[position]
    if study.beyond(wanted):
        assert study.bulk is not None and wanted.max_rows is not None
        coded, check = study.bulk.first(wanted.max_rows), (x.iloc[valid], y[valid])
        return train_many(study.plan, wanted, (x.iloc[fit], y[fit]), coded, check, seconds)
    fit = sample_of(fit, wanted.max_rows, study.plan.seed)
    train, check = (x.iloc[fit], y[fit]), (x.iloc[valid], y[valid])
    return train_fold(study.plan, wanted, train, check, position, seconds)


def rung_unit(
    study: Study, wanted: Candidate, record: Record, seconds: float
) -> tuple[FoldAnswer, bool, Measured]:
    """On a large table: train once, on a sample, and keep that very model.

    Returns
    -------
    tuple
        As ``fold_unit``, whether time cut the boosting short, and what ``measure`` found.
    """
    started = time.monotonic()
    trained = _fold(study, wanted, 0, seconds)
    taken = time.monotonic() - started
    oof = blank_predictions(study)
    oof[study.parts[0][1]] = trained.answer
    found = measure(study, record, trained.pipeline, oof)
    return (
        (trained.answer, trained.rounds, taken),
        trained.cut_short,
        {"fit_seconds": round(taken, 3), **found},
    )


def refit_unit(study: Study, wanted: Candidate, record: Record, oof: NDArray[np.float64]) -> Measured:
    """Train once more on all training rows, measure on the holdout and store."""
    started = time.monotonic()
    pipeline = train_all(study.plan, wanted, *study.train, record["rounds"])
    taken = round(time.monotonic() - started, 3)
    return {"fit_seconds": taken, **measure(study, record, pipeline, oof)}


def blank_predictions(study: Study) -> NDArray[np.float64]:
    """Out-of-fold predictions before any fold: unknown everywhere."""
    rows = len(study.train[1])
    return np.full((rows,) if study.plan.task == "regression" else (rows, study.plan.classes), np.nan)


def measure(study: Study, record: Record, pipeline: Any, oof: NDArray[np.float64]) -> Measured:
    """Measure a trained pipeline on the holdout and store it.

    Returns
    -------
    dict
        ``test_metrics``, ``predict_ms_per_1000``, ``size_bytes``, ``artifact``, ``store_seconds``
        and, for a yes/no question, the ``threshold``.
    """
    begun = time.monotonic()
    x_test, y_test = study.test
    task, question = study.plan.task, study.question
    answer = predict(pipeline, x_test, task, study.plan.classes)
    found: Measured = {"test_metrics": evaluate(task, y_test, answer, question.seed)}
    found["predict_ms_per_1000"] = latency(study, pipeline)
    meta = {**study.meta, "name": record["name"], "number": record["number"]}
    if task == "binary":
        costs = (question.cost_false_positive, question.cost_false_negative)
        found["threshold"] = meta["threshold"] = cost_threshold(study.train[1], oof, *costs)
    folder = study.models / f"trial_{record['number']}"
    artifact = save_model(folder, pipeline, study.plan.recipe, meta)
    found["size_bytes"] = artifact["size_bytes"]
    found["artifact"] = {"path": f"models/{folder.name}", **artifact}
    found["store_seconds"] = round(time.monotonic() - begun, 3)
    return found


def latency(study: Study, pipeline: Any) -> float:
    """Milliseconds for 1,000 rows, the better of two tries."""
    x_test = study.test[0]
    sample = x_test.iloc[np.arange(1000) % len(x_test)]
    taken = []
    for _ in range(2):
        started = time.monotonic()
        predict(pipeline, sample, study.plan.task, study.plan.classes)
        taken.append(time.monotonic() - started)
    return round(min(taken) * 1000, 2)
