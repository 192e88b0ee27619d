"""A table of a million rows and fifty columns of every kind, written group by group so that making it stays small."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

GROUP = 100_000  # rows made at once
NUMBERS, COUNTS, FEW, MANY = 28, 8, 9, 2  # with date, text number and target: fifty columns
START = np.datetime64("2022-01-01T00:00:00", "us")


def columns_of(rows: int, first: int, rng: np.random.Generator) -> dict[str, pa.Array]:
    """The rows from ``first`` on: numbers with blanks, counts, categories, a date, numeric text and the target."""
    made: dict[str, pa.Array] = {}
    numbers = rng.normal(size=(NUMBERS, rows))
    for at in range(NUMBERS):
        blank = rng.random(rows) < (0.05 if at % 3 == 0 else 0.0)
        made[f"number_{at}"] = pa.array(np.round(numbers[at], 4), mask=blank)
    counts = rng.poisson(np.arange(1, COUNTS + 1)[:, None], size=(COUNTS, rows))
    for at in range(COUNTS):
        made[f"count_{at}"] = pa.array(counts[at].astype("int64"))
    few = [rng.integers(0, 3 + 2 * at, rows) for at in range(FEW)]
    for at, codes in enumerate(few):
        words = np.array([f"kind {n}" for n in range(3 + 2 * at)], dtype=object)
        made[f"kind_{at}"] = pa.array(words[codes], pa.string())
    many = [np.minimum(rng.zipf(1.3, rows), 5_000 * (at + 1)) for at in range(MANY)]
    for at, codes in enumerate(many):
        made[f"place_{at}"] = pa.array(np.char.add("place ", codes.astype("U")).astype(object), pa.string())
    made["opened"] = pa.array(
        START + (np.arange(first, first + rows) * 90_000_000 // 1).astype("timedelta64[us]")
    )
    made["amount_text"] = pa.array(
        np.round(np.exp(numbers[5] / 2) * 100, 1).astype("U").astype(object), pa.string()
    )
    chance = (
        0.9 * numbers[0] * (numbers[1] > 0) - 0.7 * np.abs(numbers[2]) + 0.5 * np.sin(3 * numbers[3])
        + 0.25 * (counts[2] - 3) + 0.6 * (few[4] % 3 == 0) + 0.5 * (many[0] % 7 == 1) - 1.6
    )  # fmt: skip
    made["bought"] = pa.array(
        np.where(rng.random(rows) < 1 / (1 + np.exp(-chance)), "yes", "no").astype(object), pa.string()
    )
    return made


def write_table(path: Path, rows: int, seed: int = 0) -> int:
    """Write the table; returns the number of its columns."""
    rng, columns = np.random.default_rng(seed), 0
    writer = None
    try:
        for first in range(0, rows, GROUP):
            table = pa.table(columns_of(min(GROUP, rows - first), first, rng))
            writer = writer or parquet.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table)
            columns = table.num_columns
    finally:
        if writer:
            writer.close()
    return columns
