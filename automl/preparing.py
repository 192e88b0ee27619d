"""From a table and a question to a study: split, recipe, shape and ladder; large tables by drawn rows."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.kinds import Kind
from automl.large import is_large
from automl.large.coding import CODING, Bulk
from automl.large.drawing import Drawn, draw
from automl.large.profile import kind_of
from automl.large.reading import Columns
from automl.metrics import METRICS, choose_metric
from automl.question import BadQuestion, Question, Target, read_target
from automl.recipe import apply_recipe, build_recipe
from automl.reference import build_schema
from automl.search import splits
from automl.search.checkpoint import Checkpoint
from automl.search.clock import Clock
from automl.search.ladder import Ladder, ladder_for, ladder_of_large, one_part
from automl.search.pipelines import coding
from automl.search.portfolio import Shape
from automl.search.study import Study, Tell
from automl.search.training import Plan
from automl.tables import read_parquet

MIN_ROWS = 20  # below, not even folds can be cut
Raw = dict[str, pd.DataFrame]
Kinds = dict[str, Kind]


@dataclass
class Scene:
    """What a search is set up from."""

    table: Path
    question: Question
    checkpoint: Checkpoint
    clock: Clock
    workdir: Path
    threads: int
    tell: Tell
    digest: str = ""

    def subject(self) -> pd.DataFrame | Path:
        """The whole table; of a large one only where it is."""
        if is_large(self.table):
            return self.table
        frame = read_parquet(self.table)
        _require_columns(frame, self.question)
        return frame

    def prepared(self, subject: pd.DataFrame | Path) -> tuple[Study, Raw]:
        """Split the rows, settle the recipe on rows to learn from and set up the search.

        Returns
        -------
        tuple of (Study, dict)
            The study, and the raw ``train`` and ``test`` rows; of a large table the drawn ones.
        """
        _sweep(self.workdir / "models")
        if isinstance(subject, pd.DataFrame):
            return self._small(subject)
        return self._large(draw(subject, self.question))

    def _small(self, frame: pd.DataFrame) -> tuple[Study, Raw]:
        question = self.question
        target = _readable_target(frame, question)
        known = frame.loc[target.kept].reset_index(drop=True)
        keys = splits.order_or_group(known, question)
        train, test = splits.holdout(target, keys, question)
        y_train = target.values[train]
        _require_learnable(target, y_train, target.values[test])
        parts = splits.folds(y_train, None if keys is None else keys[train], question, target.task)
        raw = {
            "train": known.iloc[train].reset_index(drop=True),
            "test": known.iloc[test].reset_index(drop=True),
        }
        study = self._study(target, raw, (y_train, target.values[test]), parts, None)
        shape, seconds = study.shape, question.budget_seconds
        study.ladder = ladder_for(shape.rows, shape.columns, len(parts), seconds, self.threads)
        if study.ladder:
            study.parts = one_part(parts, question.seed)
        return study, raw

    def _large(self, drawn: Drawn) -> tuple[Study, Raw]:
        question, y = self.question, (drawn.y_train, drawn.y_test)
        _require_learnable(drawn.target, *y)
        raw = {"train": drawn.train, "test": drawn.test}
        columns = Columns(self.table)
        kinds = {n: kind_of(columns, n, drawn.train[n]) for n in question.features(drawn.train)}
        study = self._study(drawn.target, raw, y, drawn.parts, kinds)
        study.scale, seen = drawn.described(), drawn.parts[0][0]
        bulk = Bulk(
            self.table, self.workdir / "coded", drawn.bulk, drawn.bulk_y, study.plan.recipe, len(seen)
        )
        bulk.memory_mb = question.memory_mb
        if bulk.usable:
            prepare = coding(CODING, study.plan.recipe, study.plan.task, question.seed)
            bulk.begin(prepare, (study.train[0].iloc[seen], study.train[1][seen]))
            study.bulk = bulk
        most = len(drawn.bulk) if bulk.usable else len(seen)
        study.ladder = ladder_of_large(
            len(seen), most, study.shape.columns, question.budget_seconds, self.threads
        )
        return study, raw

    def _study(
        self, target: Target, raw: Raw, y: tuple[Any, Any], parts: splits.Parts, kinds: Kinds | None
    ) -> Study:
        question = self.question
        recipe = _useful_recipe(raw["train"], question, kinds)
        metric, _ = _metric(target, question)
        ready = apply_recipe(raw["train"], recipe)
        return Study(
            question=question,
            plan=Plan(target.task, len(target.classes), recipe, question.seed, self.threads, self.clock),
            shape=_shape(target, y[0], recipe, ready),
            metric=metric,
            train=(ready, y[0]),
            test=(apply_recipe(raw["test"], recipe), y[1]),
            parts=parts,
            checkpoint=self.checkpoint,
            models=self.workdir / "models",
            meta=_described(target, question, build_schema(raw["train"], recipe))
            | {"apart": splits.identity(self.digest, question)},
            tell=self.tell,
            ladder=Ladder(),
        )


def _require_columns(frame: pd.DataFrame, question: Question) -> None:
    if question.target not in frame.columns:
        raise BadQuestion("target_not_there", columns=question.target)
    for name in question.roles:
        if name not in frame.columns:
            raise BadQuestion("role_column_missing", column=name)


def _described(target: Any, question: Question, schema: Any) -> dict[str, Any]:
    """What every stored model says of itself."""
    return {
        "task": target.task,
        "classes": target.classes,
        "target": question.target,
        "positive_label": target.positive_label,
        "input_schema": schema,
    }


def _sweep(models: Path) -> None:
    """Take away what a killed run was just writing."""
    for unfinished in models.glob(".*.part"):
        shutil.rmtree(unfinished, ignore_errors=True)


def _readable_target(frame: pd.DataFrame, question: Question) -> Target:
    target = read_target(frame[question.target], question)
    if len(target.values) < MIN_ROWS:
        folds = question.validation.folds
        raise BadQuestion("too_few_rows_to_split", rows=len(target.values), folds=folds)
    return target


def _useful_recipe(train: pd.DataFrame, question: Question, kinds: Kinds | None) -> dict[str, Any]:
    recipe = build_recipe(train, question.features(train), kinds)
    if not (recipe["numeric"] or recipe["categorical"]):
        raise BadQuestion("no_features")
    return recipe


def _metric(target: Target, question: Question) -> Any:
    try:
        return choose_metric(target.task, question.metric)
    except KeyError:
        raise BadQuestion("bad_question", field="metric", allowed=", ".join(METRICS[target.task])) from None


def _require_learnable(target: Target, y_train: Any, y_test: Any) -> None:
    if target.task == "binary" and len(np.unique(y_test)) < 2:
        raise BadQuestion("target_rare_in_test", rows=len(y_test))
    if target.task != "regression" and len(np.unique(y_train)) < 2:
        raise BadQuestion("target_one_class", columns="")


def _shape(target: Target, y_train: Any, recipe: dict[str, Any], ready: pd.DataFrame) -> Shape:
    skewed = False
    if target.task == "regression" and y_train.min() >= 0:
        skewed = bool(pd.Series(y_train).skew() > 1)
    return Shape(
        task=target.task,
        rows=len(y_train),
        columns=len(recipe["numeric"]) + len(recipe["categorical"]),
        categories=len(recipe["categorical"]),
        high_cardinality=len(recipe["high_cardinality"]),
        classes=len(target.classes),
        skewed_target=skewed,
        texts=len(recipe["text"]),
        distinct={name: int(ready[name].nunique()) for name in recipe["categorical"]},
    )
