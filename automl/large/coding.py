"""All rows of a large table as one matrix of float32, coded once and shared by all trainings on many rows."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.large.reading import Columns, Rows
from automl.recipe import ABSENT, apply_steps
from automl.search.clock import Clock, OutOfTime
from automl.search.workers import UnitFailed, Worker, finish

FREE_SHARE = 0.5  # of the space left on the disk that the matrix may take
CODING = "ordinal"  # the only one that is the same for a row whatever other rows there are

Matrix = NDArray[np.float32]


@dataclass
class Bulk:
    """The rows beyond the drawn ones: where they are, what they answer, and their matrix once it is made.

    The matrix lies in a file of its own that every worker maps into memory: it is neither copied
    nor sent. Its rows are in the order of ``rows``, so that fewer rows are simply the first ones.
    """

    table: Path
    place: Path
    rows: Rows
    y: NDArray[Any]
    recipe: dict[str, Any]
    drawn: int
    memory_mb: int = 0
    worker: Worker | None = None
    failure: UnitFailed | None = None
    ready: bool = False

    @property
    def usable(self) -> bool:
        """Whether the coding can be worked out value by value; words of free text cannot."""
        return not self.recipe.get("text") and len(self.rows) > self.drawn

    def begin(self, prepare: Any, drawn: tuple[pd.DataFrame, NDArray[Any]]) -> None:
        """Start beside the search: settle the coding on the drawn rows, then code all rows with it."""
        self.worker = Worker((self, prepare, drawn), memory_mb=self.memory_mb)
        self.worker.ask(coding_unit)

    def wait(self, clock: Clock) -> None:
        """Return when the matrix is there.

        Raises
        ------
        UnitFailed
            When there was no memory or no space for it; the search goes on with the drawn rows.
        OutOfTime
            When time is over first.
        """
        if self.failure is not None:
            raise self.failure
        if self.ready or self.worker is None:
            return
        try:
            finish(self.worker, clock)
            self.ready = True
        except UnitFailed as failed:
            self.failure = failed
            raise
        except OutOfTime:
            self.failure = UnitFailed("error", "OutOfTime")
            raise
        finally:
            self.worker.end()

    def first(self, rows: int) -> tuple[Matrix, NDArray[Any]]:
        """The first rows, coded, and their targets."""
        matrix = np.load(self.place / "coded.npy", mmap_mode="r")
        return matrix[:rows], self.y[:rows]

    def end(self) -> None:
        """Leave neither process nor file behind."""
        if self.worker:
            self.worker.end()
        shutil.rmtree(self.place, ignore_errors=True)


def coding_unit(subject: tuple[Bulk, Any, tuple[pd.DataFrame, NDArray[Any]]]) -> int:
    """Write the matrix of all rows; returns its rows."""
    bulk, prepare, drawn = subject
    prepare.fit(*drawn)
    names, categories = bulk.recipe["numeric"], bulk.recipe["categorical"]
    width = len(names) + len(categories)
    bulk.place.mkdir(parents=True, exist_ok=True)
    if len(bulk.rows) * width * 4 > FREE_SHARE * shutil.disk_usage(bulk.place).free:
        raise OSError(28, "no space left for the coded rows")
    path = bulk.place / "coded.npy"
    matrix = np.lib.format.open_memmap(path, "w+", np.float32, (len(bulk.rows), width))
    columns = Columns(bulk.table)
    for step in bulk.recipe["steps"]:
        if not step["outputs"]:
            continue
        made, codes = _outputs(columns, step)
        for name in step["outputs"]:
            if name in categories:
                values, at = _category_codes(prepare, categories, name, made[name]), categories.index(name)
                at += len(names)
            else:
                values, at = made[name].to_numpy(dtype=np.float32), names.index(name)
            matrix[:, at] = values[bulk.rows if codes is None else codes[bulk.rows]]
    matrix.flush()
    return len(matrix)


def _outputs(columns: Columns, step: dict[str, Any]) -> tuple[pd.DataFrame, NDArray[np.int64] | None]:
    """A step's model columns: of all rows, or of the distinct values with the place of each row's value."""
    name = step["column"]
    if name not in columns.texts and step["kind"] != "category":
        return apply_steps(columns.frame([name]), [step]), None
    coded = columns.coded(name)
    values = np.append(np.asarray(coded.values, dtype=object), [None])  # the last one is "missing": code -1
    return apply_steps(pd.DataFrame({name: pd.Series(values, dtype=object)}), [step]), coded.codes


def _category_codes(prepare: Any, categories: list[str], name: str, values: pd.Series) -> Matrix:
    """What the settled coding makes of each distinct value of one category."""
    encoder = prepare.named_transformers_["categories"]
    blank = {each: np.full(len(values), ABSENT, dtype=object) for each in categories}
    frame = pd.DataFrame(blank | {name: values.to_numpy(dtype=object)})[categories]
    coded = encoder.transform(frame)
    return np.asarray(coded)[:, categories.index(name)].astype(np.float32)
