"""From columns of text to typed columns: numbers, dates and text, without losing anything."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from automl.ingest.bounds import Bounds, Refused
from automl.kinds import DATE_FORMATS, find_date_format
from automl.tables import ABSENT_WORDS
from automl.texts import note

NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$"
INTEGER = r"^[+-]?\d{1,18}$"
LEADING_ZERO = r"^[+-]?0\d+$"
DECIMAL_COMMA = r"^[+-]?\d+(,\d+)?$"
ISO_DATE = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?$"
FORMULA = r"^[=+\-@]."


def check_header(names: list[str], bounds: Bounds) -> list[str]:
    """Trim the header names and refuse empty, double or too many ones.

    Raises
    ------
    Refused
        ``too_many_columns``, ``single_column``, ``empty_header``, ``cell_too_long`` or
        ``duplicate_header``.
    """
    names = [str(name).strip() for name in names]
    if len(names) > bounds.columns:
        raise Refused("too_many_columns", row=1, found=len(names), limit=bounds.columns)
    if len(names) == 1:
        raise Refused("single_column", row=1, column=names[0])
    for position, name in enumerate(names, start=1):
        _check_name(name, position)
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.casefold(), name)
        if other is not name or Counter(names)[name] > 1:
            raise Refused("duplicate_header", row=1, column=name, other=other)
    return names


def _check_name(name: str, position: int) -> None:
    if not name:
        raise Refused("empty_header", row=1, position=position)
    if len(name) > 200:
        raise Refused("header_too_long", row=1, position=position, limit=200)
    if re.search(r"[\x00-\x1f\x7f]", name):
        raise Refused("header_control_character", row=1, position=position)


def type_column(text: pa.ChunkedArray, *, comma: bool) -> tuple[pa.ChunkedArray, bool]:
    """Give one text column its type.

    Parameters
    ----------
    text : pyarrow.ChunkedArray
        Strings as read.
    comma : bool
        Whether ``1,5`` may be a number (only where the comma is not the delimiter).

    Returns
    -------
    tuple of (pyarrow.ChunkedArray, bool)
        int64, float64, timestamp or string; and whether decimal commas were read. A column with
        one value that does not fit stays text, and so do codes with leading zeros ("007").
    """
    stripped = pc.utf8_trim_whitespace(text)
    absent = pc.is_in(stripped, value_set=pa.array(ABSENT_WORDS))
    values = pc.if_else(absent, pa.scalar(None, pa.string()), stripped)
    present = values.drop_null()
    if len(present) == 0:
        return values, False
    if not _any(present, LEADING_ZERO):
        if _all(present, INTEGER):
            return pc.cast(_without_plus(values), pa.int64()), False
        if _all(present, NUMBER):
            return _finite(pc.cast(_without_plus(values), pa.float64())), False
        if comma and _all(present, DECIMAL_COMMA):
            dotted = pc.replace_substring(_without_plus(values), ",", ".")
            return pc.cast(dotted, pa.float64()), True
    if _all(present, ISO_DATE):
        dates = pd.to_datetime(values.to_pandas(), format="ISO8601", errors="coerce")
        if int(dates.isna().sum()) == len(values) - len(present):
            return pa.chunked_array([pa.array(dates.astype("datetime64[us]"))]), False
    return values, False


ORDERS = {"day": ("%d", "%m"), "month": ("%m", "%d"), "year": ("%Y", "%m")}


def read_dates(text: pa.ChunkedArray, order: str | None) -> tuple[pa.ChunkedArray, dict[str, Any] | None]:
    """Tell whether a column of text holds dates, and read them where somebody said which part comes first.

    Parameters
    ----------
    text : pyarrow.ChunkedArray
        Strings.
    order : str or None
        "day", "month" or "year": what stands first in the dates of this file.

    Returns
    -------
    tuple
        The column (dates where it was said how to read them and every value fits), and None or
        ``{"format", "is_ambiguous"}``.
    """
    present = pc.unique(text.drop_null())
    if not len(present):
        return text, None
    values = pd.Series(present.to_pandas().astype(object))
    found = find_date_format(values)
    if found is None or found[0] == "ISO8601":
        return text, None
    if order is None:
        return text, {"format": found[0], "is_ambiguous": found[1]}
    for form in DATE_FORMATS[1:]:
        parts = re.findall("%[dmYy]", form.replace("%y", "%Y"))
        if tuple(parts[:2]) != ORDERS[order]:
            continue
        dates = pd.to_datetime(text.to_pandas().astype("string").str.strip(), format=form, errors="coerce")
        if int(dates.notna().sum()) == len(text) - text.null_count:
            moments = pa.chunked_array([pa.array(dates.astype("datetime64[us]"))])
            return moments, {"format": form, "is_ambiguous": False}
    return text, {"format": found[0], "is_ambiguous": found[1]}


def _all(values: pa.ChunkedArray, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(values, pattern)).as_py())


def _any(values: pa.ChunkedArray, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(values, pattern)).as_py())


def _without_plus(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.replace_substring_regex(values, r"^\+", "")


def _finite(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """1e400 reads as infinity, which no model can take: it counts as missing."""
    return pc.if_else(pc.is_finite(values), values, pa.scalar(None, pa.float64()))


def formula_warning(table: pa.Table) -> list[dict[str, Any]]:
    """Find text cells that a spreadsheet would run as a formula (OWASP "CSV injection").

    They are kept as text and never evaluated; the warning names count, columns and first row.
    """
    count, first = 0, None
    columns: list[str] = []
    for name in table.column_names:
        column = table.column(name)
        if not pa.types.is_string(column.type):
            continue
        starts = pc.match_substring_regex(column, FORMULA)
        number = pc.match_substring_regex(column, r"^[+-][\d.,\s]+([eE][+-]?\d+)?%?$")
        hits = pc.fill_null(pc.and_(starts, pc.invert(number)), False)
        found = int(pc.sum(hits).as_py() or 0)
        if found:
            row = int(np.flatnonzero(np.asarray(hits))[0]) + 2
            first = row if first is None else min(first, row)
            count, columns = count + found, [*columns, name]
    if not count:
        return []
    params = {"count": count, "columns": ", ".join(columns[:5]), "row": first}
    return [
        {
            **note("formula_cells", **params),
            "row": first,
            "column": columns[0],
            "count": count,
            "columns": columns,
        }
    ]
