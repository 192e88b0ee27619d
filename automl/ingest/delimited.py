"""Reading delimited text once, row by row, into compact Arrow columns."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from automl.ingest.bounds import Bounds, Refused
from automl.ingest.columns import check_header, formula_warning, read_dates, type_column
from automl.ingest.sniff import decodable, sniff_delimiter, sniff_encoding
from automl.texts import note

BLOCK_CELLS = 400_000  # cells held as Python text before they are packed into Arrow


def read_delimited(
    path: Path, bounds: Bounds, reading: dict[str, Any] | None = None
) -> tuple[pa.Table, dict[str, Any]]:
    """Read CSV, TSV or semicolon text.

    Parameters
    ----------
    path, bounds
        The file and its largest size.
    reading : dict, optional
        What a person said about it: ``encoding``, ``delimiter``, ``decimal``, ``dates`` ("day", "month" or
        "year" first), ``skip_bad_rows``. What is not said is found out.

    Returns
    -------
    tuple of (pyarrow.Table, dict)
        The typed table and what was found: format, encoding, delimiter, decimal, dates, warnings.

    Raises
    ------
    Refused
        With the row (the header is row 1) and the column where there is one.
    """
    asked = reading or {}
    encoding = decodable(path, asked["encoding"]) if asked.get("encoding") else sniff_encoding(path)
    with path.open("r", encoding=encoding, newline="") as stream:
        lines = [line for line in (stream.readline(bounds.cell) for _ in range(60)) if line]
    delimiter, skipped = sniff_delimiter(lines)
    delimiter = asked.get("delimiter", delimiter)
    bad: list[int] | None = [] if asked.get("skip_bad_rows") else None
    with path.open("r", encoding=encoding, newline="") as stream:
        for _ in range(skipped):
            stream.readline()
        names, columns = _columns(stream, delimiter, bounds, bad)
    table, found = typed_table(names, columns, asked, may_have_commas=delimiter != ",")
    if bad:
        text = note("skipped_rows", count=len(bad), rows=", ".join(map(str, bad[:10])))
        found["warnings"].append({**text, "row": bad[0], "column": None})
    if encoding in ("cp1252", "latin-1") and not asked.get("encoding"):
        found["warnings"].append({**note("guessed_encoding", encoding=encoding), "row": None, "column": None})
    kind = {"\t": "tsv", ",": "csv"}.get(delimiter, "csv")
    return table, {"format": kind, "encoding": encoding, "delimiter": delimiter, **found}


def typed_table(
    names: list[str], columns: dict[str, pa.ChunkedArray], asked: dict[str, Any], *, may_have_commas: bool
) -> tuple[pa.Table, dict[str, Any]]:
    """Give every column of text its type; says how decimals and dates were read."""
    comma = asked["decimal"] == "," if asked.get("decimal") else may_have_commas
    typed: dict[str, pa.ChunkedArray] = {}
    dates: dict[str, Any] = {}
    commas = []
    for name in names:
        typed[name], had_comma = type_column(columns.pop(name), comma=comma)
        if had_comma:
            commas.append(name)
        if pa.types.is_string(typed[name].type):
            typed[name], date = read_dates(typed[name], asked.get("dates"))
            dates |= {name: date} if date else {}
    table = pa.table(typed)
    warnings = formula_warning(table)
    if commas:
        text = note("decimal_comma", columns=", ".join(commas[:5]))
        warnings.append({**text, "row": None, "column": commas[0], "columns": commas})
    return table, {"decimal": "," if commas else "", "dates": dates, "warnings": warnings}


def _columns(
    stream: io.TextIOBase, delimiter: str, bounds: Bounds, bad: list[int] | None = None
) -> tuple[list[str], dict[str, pa.ChunkedArray]]:
    records = _records(stream, delimiter, bounds)
    first = next(records, None)
    if first is None:
        raise Refused("empty_file")
    names = check_header(first[1], bounds)
    size = max(1, BLOCK_CELLS // len(names))
    chunks: list[list[pa.Array]] = [[] for _ in names]
    total = 0
    rows = _checked(records, names, bounds, bad)
    while block := list(itertools.islice(rows, size)):
        total += len(block)
        for position, cells in enumerate(zip(*block, strict=True)):
            chunks[position].append(pa.array(cells, type=pa.string()))
    if not total:
        raise Refused("header_only", row=1)
    return names, {name: pa.chunked_array(parts) for name, parts in zip(names, chunks, strict=True)}


def _checked(
    records: Iterator[tuple[int, list[str]]], names: list[str], bounds: Bounds, bad: list[int] | None
) -> Iterator[list[str]]:
    width = len(names)
    for count, (number, cells) in enumerate(records, start=1):
        if len(cells) != width and bad is not None:
            bad.append(number)
            continue
        if len(cells) != width:
            raise Refused("ragged_rows", row=number, expected=width, found=len(cells))
        if count > bounds.rows:
            raise Refused("too_many_rows", row=number, limit=bounds.rows)
        longest = max(map(len, cells))
        if longest > bounds.cell:
            column = next(n for n, cell in zip(names, cells, strict=True) if len(cell) == longest)
            raise Refused("cell_too_long", row=number, column=column, limit=bounds.cell)
        yield cells


def _records(stream: io.TextIOBase, delimiter: str, bounds: Bounds) -> Iterator[tuple[int, list[str]]]:
    """Number the records as people count them: the header is row 1, blank lines count."""
    # Room for a whole row of text, so that a never-closed quote is caught and not read for ever.
    csv.field_size_limit(bounds.cell + 1)
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            text = str(error)
            if "field larger" in text:
                raise Refused("cell_too_long", row=number, limit=bounds.cell) from error
            code = "unclosed_quote" if "unexpected end" in text else "bad_quote"
            raise Refused(code, row=number) from error
        if cells:
            yield number, cells
