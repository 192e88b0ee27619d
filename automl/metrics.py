"""Scores of predictions, all with row weights so that one bootstrap serves every one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Labels = NDArray[Any]
Score = Callable[[Labels, Array, Array], float]
TINY = 1e-15
BOOTSTRAPS = 200  # enough for 95 % intervals to about a tenth of their width
BOOTSTRAP_ROWS = 4_000  # beyond, intervals are computed on a sample and scaled by sqrt(rows)


@dataclass(frozen=True)
class Metric:
    """A score: its name, whether more is better, its label and its function."""

    name: str
    higher_is_better: bool
    label: str
    function: Score

    @property
    def direction(self) -> str:
        """``maximize`` or ``minimize``."""
        return "maximize" if self.higher_is_better else "minimize"

    def loss(self, score: float) -> float:
        """The score as something where less is better."""
        return -score if self.higher_is_better else score


def roc_auc(y: Labels, p: Array, w: Array) -> float:
    """Area under the ROC curve, ties counted half (Mann-Whitney)."""
    s = p[:, 1]
    order = np.argsort(s, kind="stable")
    s, positive, negative = s[order], (w * (y == 1))[order], (w * (y == 0))[order]
    last = np.r_[s[1:] != s[:-1], True]
    below = np.cumsum(negative)[last]
    ties = np.diff(np.r_[0.0, below])
    hits = np.diff(np.r_[0.0, np.cumsum(positive)[last]])
    total = positive.sum() * negative.sum()
    return float(np.sum(hits * (below - ties / 2)) / total) if total else float("nan")


def average_precision(y: Labels, p: Array, w: Array) -> float:
    """Average precision: the step-wise area under precision and recall, ties taken together."""
    s = -p[:, 1]
    order = np.argsort(s, kind="stable")
    s, positive, weight = s[order], (w * (y == 1))[order], w[order]
    last = np.r_[s[1:] != s[:-1], True]
    hits, seen = np.cumsum(positive)[last], np.cumsum(weight)[last]
    if not hits[-1]:
        return float("nan")
    precision = hits / np.maximum(seen, TINY)
    return float(np.sum(np.diff(np.r_[0.0, hits]) * precision) / hits[-1])


def log_loss(y: Labels, p: Array, w: Array) -> float:
    """Mean negative log probability of the true class, probabilities clipped at 1e-7."""
    chosen = p[np.arange(len(y)), y.astype(int)] / p.sum(axis=1)
    return float(np.average(-np.log(np.clip(chosen, 1e-7, 1)), weights=w))


def brier(y: Labels, p: Array, w: Array) -> float:
    """Brier score of a binary probability: mean squared distance to the outcome."""
    return float(np.average((p[:, 1] - (y == 1)) ** 2, weights=w))


def accuracy(y: Labels, p: Array, w: Array) -> float:
    """Share of rows whose most probable class is the true one."""
    return float(np.average(p.argmax(axis=1) == y, weights=w))


def balanced_accuracy(y: Labels, p: Array, w: Array) -> float:
    """Mean over the classes of the share found."""
    hit = p.argmax(axis=1) == y
    found = [np.average(hit[y == k], weights=w[y == k]) for k in range(p.shape[1]) if w[y == k].sum() > 0]
    return float(np.mean(found))


def f1_macro(y: Labels, p: Array, w: Array) -> float:
    """Mean over the classes of the harmonic mean of precision and recall."""
    guess = p.argmax(axis=1)
    scores = []
    for k in range(p.shape[1]):
        hit = w[(guess == k) & (y == k)].sum()
        both = w[guess == k].sum() + w[y == k].sum()
        scores.append(2 * hit / both if both else 0.0)
    return float(np.mean(scores))


def f1(y: Labels, p: Array, w: Array) -> float:
    """F1 of the positive class at probability one half."""
    guess = p[:, 1] >= 0.5
    both = w[guess].sum() + w[y == 1].sum()
    return float(2 * w[guess & (y == 1)].sum() / both) if both else 0.0


def rmse(y: Labels, p: Array, w: Array) -> float:
    """Root of the mean squared error, in the target's unit."""
    return float(np.sqrt(np.average((y - p) ** 2, weights=w)))


