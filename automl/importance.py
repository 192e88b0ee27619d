"""Which columns the model relies on: permutation importance on the holdout."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.metrics import METRICS, Metric
from automl.prediction import predict

REPEATS = 5
MAX_ROWS = 2_000
ROUNDS = 50  # draws of the rows, spread over the repeats
ROWS_AT_ONCE = 20_000  # a pipeline asked once about many rows answers faster than asked often
FAST = 0.5  # seconds; an answer that took longer is not asked for in larger pieces
Shuffle = tuple[dict[str, Any], NDArray[np.int64]]  # the step of a raw column, and the order of its values


def permutation_importance(
    pipeline: Any,
    ready: pd.DataFrame,
    y: NDArray[Any],
    recipe: dict[str, Any],
    task: str,
    metric: Metric,
    seed: int,
    seconds: float,
) -> list[dict[str, Any]]:
    """How much worse the model gets when one raw column is shuffled (Breiman 2001).

    All model columns made from one raw column are shuffled together. At most 2,000 rows of the
    holdout and ``seconds`` of time are used. ``low`` and ``high`` are a 95 % interval over both
    sources of chance: the order in which values were shuffled and the rows of the holdout, by a
    paired bootstrap. Loss is the metric's loss, so positive means that the column helps.

    Returns
    -------
    list of dict
        ``column``, ``mean``, ``low``, ``high``, ``repeats``, ``sure`` (whether the interval lies
        above zero); the most important first. Columns that time did not allow for have
        ``repeats`` 0 and are null.
    """
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(y))[:MAX_ROWS]
    ready, y = ready.iloc[rows].reset_index(drop=True), y[rows]
    classes = int(y.max()) + 1 if task != "regression" else 0
    classes = max(classes, len(getattr(pipeline, "classes_", [])))
    end = time.monotonic() + seconds
    drops = _Drops(METRICS[task][metric.name], y, predict(pipeline, ready, task, classes), seed)
    answers: dict[str, list[NDArray[np.float64]]] = {s["column"]: [] for s in recipe["steps"] if s["outputs"]}
    for _ in range(REPEATS):
        shuffles = ((step, rng.permutation(len(y))) for step in recipe["steps"] if step["outputs"])
        for several in _in_time(shuffles, len(y), end):
            found = predict(pipeline, _shuffled(ready, several), task, classes)
            for (step, _order), answer in zip(several, np.split(found, len(several)), strict=True):
                answers[step["column"]].append(answer)
    table = [drops.summary(name, seen) for name, seen in answers.items()]
    return sorted(table, key=lambda row: -(row["mean"] if row["mean"] is not None else -np.inf))


def _in_time(shuffles: Iterator[Shuffle], rows: int, end: float) -> Iterator[list[Shuffle]]:
    """Shuffles to be asked about together: more each time, while that goes fast and time is left."""
    size = 1
    while (began := time.monotonic()) <= end:
        several = list(islice(shuffles, size))
        if not several:
            return
        yield several
        if time.monotonic() - began < FAST:
            size = min(size * 2, max(1, ROWS_AT_ONCE // rows))


def _shuffled(ready: pd.DataFrame, several: list[Shuffle]) -> pd.DataFrame:
    """The rows once for each shuffle, one below the other, so that a pipeline is asked once for all."""
    rows = np.arange(len(ready))
    stacked = ready.take(np.tile(rows, len(several))).reset_index(drop=True)
    for place, (step, order) in enumerate(several):
        for name in step["outputs"]:
            taken = np.concatenate([np.tile(rows, place), order, np.tile(rows, len(several) - place - 1)])
            stacked[name] = ready[name].take(taken).reset_index(drop=True)
    return stacked


class _Drops:
    """Losses after shuffling beside the loss before, on the same drawn rows."""

    def __init__(self, metric: Metric, y: NDArray[Any], before: NDArray[np.float64], seed: int) -> None:
        self.metric, self.y = metric, y
        rng, rows = np.random.default_rng(seed), len(y)
        draws = [np.bincount(rng.integers(0, rows, rows), minlength=rows) for _ in range(ROUNDS)]
        self.weights = [each.astype(float) for each in draws]
        self.start = self._loss(before, np.ones(rows))
        self.starts = [self._loss(before, weight) for weight in self.weights]

    def _loss(self, answer: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
        return self.metric.loss(self.metric.function(self.y, answer, weight))

    def summary(self, column: str, answers: list[NDArray[np.float64]]) -> dict[str, Any]:
        """Mean and interval of one column."""
        if not answers:
            empty: dict[str, Any] = dict.fromkeys(("mean", "low", "high"))
            return {"column": column, **empty, "repeats": 0, "sure": False}
        ones = np.ones(len(self.y))
        mean = float(np.mean([self._loss(each, ones) for each in answers])) - self.start
        spread = np.array(
            [
                self._loss(answers[turn % len(answers)], weight) - start
                for turn, (weight, start) in enumerate(zip(self.weights, self.starts, strict=True))
            ]
        )
        spread = spread[np.isfinite(spread)]
        low, high = np.percentile(spread, [2.5, 97.5]) if len(spread) else (mean, mean)
        low, high = min(float(low), mean), max(float(high), mean)
        return {
            "column": column,
            "mean": mean,
            "low": low,
            "high": high,
            "repeats": len(answers),
            "sure": low > 0,
        }
