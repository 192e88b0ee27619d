"""A weighted vote of the best models, chosen greedily on out-of-fold predictions, and small enough to carry."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.joining import vote_of
from automl.metrics import Metric
from automl.search.portfolio import Candidate
from automl.search.study import Record, Study
from automl.search.trials import blank_record
from automl.search.units import measure

MEMBERS = 6  # more cost size and speed and gain little
ROUNDS = 20
CHOOSING = 0.5  # seconds
# Of the spread between folds, by which a vote may look worse than the best single model and is still kept: on 14 splits
# of four tables the vote was the better one on new rows in 11, and in 4 of the 5 where both looked alike. None of them
# looked worse by more than 0.1; a quarter was settled on sight of one more search, where the vote was better by 6 %.
ALLOWED = 0.25
EQUAL_ROWS = 1_000  # equal weights count as much as what so many rows say: few rows fit weights to chance
POOL = 16  # the best models; the others are never chosen
GREEDY_ROWS = 12_000
PORTABLE_BYTES = 12_000_000  # members are left out as long as the vote is larger ...
KEPT_GAIN = 0.99  # ... and keeps this share of what it gains over the constant
PARTS = 5  # of the only validation part of a large table, for the honest score
Predictions = NDArray[np.float64]
Weights = dict[int, float]


def ensemble_unit(study: Study) -> tuple[Record, Predictions] | None:
    """Try a vote of the finished models as one more trial.

    Weights come from greedy selection with replacement (Caruana et al. 2004) on the proper score.
    Its score is honest: the rows of each fold are voted on with weights that were chosen on the
    other folds. The best single model is judged in the same way (on each fold, the one that is best
    on the others), because the best of many scores flatters. The vote is kept (``wins``) unless it
    loses to that by more than a quarter of the spread between folds.

    Returns
    -------
    tuple or None
        The trial's record and out-of-fold predictions; None when there is nothing to gain.
    """
    started = time.monotonic()
    pool, best = study.ranked[:POOL], study.best()
    if len(pool) < 2 or best is None or best.get("wins"):  # a second layer is better than any vote
        return None
    oofs = {r["number"]: study.oof(r["number"]) for r in pool}
    scores, single = _honest_scores(study, oofs)
    allowed = ALLOWED * (best["cv_std"] or 0.0)
    if not study.metric.loss(float(np.mean(scores))) < study.metric.loss(single) + allowed:
        return None
    weights = _portable(study, pool, oofs)
    if len(weights) < 2 or not _fits(study, weights):
        return None
    record = _record(study, pool, weights, scores)
    oof = blend(oofs, weights)
    found = measure(study, record, _vote(study, weights), oof)
    seconds = round(time.monotonic() - started, 3)
    done = {"status": "finished", "seconds": seconds, "fit_seconds": 0.0, "wins": True}
    return record | found | done, oof


def joining_seconds(study: Study) -> float:
    """About how long a vote will take to choose, measure and store: as its likely members took."""
    pool = study.ranked[:MEMBERS]
    return 1.2 * sum(r["store_seconds"] for r in pool) + CHOOSING if len(pool) > 1 else 0.0


def _fits(study: Study, weights: Weights) -> bool:
    """Measuring and storing a vote takes about as long as its members did together."""
    cost = sum(r["store_seconds"] for r in study.finished if r["number"] in weights)
    return study.clock.budget - study.clock.elapsed > 1.2 * cost + 0.6 * study.clock.report


def vote_on(study: Study, oofs: dict[int, Predictions], rows: NDArray[np.int64]) -> Weights:
    """The weights that do best on these rows, drawn towards equal ones."""
    chosen = greedy(study.proper, study.train[1], oofs, rows, study.plan.seed)
    return steadied(chosen, len(rows))


def blend(oofs: dict[int, Predictions], weights: Weights) -> Predictions:
    first = next(iter(oofs.values()))
    total = np.zeros_like(first)
    for number, weight in weights.items():
        total += oofs[number] * weight
    return total


def known_rows(study: Study, oofs: dict[int, Predictions]) -> NDArray[np.int64]:
    """Rows that every model of the pool has predicted."""
    rows = len(study.train[1])
    known = [np.isfinite(oof.reshape(rows, -1)).all(axis=1) for oof in oofs.values()]
    return np.flatnonzero(np.logical_and.reduce(known))


def _honest_scores(study: Study, oofs: dict[int, Predictions]) -> tuple[list[float], float]:
    """The vote's score on each fold, and the mean score of a single model, both chosen without that fold."""
    y, known, metric = study.train[1], known_rows(study, oofs), study.metric
    scores, singles = [], []
    for rows in held_out(study, known):
        others = np.setdiff1d(known, rows)
        others = others if len(others) else rows
        chosen = vote_on(study, oofs, others)
        ones = np.ones(len(rows))
        answer = blend({number: oof[rows] for number, oof in oofs.items()}, chosen)
        scores.append(metric.function(y[rows], answer, ones))
        beside = {
            n: metric.loss(metric.function(y[others], o[others], np.ones(len(others))))
            for n, o in oofs.items()
        }
        alone = min(beside, key=lambda n: (beside[n], n))
        singles.append(metric.function(y[rows], oofs[alone][rows], ones))
    scores = [score for score in scores if np.isfinite(score)] or [float("nan")]
    singles = [score for score in singles if np.isfinite(score)] or [float("nan")]
    return scores, float(np.mean(singles))


