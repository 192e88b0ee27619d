"""Mending probabilities of the best model where that makes them more honest."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from automl.joining import with_curve
from automl.metrics import METRICS, log_loss
from automl.search.ensemble import held_out
from automl.search.portfolio import Candidate
from automl.search.study import Record, Study
from automl.search.trials import blank_record
from automl.search.units import measure

LEAST_GAIN = 0.005  # of the log loss; less is not worth another step between row and answer
LEAST_ROWS = 200
Predictions = NDArray[np.float64]


def calibrated_unit(study: Study) -> tuple[Record, Predictions] | None:
    """Put a logistic curve over the best model's probabilities when it improves its log loss.

    The gain is measured honestly: each fold's probabilities are mended by a curve that was fitted
    on the other folds. The asked metric may not suffer by it.

    Returns
    -------
    tuple or None
        A record whose ``calibrates`` names the model below, and the mended out-of-fold
        predictions; None when nothing is gained.
    """
    started, best = time.monotonic(), study.best()
    if study.plan.task == "regression" or best is None or best["is_baseline"]:
        return None
    oof, y = study.oof(best["number"]), study.train[1]
    known = np.flatnonzero(np.isfinite(oof).all(axis=1))
    if len(known) < LEAST_ROWS or len(np.unique(y[known])) < study.plan.classes:
        return None
    parts = held_out(study, known)
    mended = cross_mended(oof, y, parts)
    if mended is None or not _gains(study, best, oof, mended, known):
        return None
    scores = [study.metric.function(y[rows], mended[rows], np.ones(len(rows))) for rows in parts]
    record = blank_record(Candidate(f"{best['name']}_calibrated", "calibrated", "members", cost=0.0), 0)
    record |= {"number": max(r["number"] for r in study.records) + 1, "calibrates": best["number"]}
    record |= {"cv_score": float(np.mean(scores)), "fold_scores": scores}
    record["cv_std"] = float(np.std(scores, ddof=1)) if len(scores) > 1 else None
    found = measure(study, record, _mended_model(study, best["number"]), mended)
    seconds = round(time.monotonic() - started, 3)
    return record | found | {"status": "finished", "seconds": seconds, "fit_seconds": 0.0}, mended


def curve(p: Predictions, y: NDArray[Any]) -> LogisticRegression:
    """The logistic curve from probabilities to what happened (Platt 1999)."""
    features = p[:, 1:] if p.shape[1] == 2 else p
    return LogisticRegression(C=100.0, max_iter=300).fit(features, y)


def cross_mended(oof: Predictions, y: NDArray[Any], parts: list[NDArray[np.int64]]) -> Predictions | None:
    """Probabilities mended fold by fold with curves of the other folds; None when that cannot be done."""
    mended = np.full_like(oof, np.nan)
    for rows in parts:
        others = np.concatenate([each for each in parts if each is not rows])
        if len(np.unique(y[others])) < oof.shape[1]:
            return None
        features = oof[rows][:, 1:] if oof.shape[1] == 2 else oof[rows]
        mended[rows] = curve(oof[others], y[others]).predict_proba(features)
    return mended


def _gains(
    study: Study, best: Record, oof: Predictions, mended: Predictions, known: NDArray[np.int64]
) -> bool:
    y, ones = study.train[1][known], np.ones(len(known))
    before, after = log_loss(y, oof[known], ones), log_loss(y, mended[known], ones)
    if after > before * (1 - LEAST_GAIN):
        return False
    metric = METRICS[study.plan.task][study.metric.name]
    was = metric.loss(metric.function(y, oof[known], ones))
    now = metric.loss(metric.function(y, mended[known], ones))
    return now <= was + 0.1 * (best["cv_std"] or 0.0)


def _mended_model(study: Study, number: int) -> Any:
    """The stored pipeline with its curve on top, as stock scikit-learn."""
    oof, y = study.oof(number), study.train[1]
    known = np.isfinite(oof).all(axis=1)
    return with_curve(study.pipeline(number), curve(oof[known], y[known]), study.plan.classes)
