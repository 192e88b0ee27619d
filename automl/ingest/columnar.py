"""Reading uploaded Parquet files: limits from the metadata first, then batch by batch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from automl.ingest.bounds import Bounds, Refused
from automl.ingest.columns import check_header, formula_warning

MAX_BYTES = 4 << 30  # decoded size of all batches together


def read_columnar(
    path: Path, bounds: Bounds, reading: dict[str, Any] | None = None
) -> tuple[pa.Table, dict[str, Any]]:
    """Read a Parquet file with flat columns of numbers, text, booleans and dates.

    Raises
    ------
    Refused
        ``corrupt_parquet``, ``column_type``, ``too_many_rows``, ``too_many_columns``,
        ``table_too_large``, ``cell_too_long`` and the header's refusals.
    """
    try:
        with parquet.ParquetFile(path) as source:
            names = check_header(source.schema_arrow.names, bounds)
            if source.metadata.num_rows > bounds.rows:
                raise Refused("too_many_rows", row=bounds.rows + 1, limit=bounds.rows)
            if source.metadata.num_rows == 0:
                raise Refused("header_only", row=1)
            types = [_target_type(field) for field in source.schema_arrow]
            words = _coded_words(source, types)
        # A column that names each word once and repeats its number stays so until its true size is known.
        with parquet.ParquetFile(path, read_dictionary=words) as source:
            table = _read(source, names, types, bounds)
    except Refused:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise Refused("corrupt_parquet") from error
    warnings = formula_warning(table)
    return table, {"format": "parquet", "encoding": None, "delimiter": None, "warnings": warnings}


def _target_type(field: pa.Field) -> pa.DataType:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if pa.types.is_boolean(kind):
        return pa.bool_()
    if pa.types.is_unsigned_integer(kind) or pa.types.is_integer(kind):
        return pa.int64()
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return pa.float64()
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        return pa.string()
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return pa.timestamp("us")
    raise Refused("column_type", column=field.name, type=str(kind)[:60])


def _coded_words(source: parquet.ParquetFile, types: list[pa.DataType]) -> list[str]:
    """Columns of text written as a dictionary; refuses a file whose pages alone unpack to too much."""
    size, coded = 0, set()
    for number in range(source.metadata.num_row_groups):
        group = source.metadata.row_group(number)
        for position, kind in enumerate(types):
            column = group.column(position)
            size += column.total_uncompressed_size
            if pa.types.is_string(kind) and any("DICTIONARY" in each for each in column.encodings):
                coded.add(column.path_in_schema)
        _check_size(size)
    return sorted(coded)


def _decoded_size(array: pa.DictionaryArray) -> int:
    """Bytes of the text once every number stands for its word."""
    words = array.dictionary
    if not (pa.types.is_string(words.type) or pa.types.is_large_string(words.type)):
        return 0
    lengths = pc.binary_length(words).take(array.indices)
    return int(pc.sum(lengths.cast(pa.int64())).as_py() or 0)


def _check_size(size: int) -> None:
    if size > MAX_BYTES:
        raise Refused("table_too_large", megabytes=MAX_BYTES >> 20)


def _read(
    source: parquet.ParquetFile, names: list[str], types: list[pa.DataType], bounds: Bounds
) -> pa.Table:
    schema = pa.schema(list(zip(names, types, strict=True)))
    batches, row, size = [], 2, 0
    for batch in source.iter_batches(batch_size=max(1, 2_000_000 // len(names))):
        arrays = []
        for name, kind, array in zip(names, types, batch.columns, strict=True):
            if pa.types.is_dictionary(array.type):
                longest = (
                    pc.max(pc.utf8_length(array.dictionary.cast(pa.string()))).as_py()
                    if pa.types.is_string(kind) and len(array.dictionary)
                    else 0
                )
                _check_cell(longest, row, name, bounds)
                _check_size(size + _decoded_size(array))
                array = array.dictionary_decode()
            array = array.cast(kind, safe=not pa.types.is_timestamp(kind))
            if pa.types.is_string(kind):
                _check_cell(pc.max(pc.utf8_length(array)).as_py(), row, name, bounds)
            arrays.append(array)
        batches.append(pa.record_batch(arrays, schema=schema))
        size += batches[-1].nbytes
        _check_size(size)
        row += len(batch)
    return pa.Table.from_batches(batches, schema=schema)


def _check_cell(longest: int | None, row: int, column: str, bounds: Bounds) -> None:
    if longest and longest > bounds.cell:
        raise Refused("cell_too_long", row=row, column=column, limit=bounds.cell)
