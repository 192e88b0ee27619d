"""The register of checks, and what a check sees and answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.guardrails.policy import IN_FORCE, SEVERITIES
from automl.kinds import Kind, find_kind
from automl.question import BadQuestion, Question, Target, read_target

__all__ = ["CERTAINTIES", "CHECKS", "SEVERITIES", "Alert", "Check", "Outcome", "TableView", "check", "limit"]

SAMPLE = 30_000  # rows that costly checks look at
CERTAINTIES = ("certain", "likely", "possible")  # counted; beyond chance; a name or pattern only


@dataclass(frozen=True)
class Alert:
    """One thing a check found; what is given replaces the check's own severity, threshold and text."""

    value: float | None = None
    columns: tuple[str, ...] = ()
    params: dict[str, Any] = field(default_factory=dict)
    severity: str | None = None
    threshold: float | None = None
    variant: str | None = None
    certainty: str | None = None


@dataclass
class TableView:
    """A table and a question, with what several checks need computed once.

    ``earlier`` holds the rows of an earlier version of the table, ``looks`` how many models of
    the same question were already judged on the rows kept apart.
    """

    frame: pd.DataFrame
    question: Question
    earlier: pd.DataFrame | None = None
    looks: int = 0

    @cached_property
    def features(self) -> list[str]:
        """Columns that a model may use."""
        return self.question.features(self.frame)

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """Kind of every column."""
        return {name: find_kind(self.frame[name]) for name in self.frame.columns}

    @cached_property
    def usable(self) -> list[str]:
        """Features that say something: neither constant nor the name of the row."""
        return [n for n in self.features if self.kinds[n].name not in ("constant", "identifier")]

    @cached_property
    def target(self) -> Target | None:
        """The target, None where it cannot be read (another check says why)."""
        if self.question.target not in self.frame.columns:
            return None
        try:
            return read_target(self.frame[self.question.target], self.question)
        except BadQuestion:
            return None

    @cached_property
    def sample(self) -> tuple[pd.DataFrame, NDArray[Any]] | None:
        """Rows with a known target, at most 30,000 of them drawn by seed, and their targets."""
        if self.target is None:
            return None
        rows = np.flatnonzero(self.target.kept)
        if len(rows) > SAMPLE:
            rng = np.random.default_rng(self.question.seed)
            rows = np.sort(rng.choice(rows, SAMPLE, replace=False))
        place = np.cumsum(self.target.kept) - 1
        return self.frame.iloc[rows], self.target.values[place[rows]]

    @cached_property
    def feature_scores(self) -> dict[str, float]:
        """How well each feature alone predicts the target (see ``scores.single_score``)."""
        from automl.guardrails.scores import single_score

        if self.sample is None or self.target is None:
            return {}
        frame, y = self.sample
        return {name: single_score(frame[name], y, self.kinds[name], self.target) for name in self.usable}

    @property
    def rows(self) -> int:
        """Rows of the whole table."""
        return len(self.frame)

    @property
    def answers(self) -> Target | None:
        """The target of all rows."""
        return self.target

    @property
    def answered(self) -> NDArray[np.int64]:
        """Positions of the rows with a known target, in the whole table."""
        assert self.answers is not None
        return np.flatnonzero(self.answers.kept)

    def missing(self, name: str) -> int:
        """Rows of the whole table without a value in a column."""
        return int(self.frame[name].isna().sum())

    def distinct(self, name: str) -> int:
        """Different values of a column in the whole table, missing not counted."""
        return int(self.frame[name].nunique())

    def infinities(self, name: str) -> int:
        """Infinite values of a column of floats in the whole table."""
        values = self.frame[name].to_numpy(dtype="float64", na_value=np.nan)
        return int(np.isinf(values).sum())

    def keys(self, names: list[str]) -> NDArray[np.uint64]:
        """A number for each row of the whole table, equal where all these columns are."""
        texts = self.frame[names].astype("string")
        return np.asarray(pd.util.hash_pandas_object(texts, index=False), dtype=np.uint64)

    @property
    def chance(self) -> float:
        """The score of a column that says nothing."""
        return 0.0 if self.target is None or self.target.task == "regression" else 0.5


@dataclass
class Outcome:
    """What post-training checks look at: the result so far and the record of the best model.

    ``beyond`` is the share of test rows whose amount lies outside of all that training knew; None for classes.
    """

    result: dict[str, Any]
    best: dict[str, Any]
    train_score: float | None = None
    beyond: float | None = None


@dataclass(frozen=True)
class Check:
    """A registered check; its family is the module it stands in."""

    code: str
    family: str
    stage: str
    severity: str
    threshold: float | None
    stricter: str
    source: str
    lesson: str
    certainty: str
    function: Callable[[Any], list[Alert]]


CHECKS: dict[str, Check] = {}


def check(
    code: str,
    stage: str,
    severity: str,
    source: str,
    lesson: str,
    threshold: float | None = None,
    stricter: str = "",
    certainty: str = "certain",
) -> Callable[[Callable[[Any], list[Alert]]], Callable[[Any], list[Alert]]]:
    """Register a function as a check.

    Parameters
    ----------
    code : str
        Stable name; ``texts`` holds its message, why and fix under it.
    stage : str
        ``pre_train`` or ``post_train``.
    severity : str
        Default: ``block`` (do not go on), ``justify`` (a person must say why it is right),
        ``warn`` or ``info``.
    source : str
        Where the threshold comes from.
    lesson : str
        Topic of the lesson that explains it.
    threshold : float, optional
        Default limit, shown with every result.
    stricter : str
        ``lower`` or ``higher``: which way a policy may move the threshold; empty: it may not.
    certainty : str
        How sure an alert is: ``certain`` (counted), ``likely`` (beyond chance), ``possible``.
    """

    def register(function: Callable[[Any], list[Alert]]) -> Callable[[Any], list[Alert]]:
        family = function.__module__.rsplit(".", 1)[-1]
        CHECKS[code] = Check(
            code, family, stage, severity, threshold, stricter, source, lesson, certainty, function
        )
        return function

    return register


def limit(code: str) -> float:
    """The threshold of a check under the policy in force."""
    default = CHECKS[code].threshold
    assert default is not None, code
    return IN_FORCE.get().thresholds.get(code, default)
