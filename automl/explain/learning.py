"""Would more data help: the same model trained on growing parts of the rows."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.explain.subject import Subject
from automl.metrics import METRICS, Metric, choose_metric
from automl.prediction import predict
from automl.recipe import apply_recipe
from automl.texts import note

SHARES = (0.125, 0.25, 0.5, 1.0)
REPEATS = 3  # of the parts below the whole, each with other rows
ROUNDS = 200
LEAST_ROWS = 40
WORTH = 0.01  # of the score: a gain below is not worth collecting rows for


def learning_curve(subject: Subject, seconds: float = 90.0) -> dict[str, Any]:
    """Score on the holdout after training on parts of the rows, and whether doubling still helps.

    For a split in time the newest rows are taken, for one by group whole groups.

    Returns
    -------
    dict
        ``metric``, ``steps`` (rows, score, low, high: of the repeats), ``gain`` of the last
        doubling as a loss with its 95 % interval by paired bootstrap of the holdout, ``verdict``
        (``helps``, ``flat``, ``unsure``, ``short``, ``not_available``) and ``sentences``.
    """
    assert subject.train is not None
    metric, _ = choose_metric(subject.task, subject.question.metric)
    found: dict[str, Any] = {"metric": metric.label, "direction": metric.direction, "steps": [], "gain": None}
    if not _can_be_trained_again(subject.pipeline):
        return found | {"verdict": "not_available", "sentences": [note("learning_not_available")]}
    raw, y = subject.train
    x = apply_recipe(raw, subject.recipe)
    end, last = time.monotonic() + seconds, 0.0
    answers: list[list[NDArray[Any]]] = []
    for share in SHARES:
        rows = max(int(share * len(y)), 1)
        if rows < LEAST_ROWS or (share < 1 and len(y) * share < 2 * len(subject.steps)):
            continue
        if time.monotonic() + 2.5 * last > end:  # twice the rows cost about twice the time
            break
        begun = time.monotonic()
        parts = [_part(subject, rows, seed) for seed in range(REPEATS if share < 1 else 1)]
        made = [each for each in (_answer(subject, x, y, part) for part in parts) if each is not None]
        last = time.monotonic() - begun
        if made:
            answers.append(made)
            found["steps"].append(_step(subject, metric, rows, made))
    return found | _verdict(subject, metric, found["steps"], answers)


def _can_be_trained_again(pipeline: Any) -> bool:
    """Nothing inside is frozen, so that cloning would keep it, or trained beforehand, so that cloning would lose it."""
    if not hasattr(pipeline, "get_params"):
        return False
    inside = [pipeline, *pipeline.get_params(deep=True).values()]
    return not any(
        type(each).__name__ == "FrozenEstimator" or getattr(each, "cv", None) == "prefit" for each in inside
    )


def _part(subject: Subject, rows: int, seed: int) -> NDArray[np.int64]:
    """Training rows of one size."""
    assert subject.train is not None
    total = len(subject.train[1])
    if rows >= total:
        return np.arange(total)
    if subject.question.validation.kind == "time":
        return np.arange(total - rows, total)
    rng = np.random.default_rng(subject.question.seed + seed)
    if subject.groups is not None:
        order = rng.permutation(np.unique(subject.groups))
        sizes = np.cumsum([int((subject.groups == group).sum()) for group in order])
        chosen = order[: int(np.searchsorted(sizes, rows)) + 1]
        return np.flatnonzero(np.isin(subject.groups, chosen))
    return np.sort(rng.permutation(total)[:rows])


def _answer(subject: Subject, x: Any, y: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[Any] | None:
    from sklearn.base import clone

    if subject.task != "regression" and len(np.unique(y[rows])) < len(np.unique(y)):
        return None
    model = clone(subject.pipeline)
    try:
        model.fit(x.iloc[rows], y[rows])
    except ValueError:  # a part may be too small for an inner split
        return None
    return predict(model, subject.ready, subject.task, len(subject.classes))


def _step(subject: Subject, metric: Metric, rows: int, answers: list[NDArray[Any]]) -> dict[str, Any]:
    ones = np.ones(len(subject.y))
    scores = [metric.function(subject.y, answer, ones) for answer in answers]
    return {"rows": rows, "score": float(np.mean(scores)), "low": min(scores), "high": max(scores)}


def _verdict(
    subject: Subject, metric: Metric, steps: list[dict[str, Any]], answers: list[list[NDArray[Any]]]
) -> dict[str, Any]:
    if len(steps) < 2:
        return {"verdict": "short", "sentences": [note("learning_short", steps=len(steps))]}
    proper = METRICS[subject.task][metric.name]
    rng, rows = np.random.default_rng(subject.question.seed), len(subject.y)
    gains = []
    for _ in range(ROUNDS):
        weight = np.bincount(rng.integers(0, rows, rows), minlength=rows).astype(float)
        before = rng.integers(0, len(answers[-2]))
        losses = [
            proper.loss(proper.function(subject.y, answer, weight))
            for answer in (answers[-2][before], answers[-1][0])
        ]
        gains.append(losses[0] - losses[1])
    known = np.array([gain for gain in gains if np.isfinite(gain)])
    low, high = np.percentile(known, [2.5, 97.5]) if len(known) else (0.0, 0.0)
    worth = WORTH * abs(steps[-1]["score"])
    verdict = "helps" if low > 0 else "flat" if high < worth else "unsure"
    told = {"before": f"{steps[-2]['score']:.3g}", "after": f"{steps[-1]['score']:.3g}"}
    return {
        "gain": {"low": float(low), "high": float(high), "mean": float(known.mean()) if len(known) else None},
        "verdict": verdict,
        "sentences": [note(f"learning_{verdict}", metric=metric.label, **told)],
    }
