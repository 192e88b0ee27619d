"""The profile of a table: what stands in each column and which role it probably plays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from automl.kinds import Kind, find_kind, moments_of
from automl.sensitive import personal_suspicion, sensitive_suspicion
from automl.tables import label_text
from automl.texts import note

BINS = 20
TOP = 10
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


def profile_table(frame: pd.DataFrame) -> dict[str, Any]:
    """Describe a table.

    Returns
    -------
    dict
        ``rows``, ``duplicate_rows``, ``columns`` (one dict each, in the table's order) and
        ``sample`` (the first 20 rows as objects).
    """
    return {
        "rows": len(frame),
        "duplicate_rows": int(frame.duplicated().sum()),
        "columns": [profile_column(frame[name]) for name in frame.columns],
        "sample": frame.head(20).to_dict(orient="records"),
    }


def profile_column(column: pd.Series, kind: Kind | None = None) -> dict[str, Any]:
    """Describe one column: kind, missing, distinct, numbers, top values, notes, suggested role."""
    kind = kind or find_kind(column)
    present = column.dropna()
    missing = len(column) - len(present)
    described = {
        "name": str(column.name),
        "kind": kind.name,
        "missing": missing,
        "missing_share": missing / max(len(column), 1),
        "distinct": int(present.nunique()),
        "top_values": [
            {"value": label_text(value), "count": int(count)}
            for value, count in present.value_counts().head(TOP).items()
        ],
        "examples": [label_text(value) for value in pd.unique(present)[:5]],
        "notes": [note(code, column=str(column.name), **params) for code, params in kind.notes],
        "date_format": kind.date_format,
        **_suggestion(column, kind),
    }
    numbers = numeric_values(column, kind).dropna()
    if kind.name == "number" and len(numbers):
        described |= statistics(numbers)
    if kind.name == "date":
        moments = date_values(column, kind.date_format or "ISO8601").dropna()
        described |= {"min": moments.min(), "max": moments.max()}
    return described


def numeric_values(column: pd.Series, kind: Kind) -> pd.Series:
    """The column as float64; text that is no number becomes missing."""
    if kind.name != "number":
        return pd.Series(dtype="float64")
    return pd.to_numeric(column, errors="coerce").astype("float64")


def date_values(column: pd.Series, form: str) -> pd.Series:
    """The column as datetime64 without a time zone (UTC), read by the one format that ``find_kind`` settled on.

    A column that was of moments at training is given as ISO text in a file of text or a request.

    >>> date_values(pd.Series(["2024-05-01", "2024-05-01T12:00:00+02:00"]), "datetime").dt.hour.tolist()
    [0, 10]
    """
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column if column.dt.tz is None else column.dt.tz_convert("UTC").dt.tz_localize(None)
    return moments_of(column.astype("string").str.strip(), form)


def histogram(values: Any, bins: int) -> tuple[Any, Any]:
    """Counts and edges; one bin where the values lie too close to each other, or too far apart, to be cut.

    >>> counts, edges = histogram(np.array([1e18, 1e18 + 256]), 20)
    >>> int(counts.sum()), len(edges)
    (2, 2)
    """
    try:
        counts, edges = np.histogram(values, bins=bins)
        if np.isfinite(edges).all():
            return counts, edges
    except ValueError:
        pass
    return np.array([len(values)]), np.array([np.min(values), np.max(values)])


def statistics(numbers: pd.Series) -> dict[str, Any]:
    """Extremes, moments, quantiles and a histogram of known numbers; infinities are left out."""
    finite = numbers[np.isfinite(numbers)]
    counts, edges = histogram(finite, BINS)
    quantiles = np.quantile(finite, QUANTILES) if len(finite) else np.full(len(QUANTILES), np.nan)
    return {
        "min": finite.min(),
        "max": finite.max(),
        "mean": finite.mean(),
        "median": finite.median(),
        "std": finite.std(),
        "quantiles": {f"{q:g}": float(value) for q, value in zip(QUANTILES, quantiles, strict=True)},
        "histogram": {"edges": edges.tolist(), "counts": counts.tolist()},
    }


def _suggestion(column: pd.Series, kind: Kind) -> dict[str, Any]:
    """The role a person most likely means, with the reason; they may always change it."""
    name = str(column.name)
    attribute = sensitive_suspicion(name, column)
    personal = personal_suspicion(column)
    if kind.name == "constant":
        role, code, params = "exclude", "role_constant", {}
    elif personal:
        role, code, params = "exclude", "role_personal", {"what": personal}
    elif kind.name == "identifier":
        role, code, params = "id", "role_identifier", {}
    elif attribute:
        role, code, params = "sensitive", "role_sensitive", {"attribute": attribute}
    elif column.isna().mean() > 0.95:
        role, code, params = "exclude", "role_mostly_missing", {}
    elif kind.name == "text":
        role, code, params = "feature", "role_text", {}
    else:
        role, code, params = "feature", "role_feature", {}
    return {"suggested_role": role, "reason": note(code, column=name, **params)}
