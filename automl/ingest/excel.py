"""Reading .xlsx workbooks after a look at the zip directory, so that no bomb is ever unpacked."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from automl.ingest.bounds import Bounds, Refused
from automl.ingest.columns import check_header, formula_warning
from automl.texts import note

MAX_ENTRIES = 2_000
MAX_UNPACKED = 200 * 1024 * 1024
BIG_ENTRY = 10 * 1024 * 1024
MAX_RATIO = 100  # ordinary sheets pack 10 to 20 fold
ERRORS = {"#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#N/A", "#NULL!"}


def check_archive(path: Path) -> None:
    """Judge a workbook from its central directory alone.

    Raises
    ------
    Refused
        ``corrupt_xlsx``, ``encrypted_xlsx``, ``xlsx_bomb``, ``xlsx_macros`` or
        ``binary_content`` for a zip that holds no workbook.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Refused("corrupt_xlsx") from error
    if len(entries) > MAX_ENTRIES:
        raise Refused("xlsx_bomb", entries=len(entries), megabytes=0)
    total = sum(entry.file_size for entry in entries)
    _check_entries(entries, total)
    if total > MAX_UNPACKED:
        raise Refused("xlsx_bomb", entries=len(entries), megabytes=total >> 20)
    names = {entry.filename.lower() for entry in entries}
    if "xl/vbaproject.bin" in names:
        raise Refused("xlsx_macros")
    if "xl/workbook.xml" not in names:
        raise Refused("binary_content", looks_like="ZIP archive")


def _check_entries(entries: list[zipfile.ZipInfo], total: int) -> None:
    for entry in entries:
        if entry.flag_bits & 1:
            raise Refused("encrypted_xlsx")
        if entry.filename.startswith(("/", "\\")) or ".." in entry.filename.split("/"):
            raise Refused("corrupt_xlsx")
        packed = max(entry.compress_size, 1)
        if entry.file_size > BIG_ENTRY and entry.file_size / packed > MAX_RATIO:
            raise Refused("xlsx_bomb", entries=len(entries), megabytes=total >> 20)


def read_excel(
    path: Path, bounds: Bounds, reading: dict[str, Any] | None = None
) -> tuple[pa.Table, dict[str, Any]]:
    """Read the first visible sheet with cells, or the one that ``reading["sheet"]`` names; formulas count with their stored values.

    Raises
    ------
    Refused
        As ``check_archive``, and the same refusals as for delimited text.
    """
    check_archive(path)
    import openpyxl

    try:
        # an open file: for a path openpyxl judges by the ending of its name
        with path.open("rb") as stream:
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            if not sheets:
                raise Refused("xlsx_no_sheet")
            sheet = _chosen(sheets, (reading or {}).get("sheet"))
            names, columns, errors = _cells(sheet, bounds)
    except Refused:
        raise
    except Exception as error:  # openpyxl raises a dozen kinds of errors for damaged XML
        raise Refused("corrupt_xlsx") from error
    table = pa.table({name: typed_cells(cells) for name, cells in zip(names, columns, strict=True)})
    warnings = formula_warning(table)
    if len(sheets) > 1:
        text = note("other_sheets", sheet=sheet.title, count=len(sheets) - 1)
        warnings.append({**text, "row": None, "column": None})
    if errors:
        warnings.append({**note("error_cells", count=errors), "row": None, "column": None})
    return table, {
        "format": "xlsx",
        "encoding": None,
        "delimiter": None,
        "sheet": sheet.title,
        "warnings": warnings,
    }


def _chosen(sheets: list[Any], title: str | None) -> Any:
    """The sheet of this name, the first one where none is named."""
    if not title:
        return sheets[0]
    found = next((sheet for sheet in sheets if sheet.title == title), None)
    if found is None:
        raise Refused("xlsx_other_sheet", sheet=title, sheets=", ".join(each.title for each in sheets[:20]))
    return found


def _cells(sheet: Any, bounds: Bounds) -> tuple[list[str], list[list[Any]], int]:
    if hasattr(sheet, "reset_dimensions"):
        sheet.reset_dimensions()  # the stated dimension may be a lie
    rows = _rows(sheet, bounds)
    header = next(rows, None)
    if header is None:
        raise Refused("empty_file")
    names = check_header(["" if cell is None else cell for cell in header[1]], bounds)
    columns: list[list[Any]] = [[] for _ in names]
    errors = 0
    for count, (number, cells) in enumerate(rows, start=1):
        if count > bounds.rows:
            raise Refused("too_many_rows", row=number, limit=bounds.rows)
        if len(cells) > len(names):
            raise Refused("ragged_rows", row=number, expected=len(names), found=len(cells))
        padded = cells + [None] * (len(names) - len(cells))
        errors += sum(isinstance(value, str) and value in ERRORS for value in cells)
        for column, name, value in zip(columns, names, padded, strict=True):
            column.append(_clean(value, number, name, bounds))
    if not columns[0]:
        raise Refused("header_only", row=1)
    return names, columns, errors


def _clean(value: Any, row: int, column: str, bounds: Bounds) -> Any:
    if not isinstance(value, str):
        return value
    if len(value) > bounds.cell:
        raise Refused("cell_too_long", row=row, column=column, limit=bounds.cell)
    return None if value in ERRORS else value.strip() or None


def _rows(sheet: Any, bounds: Bounds) -> Iterator[tuple[int, list[Any]]]:
    """Rows with at least one cell, without the empty cells at their end."""
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = list(row)
        while cells and (cells[-1] is None or cells[-1] == ""):
            cells.pop()
        if len(cells) > bounds.columns:
            raise Refused("too_many_columns", row=number, found=len(cells), limit=bounds.columns)
        if cells:
            yield number, cells


def typed_cells(cells: list[Any]) -> pa.Array:
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {int} and all(cell is None or abs(cell) < 2**63 for cell in cells):
        return pa.array(cells, type=pa.int64())
    if kinds and kinds <= {int, float}:
        return pa.array([None if cell is None else float(cell) for cell in cells], pa.float64())
    if kinds == {bool}:
        return pa.array(cells, type=pa.bool_())
    if kinds and kinds <= {datetime.datetime, datetime.date}:
        moments = [
            datetime.datetime(cell.year, cell.month, cell.day) if type(cell) is datetime.date else cell
            for cell in cells
        ]
        return pa.array(moments, type=pa.timestamp("us"))
    return pa.array([None if cell is None else str(cell) for cell in cells], type=pa.string())
