"""Guardrails about rows: too few of them, too few of the interesting ones, duplicates."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.guardrails.registry import Alert, TableView, check, limit


@check(
    "too_few_rows",
    "pre_train",
    "warn",
    "practice: folds of 100 rows are the least",
    "sample-size",
    500,
    stricter="higher",
)
def too_few_rows(view: TableView) -> list[Alert]:
    """Fewer than 100 rows cannot be judged, fewer than 500 only roughly."""
    rows = int(view.answers.kept.sum()) if view.answers else view.rows
    if rows >= limit("too_few_rows"):
        return []
    block = rows < 100
    return [Alert(rows, severity="block" if block else None, threshold=100 if block else None)]


@check(
    "too_few_positives",
    "pre_train",
    "warn",
    "practice: 10 to 20 events per model term (Peduzzi 1996)",
    "sample-size",
    50,
    stricter="higher",
)
def too_few_positives(view: TableView) -> list[Alert]:
    """The rarest class of the target has too few rows."""
    if view.answers is None or view.answers.task == "regression":
        return []
    counts = np.bincount(view.answers.values, minlength=len(view.answers.classes))
    rarest = int(counts.argmin())
    rows = int(counts[rarest])
    if rows >= limit("too_few_positives"):
        return []
    block = rows < 20
    return [
        Alert(
            rows,
            severity="block" if block else None,
            threshold=20 if block else None,
            params={"label": view.answers.classes[rarest]},
        )
    ]


@check(
    "duplicate_rows",
    "pre_train",
    "warn",
    "practice: 1 % of the rows",
    "duplicates",
    0.01,
    stricter="lower",
)
def duplicate_rows(view: TableView) -> list[Alert]:
    """Rows that are equal in all but the name of the row may stand in training and test at once."""
    names = [n for n in view.frame.columns if view.kinds[n].name not in ("identifier", "constant")]
    if not names or not len(view.frame):
        return []
    sizes = np.unique(view.keys(names), return_counts=True)[1]
    repeated = int((sizes - 1).sum())
    share = repeated / view.rows
    if share <= limit("duplicate_rows"):
        return []
    params = {
        "rows": repeated,
        "percent": round(100 * share, 1),
        "both": round(100 * _on_both_sides(sizes, view), 1),
    }
    return [Alert(share, params=params)]


def _on_both_sides(sizes: NDArray[np.int64], view: TableView) -> float:
    """Share of a holdout drawn at random whose rows stand in training too: for a row with k - 1
    copies the chance is 1 - holdout^(k - 1). ``sizes`` holds the k of each group of equal rows."""
    return float((sizes * (1 - view.question.validation.holdout ** (sizes - 1.0))).sum() / view.rows)


@check(
    "conflicting_duplicates",
    "pre_train",
    "warn",
    "arithmetic: the majority answer of equal rows is the best any model can do",
    "duplicates",
    0.01,
    stricter="lower",
)
def conflicting_duplicates(view: TableView) -> list[Alert]:
    """Rows with equal features but different targets bound the accuracy of every model."""
    if view.target is None or view.target.task == "regression" or not view.features:
        return []
    names = [n for n in view.features if view.kinds[n].name not in ("identifier", "constant")]
    if not names:
        return []
    assert view.answers is not None
    pairs = pd.DataFrame({"key": view.keys(names)[view.answered], "label": view.answers.values})
    counts = pairs.value_counts().reset_index(name="rows")
    per_key = counts.groupby("key")["rows"]
    lost = int((per_key.sum() - per_key.max()).sum())
    labels = counts.groupby("key")["label"].transform("size")
    rows = int(counts.loc[labels > 1, "rows"].sum())
    share = rows / len(pairs)
    ceiling = 1 - lost / len(pairs)
    params = {"rows": rows, "percent": round(100 * share, 1), "ceiling": round(100 * ceiling, 1)}
    return [Alert(share, params=params)] if share > limit("conflicting_duplicates") else []
