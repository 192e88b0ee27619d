"""Reproducing a trial: the same rows, the same preparation, the same split. Goes into exports unchanged."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.ingest import ingest
from automl.metrics import evaluate
from automl.prediction import predict
from automl.question import Question, read_target
from automl.recipe import apply_recipe
from automl.search import splits
from automl.tables import read_parquet


@dataclass(frozen=True)
class Rows:
    """Model columns and targets, for training and for the test."""

    x_train: pd.DataFrame
    y_train: NDArray[Any]
    x_test: pd.DataFrame
    y_test: NDArray[Any]


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table as Agora does: its Parquet as it is, CSV or XLSX by the same reader.

    Raises
    ------
    ValueError
        With the reasons when the file is no table.
    """
    source = Path(path)
    if source.suffix.lower() == ".parquet":
        return read_parquet(source)
    with tempfile.TemporaryDirectory() as place:
        outcome = ingest(source, source.name, Path(place))
        if not outcome["ok"]:
            raise ValueError("; ".join(each["message"] % each["params"] for each in outcome["errors"]))
        return read_parquet(Path(place) / "table.parquet").copy()


def split_rows(frame: pd.DataFrame, asked: dict[str, Any], recipe: dict[str, Any]) -> Rows:
    """Cut the rows as the search did and prepare the columns."""
    question = Question.from_dict(asked)
    target = read_target(frame[question.target], question)
    known = frame.loc[target.kept].reset_index(drop=True)
    train, test = splits.holdout(target, splits.order_or_group(known, question), question)
    parts = [known.iloc[rows].reset_index(drop=True) for rows in (train, test)]
    return Rows(
        apply_recipe(parts[0], recipe),
        target.values[train],
        apply_recipe(parts[1], recipe),
        target.values[test],
    )


def measured(pipeline: Any, rows: Rows, task: str, classes: int, seed: int) -> dict[str, Any]:
    """Metrics on the test rows, as the search computes them."""
    answer = predict(pipeline, rows.x_test, task, classes)
    found: dict[str, Any] = evaluate(task, np.asarray(rows.y_test), answer, seed)
    return found
