"""Counting new rows against a reference, piece by piece: memory stays the same for any number of rows."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.recipe import to_categories
from automl.reference import OTHER, as_numbers

MOST_NEW = 2_000  # names never seen in training that are told apart
CELLS = (
    16_384  # so many that hardly a value shares one with a mark, so few that their counts stay in the cache
)
FEW_POINTS = 20  # quantiles of a reference, and values of a piece, below which a look-up is as fast
FEW_VALUES = 5_000


class NumberCounts:
    """How many values lie at or below each mark of the reference (edges of bins and 101 quantiles).

    Looking up each value among the marks is what takes time on a large table. So values are first
    counted in many cells of equal width; a cell without a mark is settled by that count, and only
    values that share their cell with a mark are looked up. The cell never falls as the value rises,
    for marks as for values, so the result is exact.
    """

    def __init__(self, known: dict[str, Any]) -> None:
        self.known = known
        self.marks = np.unique(np.array([*known["edges"], *known["points"]], dtype=float))
        self.looked_up = np.zeros(len(self.marks) + 1, dtype=np.int64)
        self.in_cells = np.zeros(CELLS, dtype=np.int64)
        self.rows = self.missing = self.below = 0
        self.start, self.scale = self._grid()
        cells = self._cells(self.marks) if self.scale else np.zeros(0, dtype=np.intp)
        self.has_mark = np.bincount(cells, minlength=CELLS) > 0
        self.has_mark[[0, -1]] = True  # the ends hold all that lies beyond them
        self.marks_before = np.searchsorted(cells, np.arange(CELLS), side="left")

    def _grid(self) -> tuple[float, float]:
        """Where the cells begin and how many there are per unit; none where that does not pay."""
        points = np.array(self.known["points"], dtype=float)
        if len(points) < FEW_POINTS:
            return 0.0, 0.0
        low, high = points[1], points[-2]
        with np.errstate(over="ignore", divide="ignore"):
            scale = CELLS / (high - low)
        return (float(low), float(scale)) if np.isfinite(scale) and scale > 0 else (0.0, 0.0)

    def _cells(self, values: NDArray[np.float64]) -> NDArray[np.intp]:
        with np.errstate(over="ignore"):
            places = (values - self.start) * self.scale
        return np.clip(places, 0, CELLS - 1, out=places).astype(np.intp)

    def add(self, column: pd.Series) -> None:
        """Count the values of a column as it came."""
        self.add_numbers(as_numbers(column, self.known))

    def add_numbers(self, values: NDArray[np.float64]) -> None:
        """Count numbers; NaN and infinities are missing."""
        self.rows += len(values)
        fine = np.isfinite(values)
        present = values if fine.all() else values[fine]
        self.missing += len(values) - len(present)
        if not len(self.marks) or not len(present):
            return
        if self.scale and len(present) > FEW_VALUES:
            cells = self._cells(present)
            self.in_cells += np.bincount(cells, minlength=CELLS)
            present = present[self.has_mark[cells]]
        else:
            self.in_cells[0] += len(present)  # an end: looked up below
        places = np.searchsorted(self.marks, present, side="left")
        self.looked_up += np.bincount(places, minlength=len(self.looked_up))
        self.below += int((present < self.marks[0]).sum())

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many values lie between each two marks, the upper one included."""
        settled = np.bincount(
            self.marks_before[~self.has_mark],
            weights=self.in_cells[~self.has_mark],
            minlength=len(self.looked_up),
        )
        return np.asarray(self.looked_up + settled.astype(np.int64))

    @property
    def above(self) -> int:
        """Values beyond the last mark."""
        return int(self.looked_up[-1])

    @property
    def present(self) -> int:
        """Values that are there."""
        return self.rows - self.missing

    def at_most(self, marks: list[float]) -> NDArray[np.float64]:
        """The share of values at or below each of some marks."""
        total = np.cumsum(self.counts)
        return np.asarray(total[np.searchsorted(self.marks, marks)] / max(1, self.present))

    def shares(self) -> NDArray[np.float64]:
        """The share of values in each bin of the reference."""
        inner = self.at_most(self.known["edges"])
        return np.diff(np.concatenate([[0.0], inner, [1.0]]))

    def median(self) -> float | None:
        """The middle value, as exact as the marks are close."""
        if not self.present or not len(self.marks):
            return None
        middle = int(np.searchsorted(np.cumsum(self.counts) / self.present, 0.5))
        return float(self.marks[min(middle, len(self.marks) - 1)])


class CategoryCounts:
    """How often each category of the reference came, the others, and names never seen."""

    def __init__(self, known: dict[str, Any]) -> None:
        self.known = known
        self.listed = [name for name in known["categories"] if name != OTHER]
        self.places = {name: number for number, name in enumerate(self.listed)}
        self.seen = set(known["known"])
        self.counts = np.zeros(len(self.listed) + 1, dtype=np.int64)
        self.new: Counter[str] = Counter()
        self.rows = self.missing = self.unseen = 0

    def add(self, column: pd.Series) -> None:
        """Count the values of a column as it came."""
        present = column.dropna()
        self.rows += len(column)
        self.missing += len(column) - len(present)
        if len(present):
            names, counts = np.unique(to_categories(present).astype(str), return_counts=True)
            self.add_names(list(names), counts)

    def add_coded(self, names: list[Any], codes: NDArray[np.int64], missing: int) -> None:
        """Count a column that came as a dictionary and positions in it."""
        self.rows += len(codes) + missing
        self.missing += missing
        counts = np.bincount(codes, minlength=len(names))
        used = np.flatnonzero(counts)
        if len(used):
            words = to_categories(pd.Series([names[place] for place in used], dtype=object))
            self.add_names([str(word) for word in words], counts[used])

    def add_names(self, names: list[str], counts: NDArray[np.int64]) -> None:
        """Count names that are all present."""
        for name, count in zip(names, counts.tolist(), strict=True):
            self.counts[self.places.get(name, len(self.listed))] += count
            if name not in self.seen:
                self.unseen += count
                if name in self.new or len(self.new) < MOST_NEW:
                    self.new[name] += count

    @property
    def present(self) -> int:
        """Values that are there."""
        return self.rows - self.missing


Counts = NumberCounts | CategoryCounts


def counts_for(known: dict[str, Any]) -> Counts:
    """Empty counts for one column of a reference."""
    return CategoryCounts(known) if known["kind"] == "category" else NumberCounts(known)
