"""Guardrails about the metric: does it reward what is wanted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from automl.guardrails.registry import Alert, TableView, check, limit

UNEQUAL = 2.0  # times one error costs what the other does


@check(
    "wrong_metric",
    "pre_train",
    "justify",
    "practice: accuracy misleads below 5 % minority",
    "metrics",
    0.05,
    stricter="higher",
)
def wrong_metric(view: TableView) -> list[Alert]:
    """Accuracy on a rare class: always saying "no" looks excellent."""
    if view.target is None or view.target.task == "regression":
        return []
    if view.question.metric != "accuracy":
        return []
    shares = np.bincount(view.target.values, minlength=len(view.target.classes))
    share = float(shares.min() / shares.sum())
    params = {
        "percent": round(100 * share, 1),
        "constant": round(100 * float(shares.max() / shares.sum()), 1),
    }
    return [Alert(share, (view.question.target,), params)] if share < limit("wrong_metric") else []


@check(
    "metric_ignores_costs",
    "pre_train",
    "warn",
    "own: one error costs at least twice the other",
    "metrics",
    UNEQUAL,
    stricter="lower",
)
def metric_ignores_costs(view: TableView) -> list[Alert]:
    """The errors cost differently, but the metric counts them alike."""
    if view.target is None or view.target.task != "binary" or view.question.metric != "accuracy":
        return []
    costs = sorted((view.question.cost_false_positive, view.question.cost_false_negative))
    times = costs[1] / costs[0] if costs[0] > 0 else float("inf")
    if costs[1] == 0 or times < limit("metric_ignores_costs"):
        return []
    shown = "∞" if costs[0] == 0 else f"{times:g}"
    return [Alert(None if costs[0] == 0 else times, (view.question.target,), {"times": shown})]


@check(
    "imbalanced_target",
    "pre_train",
    "info",
    "practice: minority below 5 %",
    "metrics",
    0.05,
    stricter="higher",
)
def imbalanced_target(view: TableView) -> list[Alert]:
    """The interesting answer is rare: ranking and costs matter more than accuracy."""
    if view.target is None or view.target.task != "binary":
        return []
    share = float(np.mean(view.target.values == 1))
    share = min(share, 1 - share)
    params = {"percent": round(100 * share, 1)}
    below = share < limit("imbalanced_target")
    return [Alert(share, (view.question.target,), params)] if below else []


@check("heavy_tail", "pre_train", "info", "practice: skewness above 3", "metrics", 3.0, stricter="lower")
def heavy_tail(view: TableView) -> list[Alert]:
    """A few huge values decide a squared error."""
    if view.target is None or view.target.task != "regression" or len(view.target.values) < 50:
        return []
    if view.question.metric not in (None, "rmse", "r2"):
        return []
    skewness = float(pd.Series(view.target.values).skew())
    above = abs(skewness) >= limit("heavy_tail")
    return [Alert(skewness, (view.question.target,))] if above else []
