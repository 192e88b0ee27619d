"""Reading JSON lines: one flat object per line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from automl.ingest.bounds import Bounds, Refused
from automl.ingest.columns import check_header, formula_warning, type_column
from automl.ingest.excel import typed_cells
from automl.ingest.sniff import decodable

SCALARS = (str, int, float, bool, type(None))


def read_json_lines(
    path: Path, bounds: Bounds, reading: dict[str, Any] | None = None
) -> tuple[pa.Table, dict[str, Any]]:
    """Read a file with one flat JSON object per line; keys a line leaves out are missing there.

    Raises
    ------
    Refused
        ``bad_json`` with the line, ``column_type`` for lists and objects inside of a line, and the same
        refusals as for delimited text.
    """
    encoding = decodable(path, "utf-8")
    columns: dict[str, list[Any]] = {}
    count = 0
    with path.open("r", encoding=encoding, newline="\n") as stream:
        for number, line in enumerate(iter(lambda: stream.readline(bounds.cell * 20), ""), start=1):
            if line.strip():
                count += 1
                _add(_row(line, number), columns, count, number, bounds)
    if not count:
        raise Refused("empty_file")
    names = check_header(list(columns), bounds)
    for cells in columns.values():
        cells.extend([None] * (count - len(cells)))
    table = pa.table({name: _typed(cells) for name, cells in zip(names, columns.values(), strict=True)})
    found = {"format": "json lines", "encoding": "utf-8", "delimiter": None}
    return table, {**found, "warnings": formula_warning(table)}


def _row(line: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line, parse_constant=lambda word: None)
    except (ValueError, RecursionError) as error:
        raise Refused("bad_json", row=number) from error
    if not isinstance(row, dict):
        raise Refused("bad_json", row=number)
    return row


def _add(row: dict[str, Any], columns: dict[str, list[Any]], count: int, number: int, bounds: Bounds) -> None:
    if count > bounds.rows:
        raise Refused("too_many_rows", row=number, limit=bounds.rows)
    for name, value in row.items():
        if not isinstance(value, SCALARS):
            raise Refused("column_type", row=number, column=name[:200], type="list or object")
        if isinstance(value, str) and len(value) > bounds.cell:
            raise Refused("cell_too_long", row=number, column=name[:200], limit=bounds.cell)
        cells = columns.setdefault(name, [])
        cells.extend([None] * (count - 1 - len(cells)))
        cells.append(value)
    if len(columns) > bounds.columns:
        raise Refused("too_many_columns", row=number, found=len(columns), limit=bounds.columns)


def _typed(cells: list[Any]) -> pa.Array | pa.ChunkedArray:
    """Text columns are read like those of a CSV file: "2024-02-29" is a date there, too."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {str}:
        return type_column(pa.chunked_array([pa.array(cells, pa.string())]), comma=False)[0]
    return typed_cells(cells)
