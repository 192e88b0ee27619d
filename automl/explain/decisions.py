"""From a score to a decision: what each limit finds, misses and costs on the holdout."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

POINTS = 101


def decision_curve(y: NDArray[Any], score: NDArray[np.float64]) -> dict[str, Any]:
    """Hits and false alarms when the highest scores are taken first.

    Parameters
    ----------
    y : ndarray, shape (rows,)
        0 or 1.
    score : ndarray, shape (rows,)
        Probability of the positive class.

    Returns
    -------
    dict
        ``rows``, ``positives`` and ``points``: per share of rows (0 to 1) the number ``taken``, the
        ``threshold`` from which a row is taken, ``hits`` and ``alarms``. Rows with equal scores are
        never parted, so ``taken`` may be a little more than the share asks.
    """
    order = np.argsort(-score, kind="stable")
    truth, sorted_score = (y == 1)[order], score[order]
    hits = np.r_[0, np.cumsum(truth)]
    ends = np.flatnonzero(np.r_[sorted_score[1:] != sorted_score[:-1], True]) + 1
    points: list[dict[str, Any]] = [{"taken": 0, "threshold": 1.0, "hits": 0, "alarms": 0, "share": 0.0}]
    for wanted in np.linspace(0, len(y), POINTS)[1:]:
        place = int(np.searchsorted(ends, np.ceil(wanted - 1e-9)))
        taken = int(ends[min(place, len(ends) - 1)])
        if taken == points[-1]["taken"]:
            continue
        points.append(
            {
                "taken": taken,
                "threshold": float(sorted_score[taken - 1]),
                "hits": int(hits[taken]),
                "alarms": int(taken - hits[taken]),
                "share": taken / len(y),
            }
        )
    return {"rows": len(y), "positives": int(truth.sum()), "points": points}
