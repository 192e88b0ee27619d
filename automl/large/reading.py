"""Reading a large Parquet table one column at a time, so that memory holds one column and the rows asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet
from numpy.typing import NDArray

from automl.tables import plain_types, require_flat

CELLS = 10_000_000  # from so many cells on, a table is read column by column and looked at through a sample
LOOK_ROWS = (
    60_000  # rows that profile, framing and checks look at; what they count exactly, they count on all
)
BLANK = np.uint64(0x9E3779B97F4A7C15)  # stands for a missing value in the hash of a row

Rows = NDArray[np.int64]
Keys = NDArray[np.uint64]


def is_large(table: Path) -> bool:
    """Whether a table has too many cells to be held whole; told from its footer only."""
    found = parquet.read_metadata(table)
    return int(found.num_rows) * int(found.num_columns) > CELLS


@dataclass(frozen=True)
class Coded:
    """A column as distinct values and, for each row, which one it is; -1 is missing."""

    codes: NDArray[np.int64]
    values: NDArray[Any]


class Columns:
    """The columns of a Parquet table, each read when asked for and not kept.

    Parameters
    ----------
    table : Path
        Written by ``ingest``: flat columns of numbers, truth values, moments and text.
    """

    def __init__(self, table: Path) -> None:
        self.table = table
        schema = parquet.read_schema(table)
        require_flat(schema)
        self.names: list[str] = list(schema.names)
        self.texts = {field.name for field in schema if _is_text(field.type)}
        self.rows = int(parquet.read_metadata(table).num_rows)

    @cached_property
    def _file(self) -> Any:
        return parquet.ParquetFile(self.table, memory_map=True, read_dictionary=sorted(self.texts))

    def arrow(self, name: str) -> pa.Array:
        """One whole column; text comes as a dictionary."""
        column = self._file.read(columns=[name], use_threads=False).column(name)
        if pa.types.is_dictionary(column.type):
            column = column.unify_dictionaries()
        found = column.combine_chunks()
        return found.chunk(0) if isinstance(found, pa.ChunkedArray) else found

    def whole(self, name: str) -> pd.Series:
        """One whole column as ``tables.read_parquet`` gives it."""
        return _plain(self.arrow(name), name)

    def frame(self, names: list[str]) -> pd.DataFrame:
        """A few whole columns."""
        return pd.DataFrame({name: self.whole(name) for name in names})

    def take(self, rows: Rows, names: list[str] | None = None) -> pd.DataFrame:
        """The rows at these positions, of all columns or of some, with a fresh index."""
        wanted = pa.array(rows)
        kept = self.names if names is None else names
        return pd.DataFrame({name: _plain(self.arrow(name).take(wanted), name) for name in kept})

    def coded(self, name: str) -> Coded:
        """One column by its distinct values; a NaN counts as missing."""
        column = self.arrow(name)
        if pa.types.is_dictionary(column.type):
            return _of_dictionary(column)
        codes, values = pd.factorize(_plain(column, name))
        return Coded(np.asarray(codes, dtype=np.int64), np.asarray(values))

    def hashed(self, name: str) -> Keys:
        """A number of 64 bits for each row that is equal where the values of the column are."""
        column = self.arrow(name)
        if pa.types.is_dictionary(column.type):
            coded = _of_dictionary(column)
            known = pd.util.hash_array(coded.values, categorize=False) if len(coded.values) else []
            found = np.append(np.asarray(known, dtype=np.uint64), BLANK)[coded.codes]
        else:
            series = _plain(column, name)
            values = series.to_numpy()
            if values.dtype.kind == "f":
                values = values + 0.0  # minus zero is zero
            found = np.where(series.isna().to_numpy(), BLANK, pd.util.hash_array(values))
        salt = pd.util.hash_array(np.array([name], dtype=object))[0] | np.uint64(1)
        mixed = found * salt  # wraps around on purpose
        return np.asarray(mixed ^ (mixed >> np.uint64(29)), dtype=np.uint64)

    def keys(self, names: list[str]) -> Keys:
        """A number of 64 bits for each row that is equal where all these columns are.

        Among a million different rows two share a number by chance with a probability of 3e-8.
        """
        total = np.zeros(self.rows, dtype=np.uint64)
        for name in names:
            total += self.hashed(name)
        return total

    def spread(self, count: int, seed: int = 0) -> Rows:
        """Positions of so many rows, drawn by seed, in the order of the table; all rows when there are fewer."""
        if count >= self.rows:
            return np.arange(self.rows)
        return np.sort(np.random.default_rng([seed, 3]).choice(self.rows, count, replace=False))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind))


def _plain(column: pa.Array, name: str) -> pd.Series:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return plain_types(pa.table({name: column}).to_pandas())[name]


def _of_dictionary(column: pa.Array) -> Coded:
    values = column.dictionary.to_numpy(zero_copy_only=False)
    codes = pc.fill_null(column.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
    return Coded(np.asarray(codes), np.asarray(values, dtype=object))