def mae(y: Labels, p: Array, w: Array) -> float:
    """Mean absolute error, in the target's unit."""
    return float(np.average(np.abs(y - p), weights=w))


def r2(y: Labels, p: Array, w: Array) -> float:
    """Share of the target's variance that is explained."""
    spread = np.average((y - np.average(y, weights=w)) ** 2, weights=w)
    return float(1 - np.average((y - p) ** 2, weights=w) / spread) if spread else float("nan")


METRICS: dict[str, dict[str, Metric]] = {
    "binary": {
        m.name: m
        for m in (
            Metric("roc_auc", True, "AUC", roc_auc),
            Metric("average_precision", True, "Average precision", average_precision),
            Metric("log_loss", False, "Log loss", log_loss),
            Metric("brier", False, "Brier score", brier),
            Metric("accuracy", True, "Accuracy", accuracy),
            Metric("balanced_accuracy", True, "Balanced accuracy", balanced_accuracy),
            Metric("f1", True, "F1", f1),
        )
    },
    "multiclass": {
        m.name: m
        for m in (
            Metric("log_loss", False, "Log loss", log_loss),
            Metric("accuracy", True, "Accuracy", accuracy),
            Metric("balanced_accuracy", True, "Balanced accuracy", balanced_accuracy),
            Metric("f1_macro", True, "F1 (mean of classes)", f1_macro),
        )
    },
    "regression": {
        m.name: m
        for m in (
            Metric("rmse", False, "RMSE", rmse),
            Metric("mae", False, "Mean absolute error", mae),
            Metric("r2", True, "R²", r2),
        )
    },
}
RECOMMENDED = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}


def choose_metric(task: str, asked: str | None) -> tuple[Metric, str]:
    """Pick the metric and the code of the reason for it; asking for the recommended one is no choice of one's own.

    Raises
    ------
    KeyError
        When the metric does not exist for the task.
    """
    name = asked or RECOMMENDED[task]
    return METRICS[task][name], f"metric_{name}" if name == RECOMMENDED[task] else "metric_asked"


def evaluate(
    task: str, y: Labels, p: Array, seed: int = 0, rounds: int = BOOTSTRAPS
) -> dict[str, dict[str, float]]:
    """Every metric of the task with a 95 % interval.

    Parameters
    ----------
    task : str
        ``binary``, ``multiclass`` or ``regression``.
    y : ndarray, shape (rows,)
        True classes or values.
    p : ndarray, shape (rows, classes) or (rows,)
        Probabilities or estimates.

    Returns
    -------
    dict
        ``{name: {"value", "low", "high", "n"}}``; percentile bootstrap over rows (Efron 1979).
    """
    rows = len(y)
    ones = np.ones(rows)
    if task == "binary":  # sorted once, so that the sort inside each round is almost free
        order = np.argsort(p[:, 1], kind="stable")
        y, p = y[order], p[order]
    rng = np.random.default_rng(seed)
    chosen = np.arange(rows)
    if rows > BOOTSTRAP_ROWS:
        chosen = np.sort(rng.choice(rows, BOOTSTRAP_ROWS, replace=False))
    drawn = [
        np.bincount(rng.integers(0, len(chosen), len(chosen)), minlength=len(chosen)).astype(float)
        for _ in range(rounds)
    ]
    shrink = np.sqrt(len(chosen) / rows)
    outcome = {}
    for name, metric in METRICS[task].items():
        value = metric.function(y, p, ones)
        spread = np.array([metric.function(y[chosen], p[chosen], w) for w in drawn])
        spread = spread[np.isfinite(spread)]
        low, high = np.percentile(spread, [2.5, 97.5]) if len(spread) else (value, value)
        outcome[name] = {
            "value": value,
            "low": value - (value - low) * shrink,
            "high": value + (high - value) * shrink,
            "n": rows,
        }
    return outcome
