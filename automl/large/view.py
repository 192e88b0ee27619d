"""What checks see of a large table: drawn rows for what is costly, all rows for what is counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.guardrails.registry import TableView
from automl.kinds import Kind
from automl.large import reading
from automl.large.profile import kind_of
from automl.large.reading import Columns, Rows
from automl.question import BadQuestion, Question, Target, read_target

RARE_ROWS = 100  # rows of a rare answer that are drawn on top, so that checks of the answers can see it
FEW_ANSWERS = 50


@dataclass
class LargeView(TableView):
    """A table view whose ``frame`` holds drawn rows and whose counts are those of the whole table."""

    columns: Columns = field(kw_only=True)

    @cached_property
    def kinds(self) -> dict[str, Kind]:  # type: ignore[override]
        """Kind of every column; doubtful ones are read whole."""
        return {name: kind_of(self.columns, name, self.frame[name]) for name in self.frame.columns}

    @property
    def rows(self) -> int:
        """Rows of the whole table."""
        return self.columns.rows

    @cached_property
    def answers(self) -> Target | None:  # type: ignore[override]
        """The target of all rows."""
        if self.question.target not in self.columns.names:
            return None
        try:
            return read_target(self.columns.whole(self.question.target), self.question)
        except BadQuestion:
            return None

    @cached_property
    def _counts(self) -> dict[str, tuple[int, int, int]]:
        """Missing, different and infinite values of each column, read once."""
        return {name: _count(self.columns, name) for name in self.columns.names}

    def missing(self, name: str) -> int:
        """Rows without a value in a column."""
        return self._counts[name][0]

    def distinct(self, name: str) -> int:
        """Different values of a column."""
        return self._counts[name][1]

    def infinities(self, name: str) -> int:
        """Infinite values of a column."""
        return self._counts[name][2]

    @cached_property
    def _hashed(self) -> NDArray[np.uint64]:
        return self.columns.keys(self.columns.names)

    def keys(self, names: list[str]) -> NDArray[np.uint64]:
        """A number for each row, equal where all these columns are; the columns left out are taken off again."""
        others = [name for name in self.columns.names if name not in names]
        if len(others) > len(names):
            return self.columns.keys(names)
        return self._hashed - self.columns.keys(others)


def _count(columns: Columns, name: str) -> tuple[int, int, int]:
    coded = columns.coded(name)
    infinite = 0
    if coded.values.dtype.kind == "f":
        infinite = int(np.isinf(coded.values)[coded.codes[coded.codes >= 0]].sum())
    return int((coded.codes < 0).sum()), len(coded.values), infinite


def view_of(
    table: Path, question: Question, earlier: pd.DataFrame | None = None, looks: int = 0
) -> LargeView:
    """Draw the rows that checks look at."""
    columns = Columns(table)
    rows = columns.spread(reading.LOOK_ROWS, question.seed)
    if question.target in columns.names:
        rows = np.union1d(rows, _rare(columns, question))
    return LargeView(columns.take(rows), question, earlier, looks, columns=columns)


def _rare(columns: Columns, question: Question) -> Rows:
    """A few rows of every answer, where there are only a few answers."""
    coded = columns.coded(question.target)
    if not 2 <= len(coded.values) <= FEW_ANSWERS:
        return np.zeros(0, dtype=np.int64)
    return np.concatenate([np.flatnonzero(coded.codes == at)[:RARE_ROWS] for at in range(len(coded.values))])


def earlier_rows(table: Path, seed: int = 0) -> pd.DataFrame:
    """Drawn rows of an earlier version that is large itself."""
    columns = Columns(table)
    return columns.take(columns.spread(reading.LOOK_ROWS, seed))
