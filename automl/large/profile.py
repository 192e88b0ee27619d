"""The profile of a large table: counts and figures of all rows, kinds and suspicions from drawn ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.kinds import Kind, find_kind
from automl.large import reading
from automl.large.reading import Coded, Columns, Rows
from automl.profiling import TOP, date_values, numeric_values, profile_column, statistics
from automl.tables import label_text

HEAD = 20  # rows that are shown


def profile_large(table: Path) -> dict[str, Any]:
    """Describe a large table, one column at a time.

    Returns
    -------
    dict
        As ``profiling.profile_table``, with ``sampled_rows``: kinds, examples, notes and suggested
        roles come from so many rows drawn by seed. Rows, repeated rows, missing and distinct values,
        top values, extremes, moments, quantiles and histograms are of all rows.
    """
    columns = Columns(table)
    drawn = columns.spread(reading.LOOK_ROWS)
    head = columns.take(np.arange(min(HEAD, columns.rows)))
    repeated = columns.rows - len(np.unique(columns.keys(columns.names)))
    return {
        "rows": columns.rows,
        "sampled_rows": len(drawn),
        "duplicate_rows": int(repeated),
        "columns": [_described(columns, name, drawn) for name in columns.names],
        "sample": head.to_dict(orient="records"),
    }


def kind_of(columns: Columns, name: str, drawn: pd.Series) -> Kind:
    """The kind of a column from drawn rows; of all rows where those could mislead.

    A value that is the only one among drawn rows may not be the only one, and a counter of the
    rows shows only when no row is left out.
    """
    found = find_kind(drawn)
    present = drawn.dropna()
    whole_numbers = pd.api.types.is_integer_dtype(drawn.dtype) or (
        pd.api.types.is_float_dtype(drawn.dtype) and bool((present % 1 == 0).all())
    )
    doubtful = found.name == "constant" or (whole_numbers and present.is_unique)
    return find_kind(columns.whole(name)) if doubtful and len(drawn) < columns.rows else found


def _described(columns: Columns, name: str, rows: Rows) -> dict[str, Any]:
    coded = columns.coded(name)
    drawn = _taken(columns, name, coded, rows)
    kind = kind_of(columns, name, drawn)
    described = profile_column(drawn, kind)
    counts = np.bincount(coded.codes[coded.codes >= 0], minlength=len(coded.values))
    missing = columns.rows - int(counts.sum())
    often = np.argsort(-counts, kind="stable")[:TOP]
    described |= {
        "missing": missing,
        "missing_share": missing / max(columns.rows, 1),
        "distinct": len(coded.values),
        "top_values": [{"value": label_text(coded.values[at]), "count": int(counts[at])} for at in often],
    }
    return described | _figures(name, kind, coded)


def _taken(columns: Columns, name: str, coded: Coded, rows: Rows) -> pd.Series:
    """Drawn rows of a column that is known by its distinct values; the type stays that of the column."""
    if name not in columns.texts:
        return columns.take(rows, [name])[name]
    values = np.append(coded.values, [None])
    return pd.Series(values[coded.codes[rows]], name=name, dtype=object)


def _figures(name: str, kind: Kind, coded: Coded) -> dict[str, Any]:
    """Figures of all rows, worked out on the distinct values."""
    if not len(coded.values) or kind.name not in ("number", "date"):
        return {}
    values = pd.Series(coded.values, name=name)
    if kind.name == "date":
        moments = date_values(values, kind.date_format or "ISO8601").dropna()
        return {"min": moments.min(), "max": moments.max()}
    numbers = numeric_values(values, kind).to_numpy()[coded.codes[coded.codes >= 0]]
    known = pd.Series(numbers[~np.isnan(numbers)])
    return statistics(known) if len(known) else {}
