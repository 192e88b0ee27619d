"""How a search treats a large table: on a sample first, on more and more rows while time allows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

FIRST_GUESS = 2.5e-6  # seconds per cell (rows x columns) for one default boosting fold, 1 thread
LARGE = 50_000  # training rows from which a single validation part says enough
FEW_FOLDS = 0.25  # a whole cross-validation of default boosting may take this share of the budget
FIRST_STEP = 0.04  # and one unit of the lowest rung this one
STEP = 4  # a rung has so many times the rows of the one below
LEAST_ROWS = 10_000
VALID_ROWS = 50_000
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Ladder:
    """Rungs of rows, fewest first; none for a table that is searched whole."""

    rungs: tuple[int, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.rungs)


def ladder_for(rows: int, columns: int, folds: int, budget: float, threads: int) -> Ladder:
    """Choose the rungs from the size of the training table and the budget.

    Parameters
    ----------
    rows, columns : int
        Training rows and model columns.
    folds : int
        Folds of a whole cross-validation.
    budget : float
        Seconds for everything.

    Examples
    --------
    >>> bool(ladder_for(4_000, 20, 5, 60, 1))
    False
    >>> ladder_for(800_000, 50, 5, 60, 2).rungs
    (36226, 144904, 579616, 800000)
    """
    if rows < LARGE:
        return Ladder()
    unit = FIRST_GUESS * (columns + 3) / max(threads, 1)
    if rows * unit * (folds + 1.5) <= FEW_FOLDS * budget:
        return Ladder()
    rungs = [min(rows, max(LEAST_ROWS, int(FIRST_STEP * budget / unit)))]
    while rungs[-1] < rows:
        rungs.append(min(rows, rungs[-1] * STEP))
    return Ladder(tuple(rungs))


def ladder_of_large(drawn: int, most: int, columns: int, budget: float, threads: int) -> Ladder:
    """Rungs of a table that is looked at through drawn rows: some of them, all of them, then twice as many each time.

    Parameters
    ----------
    drawn, most : int
        Rows drawn to learn from, and all rows that boosting may learn from.

    Examples
    --------
    >>> ladder_of_large(60_000, 770_000, 50, 120, 2).rungs
    (30000, 60000, 120000, 240000, 480000, 770000)
    """
    unit = FIRST_GUESS * (columns + 3) / max(threads, 1)
    first = min(drawn // 2, max(LEAST_ROWS, int(FIRST_STEP * budget / unit)))
    rungs = [first, drawn]
    while rungs[-1] < most:
        rungs.append(min(most, 2 * rungs[-1]))
    return Ladder(tuple(rungs))


def one_part(parts: list[tuple[Rows, Rows]], seed: int) -> list[tuple[Rows, Rows]]:
    """The last part only, with a limited number of validation rows.

    The last one is the latest of a split in time.
    """
    fit, valid = parts[-1]
    if len(valid) > VALID_ROWS:
        rng = np.random.default_rng([seed, 1])
        valid = np.sort(rng.choice(valid, VALID_ROWS, replace=False))
    return [(fit, valid)]


def sample_of(fit: Rows, rows: int | None, seed: int) -> Rows:
    """So many of the rows, drawn by seed; a larger sample holds the smaller one."""
    if rows is None or rows >= len(fit):
        return fit
    order = np.random.default_rng([seed, 2]).permutation(len(fit))[:rows]
    return fit[np.sort(order)]
