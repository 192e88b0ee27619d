"""Reading tables and rows from the engine's own exchange formats."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a table written by ``ingest``; text arrives as plain objects, order is kept.

    Raises
    ------
    OSError, pyarrow.ArrowInvalid
        When the file is not there or is damaged.
    """
    import pyarrow.parquet as parquet

    return plain_types(parquet.read_table(path, memory_map=True).to_pandas())


def row_count(path: Path) -> int:
    """Number of rows of a Parquet table, from its footer only."""
    import pyarrow.parquet as parquet

    return int(parquet.read_metadata(path).num_rows)


def plain_types(frame: pd.DataFrame) -> pd.DataFrame:
    """Give every column one of four types: float64/int64, bool, datetime64 or object text."""
    columns = {}
    for name in frame.columns:
        column = frame[name]
        kind = column.dtype
        if pd.api.types.is_bool_dtype(kind) or pd.api.types.is_datetime64_any_dtype(kind):
            columns[name] = column
        elif pd.api.types.is_numeric_dtype(kind):
            nullable = pd.api.types.is_extension_array_dtype(kind)
            columns[name] = column.astype("float64") if nullable else column
        else:
            text = column.astype(object)
            columns[name] = text.where(text.notna(), None)
    return pd.DataFrame(columns, index=frame.index)


def read_rows(path: Path) -> pd.DataFrame:
    """Read rows to score from .parquet, .csv or .json (a list of objects).

    Raises
    ------
    ValueError
        For another file name ending, or JSON that is not a list of objects.
    """
    ending = path.suffix.lower()
    if ending == ".parquet":
        return read_parquet(path)
    if ending == ".csv":
        frame = pd.read_csv(path, dtype=object, keep_default_na=False, encoding="utf-8-sig")
        return frame.where(frame != "", None)
    if ending == ".json":
        rows = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ValueError("rows must be a JSON list of objects")
        return pd.DataFrame(rows, dtype=object)
    raise ValueError(f"unknown kind of rows file: {ending}")


def write_rows(frame: pd.DataFrame, path: Path) -> None:
    """Write scored rows as .parquet, .csv or .json, by the file name's ending."""
    ending = path.suffix.lower()
    if ending == ".parquet":
        frame.to_parquet(path, index=False)
    elif ending == ".csv":
        frame.to_csv(path, index=False)
    elif ending == ".json":
        frame.to_json(path, orient="records", force_ascii=False)
    else:
        raise ValueError(f"unknown kind of output file: {ending}")


def label_text(value: object) -> str:
    """Write a class label as people see it: 1.0 becomes "1", True becomes "True".

    >>> label_text(1.0), label_text(True), label_text("yes"), label_text(2.5)
    ('1', 'True', 'yes', '2.5')
    """
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
