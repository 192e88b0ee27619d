"""What new rows are compared with: the training rows, summed up; and the input schema."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.profiling import date_values
from automl.recipe import to_categories, to_numbers
from automl.tables import label_text

TENTHS = 10
POINTS = 101
MAX_CATEGORIES = 50
OTHER = "(other)"
SOME_TEXT = "a few words of text"


def build_reference(
    frame: pd.DataFrame, recipe: dict[str, Any], predictions: NDArray[np.float64]
) -> dict[str, Any]:
    """Sum up the training rows for drift.

    Parameters
    ----------
    frame : pandas.DataFrame
        Raw training rows.
    predictions : ndarray, shape (rows,)
        Probability of the positive class, of the chosen class, or the estimate; on the holdout.

    Returns
    -------
    dict
        ``rows``, ``columns`` (per raw column: kind, missing share, bins or categories with
        proportions) and ``prediction``.
    """
    columns = {
        step["column"]: summarise(frame[step["column"]], step) for step in recipe["steps"] if step["outputs"]
    }
    return {
        "rows": len(frame),
        "columns": columns,
        "prediction": {"rows": len(predictions), **_numbers(np.asarray(predictions, dtype=float))},
    }


def summarise(column: pd.Series, step: dict[str, Any]) -> dict[str, Any]:
    """Sum up one column as numbers or as categories; dates count as days, text as length."""
    if step["kind"] == "category":
        present = column.dropna()
        names = pd.Series(to_categories(present)).value_counts()
        kept = names.head(MAX_CATEGORIES)
        shares = (kept / max(len(present), 1)).to_dict()
        shares[OTHER] = float(names.iloc[MAX_CATEGORIES:].sum() / max(len(present), 1))
        return {
            "kind": "category",
            "missing_share": float(column.isna().mean()),
            "categories": shares,
            "known": [str(name) for name in names.index[:5_000]],
        }
    values = as_numbers(column, step)
    return {**_numbers(values), "as": step["kind"], "format": step.get("format")}


def as_numbers(column: pd.Series, step: dict[str, Any]) -> NDArray[np.float64]:
    """A number, date (days since 2000) or text (length) column as floats."""
    kind = step.get("as", step["kind"])
    if kind == "date":
        moments = date_values(column, step["format"])
        days = (moments - pd.Timestamp("2000-01-01")).dt.total_seconds() / 86400
        return days.to_numpy(dtype="float64")
    if kind == "text":
        return column.astype("string").str.len().to_numpy(dtype="float64", na_value=np.nan)
    return to_numbers(column)


def _numbers(values: NDArray[np.float64]) -> dict[str, Any]:
    known = values[np.isfinite(values)]
    missing = float(1 - len(known) / max(len(values), 1))
    if not len(known):
        return {
            "kind": "number",
            "missing_share": missing,
            "edges": [],
            "proportions": [],
            "points": [],
            "below": [],
        }
    known = np.sort(known)  # once; quantiles and counts are then look-ups
    edges = np.unique(_quantiles(known, np.linspace(0, 1, TENTHS + 1)[1:-1]))
    counts = np.diff(np.concatenate([[0], np.searchsorted(known, edges, side="right"), [len(known)]]))
    points = np.unique(_quantiles(known, np.linspace(0, 1, POINTS)))
    below = np.searchsorted(known, points, side="right") / len(known)
    return {
        "kind": "number",
        "missing_share": missing,
        "edges": edges.tolist(),
        "proportions": (counts / len(known)).tolist(),
        "points": points.tolist(),
        "below": below.tolist(),
    }


def _quantiles(ordered: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles of sorted values, as ``np.quantile`` computes them."""
    places = shares * (len(ordered) - 1)
    low = np.floor(places).astype(int)
    high = np.minimum(low + 1, len(ordered) - 1)
    return np.asarray(ordered[low] + (ordered[high] - ordered[low]) * (places - low))


def build_schema(frame: pd.DataFrame, recipe: dict[str, Any]) -> list[dict[str, Any]]:
    """Describe what a request must hold: one entry per raw column that the model uses."""
    schema = []
    for step in recipe["steps"]:
        if not step["outputs"]:
            continue
        name = step["column"]
        column = frame[name]
        present = column.dropna()
        entry: dict[str, Any] = {
            "name": name,
            "kind": step["kind"],
            "required": True,
            "min": None,
            "max": None,
            "categories": None,
            "missing_share": float(column.isna().mean()),
            "example": example_of(present, step),
            "format": step.get("format"),
        }
        if step["kind"] == "number":
            numbers = to_numbers(present)
            if np.isfinite(numbers).any():
                entry |= {"min": float(np.nanmin(numbers)), "max": float(np.nanmax(numbers))}
            words = present[np.isnan(numbers)].astype(str).str.strip()
            entry["non_numbers"] = sorted(set(words))[:20]
        if step["kind"] == "date":
            moments = date_values(present, step["format"]).dropna()
            entry |= {"min": moments.min(), "max": moments.max()}
        if step["kind"] == "category":
            names = pd.Series(to_categories(present)).value_counts()
            entry["categories"] = [str(value) for value in names.index[:200]]
        schema.append(entry)
    return schema


def example_of(present: pd.Series, step: dict[str, Any]) -> Any:
    """A typical value as a request would hold it."""
    if present.empty:
        return None
    if step["kind"] == "number":
        numbers = to_numbers(present)
        finite = np.sort(numbers[np.isfinite(numbers)])
        return float(finite[len(finite) // 2]) if len(finite) else None
    if step["kind"] == "category":
        return label_text(present.value_counts().index[0])
    return SOME_TEXT if step["kind"] == "text" else present.iloc[0]  # nobody's own words
