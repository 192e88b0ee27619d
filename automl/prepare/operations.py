"""The steps of a recipe, each a plain pandas function.

A script that is taken away holds the very source of the functions it needs: they use nothing but
pandas and numpy, and each gives a new table.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def rename(frame: pd.DataFrame, column: str, to: str) -> pd.DataFrame:
    """Give a column another name."""
    return frame.rename(columns={column: to})


def drop(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Leave columns out."""
    return frame.drop(columns=columns)


def cast(frame: pd.DataFrame, column: str, to: str, date_format: str | None = None) -> pd.DataFrame:
    """Read a column as numbers, dates or text; what cannot be read becomes missing."""
    values = frame[column]
    if to == "text":
        as_text = values.map(text_of, na_action="ignore").astype(object)
        return frame.assign(**{column: as_text.where(values.notna(), None)})
    if to == "number" and values.dtype == object:
        texts = values.astype("string").str.replace(r"[\s\u00a0\u202f]", "", regex=True)
        has_comma = texts.str.fullmatch(r"[+-]?\d+,\d+").fillna(False)
        values = texts.mask(has_comma, texts.str.replace(",", ".", regex=False))
    if to == "number":
        return frame.assign(**{column: pd.to_numeric(values, errors="coerce").astype("float64")})
    texts = values.astype("string").str.strip()
    moments = pd.to_datetime(texts, format=date_format or "ISO8601", errors="coerce", utc=True)
    return frame.assign(**{column: moments.dt.tz_localize(None)})


def text_of(value: Any) -> str:
    """A value as people write it: 1.0 becomes "1", midnight is left out."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).removesuffix(" 00:00:00")


def fill(frame: pd.DataFrame, column: str, how: str, value: Any = None) -> pd.DataFrame:
    """Put something in the place of missing values: a value, the mean, the middle, the most frequent one."""
    values = frame[column]
    if how == "mean":
        value = values.mean()
    elif how == "median":
        value = values.median()
    elif how == "most_frequent":
        value = values.mode().iloc[0]
    elif pd.api.types.is_datetime64_any_dtype(values.dtype):
        value = pd.Timestamp(value)
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        value = float(value)
    return frame.assign(**{column: values.where(values.notna(), value)})


def keep_rows(frame: pd.DataFrame, column: str, test: str, value: Any = None) -> pd.DataFrame:
    """Keep the rows whose value passes a test."""
    values = frame[column]
    if test == "present":
        return frame[values.notna()].reset_index(drop=True)
    if test == "missing":
        return frame[values.isna()].reset_index(drop=True)
    if test == "contains":
        kept = (
            values.map(text_of, na_action="ignore")
            .astype("string")
            .str.contains(str(value), case=False, regex=False)
        )
        return frame[kept.fillna(False).astype(bool)].reset_index(drop=True)
    if test in ("is", "is_not", "one_of"):
        wanted = {str(each) for each in value} if test == "one_of" else {str(value)}
        kept = values.map(text_of, na_action="ignore").isin(wanted)
        return frame[~kept if test == "is_not" else kept].reset_index(drop=True)
    limit = pd.Timestamp(value) if pd.api.types.is_datetime64_any_dtype(values.dtype) else float(value)
    kept = {"at_least": values.ge, "at_most": values.le, "above": values.gt, "below": values.lt}[test](limit)
    return frame[kept.fillna(False).astype(bool)].reset_index(drop=True)


def derive(
    frame: pd.DataFrame,
    into: str,
    left: str,
    operation: str,
    right_column: str | None = None,
    right_value: Any = None,
) -> pd.DataFrame:
    """Compute a new column from a column and another column or a number; divided by nothing it is missing."""
    one = frame[left]
    other = frame[right_column] if right_column else right_value
    if operation == "join":
        texts = one.map(text_of, na_action="ignore")
        more = other.map(text_of, na_action="ignore") if right_column else str(other)
        found = (texts + " " + more).astype(object)
        return frame.assign(**{into: found.where(found.notna(), None)})
    if operation == "days_until":
        until = other if right_column else pd.Timestamp(other)
        return frame.assign(**{into: (until - one) / pd.Timedelta(days=1)})
    other = other if right_column else float(other)
    if operation == "divide":
        found = one / other
    else:
        found = {"add": one.add, "subtract": one.sub, "multiply": one.mul}[operation](other)
    found = found.astype("float64")
    return frame.assign(**{into: found.where(np.isfinite(found))})


def split_date(frame: pd.DataFrame, column: str, parts: list[str]) -> pd.DataFrame:
    """Add the parts of a date as columns of their own; Monday is weekday 1."""
    moments = frame[column].dt
    found = {
        "year": moments.year,
        "quarter": moments.quarter,
        "month": moments.month,
        "day": moments.day,
        "weekday": moments.day_of_week + 1,
        "hour": moments.hour,
    }
    return frame.assign(**{f"{column}_{part}": found[part].astype("float64") for part in parts})


def bins(
    frame: pd.DataFrame, column: str, into: str, edges: list[float] | None = None, count: int | None = None
) -> pd.DataFrame:
    """Sort numbers into classes: at given edges, or into so many classes of about the same number of rows."""
    values = frame[column]
    if not edges:
        inner = np.linspace(0, 1, int(count or 2) + 1)[1:-1]
        edges = sorted({float(edge) for edge in values.dropna().quantile(inner)})
    names = [f"below {edges[0]:g}"]
    names += [f"{low:g} to {high:g}" for low, high in zip(edges[:-1], edges[1:], strict=True)]
    names.append(f"from {edges[-1]:g}")
    places = np.searchsorted(np.array(edges, dtype="float64"), values.to_numpy(dtype="float64"), side="right")
    found = pd.Series([names[place] for place in places], index=frame.index, dtype=object)
    return frame.assign(**{into: found.where(values.notna(), None)})


def replace(frame: pd.DataFrame, column: str, values: dict[str, str]) -> pd.DataFrame:
    """Write other words for some values; the others stay."""
    texts = frame[column].map(text_of, na_action="ignore").astype(object)
    found = texts.map(lambda each: values.get(each, each), na_action="ignore").astype(object)
    return frame.assign(**{column: found.where(found.notna() & (found != ""), None)})


def distinct(frame: pd.DataFrame, columns: list[str] | None = None) -> pd.DataFrame:
    """Keep the first of rows that are alike, in all columns or in some."""
    return frame.drop_duplicates(subset=columns or None).reset_index(drop=True)


def join(
    frame: pd.DataFrame, other: pd.DataFrame, on: str, other_on: str, columns: list[str]
) -> pd.DataFrame:
    """Look up columns of another table by a key that stands there once; unknown keys stay without values."""
    key = frame[on].map(text_of, na_action="ignore").astype(object)
    known = other[other_on].map(text_of, na_action="ignore").astype(object)
    looked_up = other.loc[known.notna(), columns]
    looked_up.index = known[known.notna()]
    if looked_up.index.has_duplicates:
        raise ValueError(f"{other_on} does not name one row of the other table")
    found = looked_up.reindex(key)
    found.index = frame.index
    return pd.concat([frame, found], axis=1)
