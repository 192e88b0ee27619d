"""What is explained: a pipeline, its recipe, and the rows that the search never saw."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.drift_outcomes import FEW_ANSWERS, known_answers
from automl.large import is_large
from automl.large.drawing import draw
from automl.modelstore import load_model
from automl.prediction import predict
from automl.question import BadQuestion, Question, read_target
from automl.recipe import apply_recipe, apply_steps
from automl.search import splits
from automl.sensitive import sensitive_suspicion
from automl.tables import read_parquet

Array = NDArray[np.float64]


@dataclass
class Subject:
    """A model with rows to explain it on.

    ``raw`` and ``y`` are the holdout; ``y`` holds class numbers or values. ``train`` is there only
    when somebody needs it (the learning curve).
    """

    pipeline: Any
    recipe: dict[str, Any]
    meta: dict[str, Any]
    raw: pd.DataFrame
    y: NDArray[Any]
    question: Question
    train: tuple[pd.DataFrame, NDArray[Any]] | None = None
    groups: NDArray[Any] | None = field(default=None, repr=False)  # of the training rows
    folder: Path | None = None  # where the model is stored

    @property
    def task(self) -> str:
        """``binary``, ``multiclass`` or ``regression``."""
        return str(self.meta["task"])

    @property
    def classes(self) -> list[str]:
        """Names of the classes; empty for regression."""
        return list(self.meta["classes"])

    @cached_property
    def steps(self) -> dict[str, dict[str, Any]]:
        """The recipe's step of each raw column that the model uses."""
        return {step["column"]: step for step in self.recipe["steps"] if step["outputs"]}

    @cached_property
    def ready(self) -> pd.DataFrame:
        """The holdout as model columns."""
        return apply_recipe(self.raw, self.recipe).reset_index(drop=True)

    @cached_property
    def focus(self) -> int:
        """The class whose probability is explained: the positive, else the most frequent one."""
        if self.task == "multiclass":
            return int(np.bincount(self.y.astype(int)).argmax())
        return 1

    @cached_property
    def locked(self) -> list[str]:
        """Columns nobody should be asked to change: sensitive ones, identifiers, time and groups."""
        roles = self.question.roles
        kept = {"sensitive", "id", "time", "group"}
        return [n for n in self.steps if roles.get(n) in kept or sensitive_suspicion(n)]

    def answers(self, ready: pd.DataFrame) -> Array:
        """Predictions in the engine's shape."""
        return predict(self.pipeline, ready, self.task, len(self.classes))

    def score(self, ready: pd.DataFrame, focus: int | None = None) -> Array:
        """One number per row: the probability of the focus class, or the estimate."""
        answer = self.answers(ready)
        return answer if self.task == "regression" else answer[:, self.focus if focus is None else focus]

    def sample(self, rows: int) -> NDArray[np.int64]:
        """Positions of at most so many holdout rows, the same ones each time."""
        order = np.random.default_rng(self.question.seed).permutation(len(self.y))
        return np.sort(order[:rows])

    def replaced(self, ready: pd.DataFrame, column: str, values: pd.Series) -> pd.DataFrame:
        """Model columns in which one raw column has other values (one per row)."""
        step = self.steps[column]
        made = apply_steps(pd.DataFrame({column: values.to_numpy()}), [step])
        changed = ready.copy(deep=False)
        for name in step["outputs"]:
            changed[name] = made[name].to_numpy()
        return changed


def load_on_new_rows(folder: Path, table: Path, question: Question, sha256: str | None = None) -> Subject:
    """Load a stored model with every row of another table whose answer is known.

    Raises
    ------
    modelstore.ModelRefused
        When the model is not the expected one.
    BadQuestion
        When the table lacks the answers or a column, or has too few answers to judge a model.
    """
    pipeline, recipe, meta = load_model(folder, sha256)
    frame = read_parquet(table)
    needed = [step["column"] for step in recipe["steps"] if step["outputs"]]
    if question.target not in frame.columns:
        raise BadQuestion("target_not_there", columns=question.target)
    for name in needed:
        if name not in frame.columns:
            raise BadQuestion("missing_column", column=name)
    y, kept = known_answers(frame[question.target], meta)
    y = y[kept]
    if len(y) < FEW_ANSWERS or (meta["task"] != "regression" and len(np.unique(y)) < 2):
        raise BadQuestion("outcome_few", rows=len(y))
    raw = frame.loc[kept].reset_index(drop=True)
    return Subject(pipeline, recipe, meta, raw, y, question, folder=folder)


def load_subject(
    folder: Path, table: Path, question: Question, sha256: str | None = None, *, with_train: bool = False
) -> Subject:
    """Load a stored model and cut the same holdout off its table again.

    Raises
    ------
    modelstore.ModelRefused
        When the model is not the expected one.
    BadQuestion
        When the table does not fit the question.
    """
    pipeline, recipe, meta = load_model(folder, sha256)
    if is_large(table):  # the same drawn rows as the search looked at
        drawn = draw(table, question)
        subject = Subject(pipeline, recipe, meta, drawn.test, drawn.y_test, question, folder=folder)
        if with_train:
            subject.train, subject.groups = (drawn.train, drawn.y_train), drawn.groups
        return subject
    frame = read_parquet(table)
    if question.target not in frame.columns:
        raise BadQuestion("target_not_there", columns=question.target)
    target = read_target(frame[question.target], question)
    known = frame.loc[target.kept].reset_index(drop=True)
    keys = splits.order_or_group(known, question)
    train, test = splits.holdout(target, keys, question)
    raw = known.iloc[test].reset_index(drop=True)
    subject = Subject(pipeline, recipe, meta, raw, target.values[test], question, folder=folder)
    if with_train:
        subject.train = known.iloc[train].reset_index(drop=True), target.values[train]
        subject.groups = keys[train] if keys is not None and question.validation.kind == "grouped" else None
    return subject
