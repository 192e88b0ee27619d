"""Reports on predictions of the holdout: confusion, threshold, gain and lift, calibration."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.profiling import histogram

Array = NDArray[np.float64]
Labels = NDArray[Any]


def cost_threshold(y: Labels, p: Array, false_positive: float, false_negative: float) -> float:
    """The probability from which saying "yes" costs least on these predictions.

    Parameters
    ----------
    y : ndarray, shape (rows,)
        0 or 1.
    p : ndarray, shape (rows, 2)
        Out-of-fold probabilities; rows without one (NaN) are left out.
    false_positive, false_negative : float
        Cost of each error.

    Returns
    -------
    float
        In [0, 1]; half way between the two neighbouring scores. With equal expected costs the
        higher one, which says "yes" less often.
    """
    known = np.isfinite(p[:, 1])
    if not known.any():
        return 0.5
    y, s = y[known], p[known, 1]
    order = np.argsort(-s, kind="stable")
    y, s = y[order], s[order]
    ends = np.flatnonzero(np.r_[s[1:] != s[:-1], True])
    hits = np.r_[0, np.cumsum(y == 1)[ends]]
    alarms = np.r_[0, np.cumsum(y == 0)[ends]]
    costs = false_positive * alarms + false_negative * (hits[-1] - hits)
    best = int(np.argmin(costs))
    if best == 0:
        return float(min(1.0, np.nextafter(s[0], 2)))
    low = s[ends[best]] if best < len(ends) else 0.0
    return float((s[ends[best - 1]] + low) / 2)


def threshold_report(
    y: Labels, p: Array, threshold: float, false_positive: float, false_negative: float
) -> dict[str, Any]:
    """What the threshold costs per row of the holdout, and what one half would cost."""

    def cost(level: float) -> float:
        said = p[:, 1] >= level
        return float(
            (false_positive * (said & (y == 0)).sum() + false_negative * (~said & (y == 1)).sum()) / len(y)
        )

    def rates(level: float) -> dict[str, Any]:
        said = p[:, 1] >= level
        hits = int((said & (y == 1)).sum())
        return {
            "selected": int(said.sum()),
            "hits": hits,
            "precision": hits / said.sum() if said.any() else None,
            "recall": hits / (y == 1).sum() if (y == 1).any() else None,
        }

    return {
        "value": threshold,
        "rule": "min_expected_cost_out_of_fold",
        "cost_false_positive": false_positive,
        "cost_false_negative": false_negative,
        "expected_cost": cost(threshold),
        "cost_at_half": cost(0.5),
        **rates(threshold),
    }


def confusion(y: Labels, p: Array, classes: list[str], threshold: float | None) -> dict[str, Any]:
    """Counts of true against predicted class (rows are the truth)."""
    guess = p.argmax(axis=1)
    if threshold is not None:
        guess = (p[:, 1] >= threshold).astype(int)
    size = len(classes)
    counts = np.bincount(y * size + guess, minlength=size * size).reshape(size, size)
    return {"classes": classes, "matrix": counts.tolist(), "threshold": threshold}


def gain_lift(y: Labels, p: Array, parts: int = 10) -> list[dict[str, Any]]:
    """Tenths of the holdout from the highest score down: hits, gain and lift of each.

    ``gain`` is the share of all positives found so far, ``lift`` the hit rate of this tenth over
    the hit rate of all, ``cumulative_lift`` that of everything so far.
    """
    order = np.argsort(-p[:, 1], kind="stable")
    y, s = y[order], p[order, 1]
    total, rate = max(int(y.sum()), 1), max(float(y.mean()), 1e-12)
    table, seen, hits = [], 0, 0
    for number, rows in enumerate(np.array_split(np.arange(len(y)), parts), start=1):
        if not len(rows):
            continue
        found = int(y[rows].sum())
        seen, hits = seen + len(rows), hits + found
        table.append(
            {
                "decile": number,
                "rows": len(rows),
                "hits": found,
                "score_from": float(s[rows[0]]),
                "score_to": float(s[rows[-1]]),
                "gain": hits / total,
                "lift": found / len(rows) / rate,
                "cumulative_lift": hits / seen / rate,
            }
        )
    return table


def calibration(y: Labels, p: Array, parts: int = 10) -> dict[str, Any]:
    """Predicted against observed rate in bins of equal size, and their mean distance (ECE)."""
    score = p[:, 1] if p.shape[1] == 2 else p.max(axis=1)
    truth = (y == 1) if p.shape[1] == 2 else (p.argmax(axis=1) == y)
    order = np.argsort(score, kind="stable")
    bins, error = [], 0.0
    for rows in np.array_split(order, min(parts, len(order))):
        mean, rate = float(score[rows].mean()), float(truth[rows].mean())
        low, high = wilson(int(truth[rows].sum()), len(rows))
        bins.append({"rows": len(rows), "predicted": mean, "observed": rate, "low": low, "high": high})
        error += len(rows) / len(order) * abs(mean - rate)
    return {"bins": bins, "expected_calibration_error": error}


def wilson(hits: int, rows: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927), honest for small groups.

    >>> [round(edge, 3) for edge in wilson(5, 10)]
    [0.237, 0.763]
    """
    if rows == 0:
        return 0.0, 1.0
    share, squared = hits / rows, z * z
    middle = (share + squared / (2 * rows)) / (1 + squared / rows)
    half = z / (1 + squared / rows) * np.sqrt(share * (1 - share) / rows + squared / (4 * rows * rows))
    return float(max(0.0, middle - half)), float(min(1.0, middle + half))


def residuals(y: Labels, p: Array) -> dict[str, Any]:
    """Errors of a regression: bias, quantiles, histogram and error by tenth of the estimate."""
    error = y - p
    counts, edges = histogram(error, 20)
    tenths = []
    for rows in np.array_split(np.argsort(p, kind="stable"), min(10, len(p))):
        tenths.append(
            {
                "rows": len(rows),
                "predicted": float(p[rows].mean()),
                "observed": float(y[rows].mean()),
                "mean_absolute_error": float(np.abs(error[rows]).mean()),
            }
        )
    quantiles = {f"{q:g}": float(np.quantile(error, q)) for q in (0.05, 0.25, 0.5, 0.75, 0.95)}
    return {
        "bias": float(error.mean()),
        "std": float(error.std()),
        "quantiles": quantiles,
        "histogram": {"edges": edges.tolist(), "counts": counts.tolist()},
        "by_decile": tenths,
    }
