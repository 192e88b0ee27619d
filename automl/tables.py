"""Reading tables and rows from the engine's own exchange formats."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

# Cells of a text file that hold no value, as uploads read them.
ABSENT_WORDS = ("", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "#N/A")
ROWS_FILES = (".parquet", ".csv", ".json")


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a table written by ``ingest``; text arrives as plain objects, order is kept.

    Raises
    ------
    OSError, pyarrow.ArrowInvalid
        When the file is not there or is damaged.
    BadQuestion
        When two columns have one name, or one holds lists.
    """
    import pyarrow.parquet as parquet

    with parquet.ParquetFile(path, memory_map=True) as source:
        require_flat(source.schema_arrow)
        # no threads of Arrow's own: under a tight limit of memory they may fail to start and are then waited for
        return plain_types(source.read(use_threads=False).to_pandas(use_threads=False))


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


def require_flat(schema: Any) -> None:
    """Raise ``BadQuestion`` for an Arrow schema in which a name stands twice or a column holds lists or structures."""
    import pyarrow as pa

    require_names(schema.names)
    for field in schema:
        if pa.types.is_nested(field.type):
            from automl.question import BadQuestion

            raise BadQuestion("column_type", column=field.name, type=str(field.type)[:60])


def require_names(names: Sequence[Any]) -> None:
    """Raise ``BadQuestion`` when a column's name stands twice: nobody could tell which one is meant."""
    from automl.question import BadQuestion

    seen: set[Any] = set()
    for name in names:
        if name in seen:
            raise BadQuestion("duplicate_header", column=str(name), other=str(name))
        seen.add(name)


def read_rows(path: Path, words: frozenset[str] = frozenset()) -> pd.DataFrame:
    """Read rows to score from .parquet, .csv or .json (a list of objects).

    Parameters
    ----------
    words : frozenset of str
        Words of ``ABSENT_WORDS`` that are values here; the others are missing in a file of text, as in an upload.

    Raises
    ------
    ValueError
        For another file name ending, or JSON that is not a list of objects.
    BadQuestion
        When a name stands twice in the header, or a line has more or fewer cells than it.
    """
    ending = path.suffix.lower()
    if ending == ".parquet":
        return read_parquet(path)
    if ending == ".csv":
        return _read_csv(path, words)
    if ending == ".json":
        return pd.DataFrame(read_objects(path), dtype=object)
    raise ValueError(f"unknown kind of rows file: {ending}")


def read_objects(path: Path) -> list[dict[str, Any]]:
    """Rows of a JSON file; raises ``ValueError`` when it is no list of objects."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("rows must be a JSON list of objects")
    return rows


def _read_csv(path: Path, words: frozenset[str]) -> pd.DataFrame:
    """Every cell as text without blanks around it; the header is read as a line, so that it is neither mended nor moved."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv as arrow

    from automl.question import BadQuestion

    with path.open(encoding="utf-8-sig", newline="") as stream:
        names = [name.strip() for name in next(csv.reader(stream), [])]
    require_names(names)
    places = [str(place) for place in range(len(names))]
    uneven: list[Any] = []

    def noted(row: Any) -> str:
        uneven.append(row)
        return "error"

    try:
        lines = arrow.read_csv(
            path,
            arrow.ReadOptions(use_threads=False, column_names=places),
            arrow.ParseOptions(newlines_in_values=True, invalid_row_handler=noted),
            arrow.ConvertOptions(column_types=dict.fromkeys(places, pa.string()), strings_can_be_null=False),
        ).slice(1)
    except pa.ArrowInvalid:
        if not uneven:
            raise
        found = {"expected": len(names), "found": uneven[0].actual_columns}
        raise BadQuestion("ragged_rows", row=uneven[0].number, **found) from None
    absent = pa.array([word for word in ABSENT_WORDS if word not in words])
    made = {}
    for place, name in zip(places, names, strict=True):
        texts = pc.utf8_trim_whitespace(lines.column(place))
        cells = pc.if_else(pc.is_in(texts, value_set=absent), pa.scalar(None, pa.string()), texts)
        made[name] = pd.Series(cells.to_numpy(zero_copy_only=False), dtype=object)
    return pd.DataFrame(made)


def write_rows(frame: pd.DataFrame, path: Path) -> None:
    """Write scored rows as .parquet, .csv or .json, by the file name's ending, whole or not at all.

    Raises
    ------
    ValueError
        For another ending.
    """
    ending = path.suffix.lower()
    if ending not in ROWS_FILES:
        raise ValueError(f"unknown kind of output file: {ending}")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if ending == ".parquet":
            frame.to_parquet(partial, index=False)
        elif ending == ".csv":
            frame.to_csv(partial, index=False)
        else:
            frame.to_json(partial, orient="records", force_ascii=False)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


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
