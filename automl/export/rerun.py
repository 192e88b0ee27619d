"""Reproducing a trial: the same rows, the same preparation, the same split. Goes into exports unchanged."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.ingest import ingest
from automl.large import Columns
from automl.large.drawing import draw
from automl.metrics import evaluate
from automl.prediction import predict
from automl.question import Question, read_target
from automl.recipe import apply_recipe
from automl.search import splits
from automl.search.ladder import one_part, sample_of
from automl.tables import read_parquet


@dataclass(frozen=True)
class Rows:
    """Model columns and targets, for training and for the test.

    Of a table that was searched in steps, ``fit`` are the rows that all sizes were drawn from, and
    ``more`` gives the first so many rows of a table too large to look at whole.
    """

    x_train: pd.DataFrame
    y_train: NDArray[Any]
    x_test: pd.DataFrame
    y_test: NDArray[Any]
    fit: NDArray[np.int64] | None = None
    seed: int = 0
    more: Callable[[int], tuple[pd.DataFrame, NDArray[Any]]] | None = None


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table as Agora does: its Parquet as it is, CSV or XLSX by the same reader.

    Raises
    ------
    ValueError
        With the reasons when the file is no table.
    """
    with tempfile.TemporaryDirectory() as place:
        return read_parquet(as_parquet(path, Path(place))).copy()


def as_parquet(path: str | Path, place: Path) -> Path:
    """The table as Agora keeps it; another kind of file is read into ``place``."""
    source = Path(path)
    if source.suffix.lower() == ".parquet":
        return source
    outcome = ingest(source, source.name, place)
    if not outcome["ok"]:
        raise ValueError("; ".join(each["message"] % each["params"] for each in outcome["errors"]))
    return place / "table.parquet"


def split_rows(frame: pd.DataFrame, asked: dict[str, Any], recipe: dict[str, Any]) -> Rows:
    """Cut the rows as the search did and prepare the columns."""
    question = Question.from_dict(asked)
    target = read_target(frame[question.target], question)
    known = frame.loc[target.kept].reset_index(drop=True)
    keys = splits.order_or_group(known, question)
    train, test = splits.holdout(target, keys, question)
    parts = [known.iloc[rows].reset_index(drop=True) for rows in (train, test)]
    y_train = target.values[train]
    folds = splits.folds(y_train, None if keys is None else keys[train], question, target.task)
    return Rows(
        apply_recipe(parts[0], recipe),
        y_train,
        apply_recipe(parts[1], recipe),
        target.values[test],
        one_part(folds, question.seed)[0][0],
        question.seed,
    )


def draw_rows(path: str | Path, asked: dict[str, Any], recipe: dict[str, Any]) -> Rows:
    """Draw rows of a large table as the search did and prepare the columns."""
    question = Question.from_dict(asked)
    place = Path(tempfile.mkdtemp())  # rows are read from there until the end
    table = as_parquet(path, place)
    drawn = draw(table, question)

    def more(count: int) -> tuple[pd.DataFrame, NDArray[Any]]:
        rows = Columns(table).take(drawn.bulk[:count])
        return apply_recipe(rows, recipe), drawn.bulk_y[:count]

    return Rows(
        apply_recipe(drawn.train, recipe),
        drawn.y_train,
        apply_recipe(drawn.test, recipe),
        drawn.y_test,
        drawn.parts[0][0],
        question.seed,
        more,
    )


def learn(pipeline: Any, rows: Rows, count: int | None) -> Any:
    """Train a pipeline on so many of the rows, as one step of the search did; all of its part when none are named."""
    assert rows.fit is not None
    x, y = rows.x_train, rows.y_train
    if rows.more is not None and count is not None and count > len(rows.fit):
        prepare, model = pipeline[:-1], pipeline[-1]
        prepare.fit(x.iloc[rows.fit], y[rows.fit])
        many, answers = rows.more(count)
        model.fit(np.asarray(prepare.transform(many), dtype=np.float32), answers)
        return pipeline
    chosen = sample_of(rows.fit, count, rows.seed)
    return pipeline.fit(x.iloc[chosen], y[chosen])


def measured(pipeline: Any, rows: Rows, task: str, classes: int, seed: int) -> dict[str, Any]:
    """Metrics on the test rows, as the search computes them."""
    answer = predict(pipeline, rows.x_test, task, classes)
    found: dict[str, Any] = evaluate(task, np.asarray(rows.y_test), answer, seed)
    return found
