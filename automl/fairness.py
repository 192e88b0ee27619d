"""How a model treats groups of people: selection, hits and errors per group, with intervals."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.evaluation import wilson
from automl.recipe import to_categories, to_numbers
from automl.sensitive import sensitive_suspicion

MIN_GROUP = 30  # rows below which a rate of a group is not compared
MAX_GROUPS = 12
AGES = (25.0, 40.0, 60.0)


def group_report(
    column: pd.Series, y: NDArray[Any], p: NDArray[np.float64], task: str, threshold: float | None
) -> dict[str, Any]:
    """Compare the groups of one sensitive column on the holdout.

    Returns
    -------
    dict
        ``groups``: rows and, for binary tasks, selection rate and true positive rate with 95 %
        Wilson intervals; accuracy for classes; mean estimate and error for numbers.
        ``selection_ratio`` and ``tpr_ratio``: least over greatest among groups with at least 30
        rows (positives, for the second), with the two groups' names.
    """
    names = groups_of(column)
    report: dict[str, Any] = {"column": str(column.name), "groups": []}
    for name in pd.Series(names).value_counts().index[:MAX_GROUPS]:
        rows = names == name
        described = {"group": str(name), "rows": int(rows.sum())}
        report["groups"].append(described | _measures(y[rows], p[rows], task, threshold))
    if task == "binary":
        _ratio(report, "selected", "rows", "selection_ratio")
        _ratio(report, "found", "positives", "tpr_ratio")
    elif task == "multiclass":
        _ratio(report, "right", "rows", "accuracy_ratio")
    else:
        _error_ratio(report)
    return report


def groups_of(column: pd.Series) -> NDArray[np.object_]:
    """Name the group of every row; numbers become age bands or quarters."""
    numeric = pd.api.types.is_numeric_dtype(column.dtype) and column.nunique() > MAX_GROUPS
    if not numeric:
        return to_categories(column)
    values = to_numbers(column)
    known = values[np.isfinite(values)]
    age = sensitive_suspicion(str(column.name), column) == "age"
    edges = np.array(AGES) if age else np.unique(np.quantile(known, [0.25, 0.5, 0.75]))
    shown = [f"{edge:g}" for edge in edges]
    labels = [
        f"< {shown[0]}",
        *(f"{a} – < {b}" for a, b in zip(shown, shown[1:], strict=False)),
        f"≥ {shown[-1]}",
        "(missing)",
    ]
    codes = np.where(np.isfinite(values), np.searchsorted(edges, values, side="right"), -1)
    return np.array(labels, dtype=object)[codes]


def _measures(y: NDArray[Any], p: NDArray[np.float64], task: str, threshold: float | None) -> dict[str, Any]:
    if task == "regression":
        errors = np.abs(y - p)
        half = 1.96 * float(errors.std()) / max(len(y), 1) ** 0.5
        return {
            "mean_prediction": float(p.mean()),
            "mean_actual": float(y.mean()),
            "mean_absolute_error": float(errors.mean()),
            "error_interval": (float(errors.mean()) - half, float(errors.mean()) + half),
        }
    if task == "multiclass":
        hits = int((p.argmax(axis=1) == y).sum())
        return {"right": hits, "accuracy": hits / len(y), "accuracy_interval": wilson(hits, len(y))}
    said = p[:, 1] >= (0.5 if threshold is None else threshold)
    positives = int((y == 1).sum())
    hits = int((said & (y == 1)).sum())
    return {
        "selected": int(said.sum()),
        "selection_rate": float(said.mean()),
        "selection_interval": wilson(int(said.sum()), len(y)),
        "positives": positives,
        "base_rate": float((y == 1).mean()),
        "found": hits,
        "tpr": hits / positives if positives else None,
        "tpr_interval": wilson(hits, positives) if positives else None,
    }


def _ratio(report: dict[str, Any], hits: str, size: str, name: str) -> None:
    """Least over greatest rate; None when fewer than two groups are large enough."""
    found = share_ratio({g["group"]: (g[hits], g[size]) for g in report["groups"]})
    report[name] = None
    if found:
        report[name] = found["ratio"]
        report[f"{name}_low"], report[f"{name}_high"] = found["low"], found["high"]
        report[f"{name}_interval"] = (found["low_bound"], found["high_bound"])


def share_ratio(groups: dict[str, tuple[int, int]]) -> dict[str, Any] | None:
    """Compare the least with the greatest share of hits among groups of at least 30 rows.

    Parameters
    ----------
    groups : dict
        Hits and rows of every group.

    Returns
    -------
    dict or None
        ``ratio`` with a 95 % interval (``low_bound``, ``high_bound``; Katz's logarithm of a ratio,
        half a hit added to each side, widened by Bonferroni for the choice among all groups) and
        the names ``low`` and ``high``. None with fewer than two groups, or nobody hit at all.
    """
    fit = {name: (hits, rows) for name, (hits, rows) in groups.items() if rows >= MIN_GROUP}
    if len(fit) < 2:
        return None
    rate = {name: hits / rows for name, (hits, rows) in fit.items()}
    low, high = min(rate, key=lambda n: rate[n]), max(rate, key=lambda n: rate[n])
    if rate[high] == 0:
        return None
    (a, n), (b, m) = fit[low], fit[high]
    smooth = ((a + 0.5) / (n + 0.5)) / ((b + 0.5) / (m + 0.5))
    spread = (1 / (a + 0.5) - 1 / (n + 0.5) + 1 / (b + 0.5) - 1 / (m + 0.5)) ** 0.5
    pairs = len(fit) * (len(fit) - 1) / 2
    wide = float(np.exp(NormalDist().inv_cdf(1 - 0.025 / pairs) * spread))
    bounds = {"low_bound": float(smooth / wide), "high_bound": float(smooth * wide)}
    return {"ratio": rate[low] / rate[high], "low": low, "high": high, **bounds}


def _error_ratio(report: dict[str, Any]) -> None:
    """Least over greatest mean error of the groups, with an interval from both means."""
    fit = [g for g in report["groups"] if g["rows"] >= MIN_GROUP]
    report["error_ratio"] = None
    if len(fit) < 2:
        return
    best, worst = (each(fit, key=lambda g: g["mean_absolute_error"]) for each in (min, max))
    if worst["mean_absolute_error"] == 0:
        return
    report["error_ratio"] = best["mean_absolute_error"] / worst["mean_absolute_error"]
    report["error_ratio_low"], report["error_ratio_high"] = worst["group"], best["group"]
    floor = max(worst["error_interval"][0], 1e-12)
    report["error_ratio_interval"] = (
        max(best["error_interval"][0], 0.0) / worst["error_interval"][1],
        best["error_interval"][1] / floor,
    )
