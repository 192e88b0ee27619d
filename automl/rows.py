"""The cells of a small table as text, for callers that may not read tables themselves."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from automl.files import write_json


def text_of(value: Any) -> str:
    """A cell as a person would have typed it; nothing for a missing one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time(0)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    return str(value)


def write_rows(table: Path, out: Path) -> None:
    """Write ``{"columns": […], "rows": [[…], …]}``, every cell as text.

    Parameters
    ----------
    table : Path
        A Parquet table written by ``ingest``.
    out : Path
        Where the JSON goes.
    """
    import pyarrow.parquet as parquet

    content = parquet.read_table(table)
    columns = [[text_of(value) for value in column.to_pylist()] for column in content.columns]
    rows = [list(cells) for cells in zip(*columns, strict=True)]
    write_json(out, {"columns": content.column_names, "rows": rows})
