"""The ingest command: sniff, read, write table.parquet and ingest.json."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from automl.files import sha256_of, write_bytes, write_json
from automl.ingest.bounds import Bounds, Refused
from automl.ingest.columnar import read_columnar
from automl.ingest.delimited import read_delimited
from automl.ingest.excel import read_excel
from automl.ingest.lines import read_json_lines
from automl.ingest.sniff import sniff_format
from automl.texts import note

READERS = {
    "text": read_delimited, "json_lines": read_json_lines, "xlsx": read_excel, "parquet": read_columnar,
}  # fmt: skip


def ingest(
    source: Path, name: str, out: Path, bounds: Bounds | None = None, reading: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Read an uploaded file into ``out/table.parquet`` and describe it in ``out/ingest.json``.

    Parameters
    ----------
    source : Path
        The file as it was uploaded.
    name : str
        Its original name; only kept for the report, the content decides the format.
    out : Path
        Folder to write to; made when missing.
    bounds : Bounds, optional
        Largest accepted table.
    reading : dict, optional
        What a person said about how to read it: see the readers.

    Returns
    -------
    dict
        The content of ingest.json; ``ok`` is false and ``errors`` speak when the file is refused.
    """
    outcome: dict[str, Any] = {
        "ok": False,
        "errors": [],
        "warnings": [],
        "name": name,
        "format": None,
        "encoding": None,
        "delimiter": None,
        "rows": 0,
        "columns": [],
        "digest": None,
    }
    out.mkdir(parents=True, exist_ok=True)
    try:
        table, found = READERS[sniff_format(source)](source, bounds or Bounds(), reading)
        outcome.update(found)
        outcome["warnings"] = [*found["warnings"], *_remarks(table)]
        _store(table, out / "table.parquet")
        outcome.update(
            ok=True,
            rows=table.num_rows,
            columns=table.column_names,
            digest=sha256_of(out / "table.parquet"),
        )
    except Refused as refused:
        outcome["errors"] = [refused.problem]
    except MemoryError:
        outcome["errors"] = [Refused("out_of_memory").problem]
    write_json(out / "ingest.json", outcome)
    return outcome


def _store(table: pa.Table, path: Path) -> None:
    buffer = io.BytesIO()
    parquet.write_table(table.replace_schema_metadata(None), buffer, compression="zstd")
    write_bytes(path, buffer.getvalue())


def _remarks(table: pa.Table) -> list[dict[str, Any]]:
    """Columns without a single value are legal but deserve a word."""
    empty = [name for name in table.column_names if pc.count(table.column(name)).as_py() == 0]
    if not empty:
        return []
    return [
        {
            **note("empty_columns", count=len(empty), columns=", ".join(empty[:5])),
            "row": None,
            "column": empty[0],
            "columns": empty,
        }
    ]