def held_out(study: Study, known: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The folds, of the rows that are known; equal parts of the only fold of a large table."""
    if len(study.parts) > 1:
        held = [np.intersect1d(valid, known) for _, valid in study.parts]
    else:
        held = np.array_split(np.random.default_rng(study.plan.seed).permutation(known), PARTS)
    return [np.sort(rows) for rows in held if len(rows)]


def greedy(
    proper: Metric, y: NDArray[Any], oofs: dict[int, Predictions], rows: NDArray[np.int64], seed: int
) -> Weights:
    """Choose weights: add the model that helps most, again and again, and keep the best moment.

    Parameters
    ----------
    rows : ndarray
        Rows that decide; at most 12,000 of them are looked at.
    """
    if len(rows) > GREEDY_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, GREEDY_ROWS, replace=False))
    y, ones = y[rows], np.ones(len(rows))
    answers = {number: oof[rows] for number, oof in oofs.items()}
    total, counts = np.zeros_like(next(iter(answers.values()))), dict.fromkeys(answers, 0)
    trail: list[tuple[float, dict[int, int]]] = []
    for size in range(1, ROUNDS + 1):
        full = sum(map(bool, counts.values())) >= MEMBERS
        allowed = [number for number in answers if counts[number] or not full]
        losses = {n: proper.function(y, (total + answers[n]) / size, ones) for n in allowed}
        chosen = min(allowed, key=lambda n: (losses[n], n))
        total = total + answers[chosen]
        counts[chosen] += 1
        trail.append((losses[chosen], dict(counts)))
    kept = min(trail, key=lambda item: item[0])[1]
    size = sum(kept.values())
    return {number: count / size for number, count in kept.items() if count}


def steadied(weights: Weights, rows: int) -> Weights:
    """Draw chosen weights towards equal ones, the more the fewer rows they were chosen on."""
    share = EQUAL_ROWS / (EQUAL_ROWS + rows)
    return {number: share / len(weights) + (1 - share) * weight for number, weight in weights.items()}


def _portable(study: Study, pool: list[Record], oofs: dict[int, Predictions]) -> Weights:
    """Leave out the largest member as long as the vote is large and hardly loses by it."""
    y, known = study.train[1], known_rows(study, oofs)
    sizes = {r["number"]: r["size_bytes"] for r in pool}

    def choose(numbers: set[int]) -> tuple[Weights, float]:
        some = {number: oofs[number] for number in oofs if number in numbers}
        weights = vote_on(study, some, known)
        answer = blend({number: oof[known] for number, oof in some.items()}, weights)
        return weights, study.proper.function(y[known], answer, np.ones(len(known)))

    numbers = set(oofs)
    weights, loss = choose(numbers)
    constants = [np.mean(r["fold_losses"]) for r in study.finished if r["is_baseline"] and r["fold_losses"]]
    if not constants:
        return weights
    allowed = constants[0] - KEPT_GAIN * (constants[0] - loss)
    while sum(sizes[number] for number in weights) > PORTABLE_BYTES and len(numbers) > 2:
        numbers = numbers - {max(weights, key=lambda number: sizes[number])}
        lighter, light_loss = choose(numbers)
        if light_loss > allowed or len(lighter) < 2:
            break
        weights = lighter
    return weights


def _record(study: Study, pool: list[Record], weights: Weights, scores: list[float]) -> Record:
    members = [
        {"number": r["number"], "name": r["name"], "weight": weights[r["number"]]}
        for r in sorted(pool, key=lambda r: r["number"])
        if r["number"] in weights
    ]
    number = max(r["number"] for r in study.records) + 1
    return blank_record(Candidate("ensemble", "ensemble", "members", cost=0.0), number) | {
        "members": members,
        "cv_score": float(np.mean(scores)),
        "cv_std": float(np.std(scores, ddof=1)) if len(scores) > 1 else None,
        "fold_scores": scores,
    }


def _vote(study: Study, weights: Weights) -> Any:
    """A stock scikit-learn vote over pipelines that are trained already (read back from disk)."""
    pipelines, names = (
        [study.pipeline(number) for number in weights],
        [f"trial_{number}" for number in weights],
    )
    return vote_of(pipelines, list(weights.values()), study.plan.task, study.plan.classes, names)
