"""Which rows of a large table a search looks at: the split is that of all rows, the rows are drawn from its parts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.large.reading import Columns
from automl.question import BadQuestion, Question, Target, read_target
from automl.search import splits

FIT_ROWS = 60_000  # rows that all kinds of models learn from; boosting goes on to all rows
VALID_ROWS = 30_000
TEST_ROWS = 50_000  # of the rows kept apart: enough for an AUC to a few thousandths
LEAST_OF_CLASS = 20  # rows of a rare answer that are drawn as long as there are so many

Rows = NDArray[np.int64]


@dataclass
class Drawn:
    """The drawn rows of a large table, and where all others are.

    ``train`` and ``test`` are raw rows; ``parts`` are positions in ``train``: to learn from and to
    judge by. ``bulk`` are positions in the table of all rows that may be learned from, the drawn
    ones first, and ``bulk_y`` their targets. ``groups`` is set for a split by groups.
    """

    target: Target
    train: pd.DataFrame
    y_train: NDArray[Any]
    test: pd.DataFrame
    y_test: NDArray[Any]
    parts: list[tuple[Rows, Rows]]
    bulk: Rows
    bulk_y: NDArray[Any]
    train_rows: int
    test_rows: int
    groups: NDArray[Any] | None = None

    def described(self) -> dict[str, int]:
        """How many rows there are and how many of them were drawn, for the report."""
        fit, valid = self.parts[0]
        return {
            "train_rows": self.train_rows,
            "holdout_rows": self.test_rows,
            "drawn_rows": len(fit),
            "judged_on": len(valid),
            "tested_on": len(self.y_test),
            "most_rows": len(self.bulk),
        }


def draw(table: Path, question: Question) -> Drawn:
    """Split a large table as a small one would be, and draw rows from the parts.

    Only the target and the column of the split are read whole. Rows to judge by are drawn from the
    last fold (the latest of a split in time), rows to learn from are drawn from the others, with the
    shares of the answers kept; the holdout is cut off from all rows before anything else.

    Raises
    ------
    BadQuestion
        When the table cannot answer the question.
    """
    columns = Columns(table)
    for name in (question.target, *question.roles):
        if name not in columns.names:
            code = {"code": "target_not_there", "columns": name} if name == question.target else {}
            raise BadQuestion(**(code or {"code": "role_column_missing", "column": name}))
    target = read_target(columns.whole(question.target), question)
    places = np.flatnonzero(target.kept)
    keys = _keys(columns, question, target)
    train, test = splits.holdout(target, keys, question)
    y = target.values
    fit, valid = _last_part(y[train], None if keys is None else keys[train], question, target)
    seen, judged = _some(y[train], fit, FIT_ROWS, target, question.seed), valid
    tested = _some(y, test, TEST_ROWS, target, question.seed + 1)
    inside = np.sort(
        np.concatenate([seen, judged])
    )  # in the order of the training rows: of time, if it counts
    rest = np.random.default_rng([question.seed, 4]).permutation(_without(fit, seen, len(train)))
    bulk = train[np.concatenate([seen, rest])]
    raw = _rows(columns, places[train[inside]], places[tested])
    return Drawn(
        target=target,
        train=raw[0],
        y_train=y[train[inside]],
        test=raw[1],
        y_test=y[tested],
        parts=[(np.searchsorted(inside, seen), np.searchsorted(inside, judged))],
        bulk=places[bulk],
        bulk_y=y[bulk],
        train_rows=len(train),
        test_rows=len(test),
        groups=keys[train[inside]] if keys is not None and question.validation.kind == "grouped" else None,
    )


def _keys(columns: Columns, question: Question, target: Target) -> NDArray[Any] | None:
    kind = question.validation.kind
    name = question.split_column(kind) if kind in ("time", "grouped") else None
    if kind in ("time", "grouped") and name in columns.names:
        frame = columns.frame([str(name)]).loc[target.kept].reset_index(drop=True)
        return splits.order_or_group(frame, question)
    return splits.order_or_group(pd.DataFrame(), question)


def _last_part(
    y: NDArray[Any], keys: NDArray[Any] | None, question: Question, target: Target
) -> tuple[Rows, Rows]:
    """All rows to learn from and the drawn rows to judge by, as positions in the training rows.

    Rows of the last fold that are not drawn are learned from too, but not when they belong to
    groups that judge, or lie in the time that judges.
    """
    fit, valid = splits.folds(y, keys, question, target.task)[-1]
    judged = _some(y, valid, VALID_ROWS, target, question.seed)
    if question.validation.kind not in ("time", "grouped"):
        fit = _without(np.arange(len(y)), judged, len(y))
    return fit, judged


def _without(rows: Rows, others: Rows, count: int) -> Rows:
    """The positions below ``count`` that are not among the others; their order stays."""
    kept = np.ones(count, dtype=bool)
    kept[others] = False
    return rows[kept[rows]]


def _some(y: NDArray[Any], rows: Rows, count: int, target: Target, seed: int) -> Rows:
    """So many of the rows, drawn by seed, sorted; the shares of the answers are kept, rare ones are not lost."""
    rng = np.random.default_rng([seed, 5])
    if len(rows) <= count:
        return np.sort(rows)
    if target.task == "regression":
        return np.sort(rng.choice(rows, count, replace=False))
    drawn = []
    for label in np.unique(y[rows]):
        of_class = rows[y[rows] == label]
        share = round(count * len(of_class) / len(rows))
        wanted = min(len(of_class), max(share, LEAST_OF_CLASS))
        drawn.append(rng.choice(of_class, wanted, replace=False))
    return np.sort(np.concatenate(drawn))


def _rows(columns: Columns, *wanted: Rows) -> list[pd.DataFrame]:
    """Several sets of rows from one reading of the table."""
    cuts = np.cumsum([len(rows) for rows in wanted])[:-1]
    frame = columns.take(np.concatenate(wanted))
    return [frame.iloc[at].reset_index(drop=True) for at in np.split(np.arange(sum(map(len, wanted))), cuts)]
