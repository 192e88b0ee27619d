"""The question a person asks: target, task, roles, validation, budget and costs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from automl.tables import label_text
from automl.texts import note

TASKS = ("auto", "binary", "multiclass", "regression")
ROLES = ("feature", "id", "time", "group", "sensitive", "exclude")
VALIDATIONS = ("random", "stratified", "grouped", "time")
MAX_CLASSES = 50  # more distinct values are no longer classes one can tell apart
POSITIVE_WORDS = ("yes", "true", "1", "positive", "oui", "vrai", "bad", "churn", "default", "y")


class BadQuestion(Exception):
    """The question cannot be answered with this table; ``problem`` says why."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.problem = note(code, **params)


@dataclass(frozen=True)
class Validation:
    """How the holdout and the folds are made."""

    kind: str = "stratified"
    folds: int = 5
    holdout: float = 0.2
    column: str | None = None


@dataclass(frozen=True)
class Question:
    """A complete question; fields as in question.json."""

    target: str
    task: str = "auto"
    positive_label: str | None = None
    metric: str | None = None
    roles: dict[str, str] = field(default_factory=dict)
    validation: Validation = field(default_factory=Validation)
    budget_seconds: float = 60
    max_trials: int = 12
    seed: int = 0
    memory_mb: int = 4096
    cost_false_positive: float = 1
    cost_false_negative: float = 5
    sensitive_as_feature: bool = False

    @classmethod
    def from_dict(cls, given: dict[str, Any]) -> Question:
        """Check question.json and fill in the defaults.

        Raises
        ------
        BadQuestion
            ``bad_question`` with the field and what it may be.
        """
        try:
            return cls._read(dict(given))
        except (TypeError, ValueError, AttributeError, OverflowError):
            wrong = {"field": "question.json", "allowed": "README: question.json"}
            raise BadQuestion("bad_question", **wrong) from None

    @classmethod
    def _read(cls, given: dict[str, Any]) -> Question:
        unknown = set(given) - set(cls.__dataclass_fields__)
        if unknown:
            raise BadQuestion("bad_question", field=sorted(unknown)[0], allowed="a known field")
        if not given.get("target") or not isinstance(given["target"], str):
            raise BadQuestion("bad_question", field="target", allowed="a column name")
        wanted = dict(given)
        checks = dict(given.get("validation") or {})
        if set(checks) - set(Validation.__dataclass_fields__):
            raise BadQuestion("bad_question", field="validation", allowed="kind, folds, holdout, column")
        wanted["validation"] = Validation(**checks)
        wanted["roles"] = {str(k): str(v) for k, v in (given.get("roles") or {}).items()}
        question = cls(**wanted)
        question._check()
        return question

    def _check(self) -> None:
        self._check_types()
        plan = self.validation
        rules = (
            ("task", self.task in TASKS, ", ".join(TASKS)),
            ("roles", set(self.roles.values()) <= set(ROLES), ", ".join(ROLES)),
            ("validation.kind", plan.kind in VALIDATIONS, ", ".join(VALIDATIONS)),
            ("validation.folds", 2 <= plan.folds <= 20, "2 to 20"),
            ("validation.holdout", 0.05 <= plan.holdout <= 0.5, "0.05 to 0.5"),
            ("budget_seconds", 1 <= self.budget_seconds <= 7 * 86400, "1 to 604800"),
            ("max_trials", 1 <= self.max_trials <= 500, "1 to 500"),
            ("seed", 0 <= self.seed < 2**32, "0 to 4294967295"),
            ("memory_mb", self.memory_mb >= 1, "1 or more"),
            ("cost_false_positive", self.cost_false_positive >= 0, "0 or more"),
            ("cost_false_negative", self.cost_false_negative >= 0, "0 or more"),
        )
        for name, fine, allowed in rules:
            if not fine:
                raise BadQuestion("bad_question", field=name, allowed=allowed)

    def _check_types(self) -> None:
        """Refuse what only looks like a number, a word or a yes: nothing is guessed from it."""
        plan = self.validation
        kinds = (
            ("whole number", _is_whole, ("max_trials", "seed", "memory_mb"), self),
            ("number", _is_number, ("budget_seconds", "cost_false_positive", "cost_false_negative"), self),
            ("true or false", lambda value: isinstance(value, bool), ("sensitive_as_feature",), self),
            ("text", _is_text_or_none, ("metric",), self),
            ("whole number", _is_whole, ("folds",), plan),
            ("number", _is_number, ("holdout",), plan),
            ("text", _is_text_or_none, ("column",), plan),
        )
        for allowed, fits, names, place in kinds:
            for name in names:
                if not fits(getattr(place, name)):
                    shown = f"validation.{name}" if place is plan else name
                    raise BadQuestion("bad_question", field=shown, allowed=allowed)

    def to_dict(self) -> dict[str, Any]:
        """The question as plain dicts, for digests and reports."""
        return asdict(self)

    def features(self, frame: pd.DataFrame) -> list[str]:
        """Names of the columns a model may use, in the table's order."""
        allowed = {"feature", "time"}
        if self.sensitive_as_feature:
            allowed.add("sensitive")
        return [
            name
            for name in frame.columns
            if name != self.target and self.roles.get(name, "feature") in allowed
        ]

    def with_role(self, role: str) -> list[str]:
        """Names of the columns with a role."""
        return [name for name, given in self.roles.items() if given == role]

    def split_column(self, kind: str) -> str | None:
        """The column that validation needs: the named one, else the first with the role."""
        if self.validation.column:
            return self.validation.column
        named = self.with_role({"time": "time", "grouped": "group"}.get(kind, ""))
        return named[0] if named else None


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))


def _is_text_or_none(value: Any) -> bool:
    return value is None or isinstance(value, str)


def find_task(target: pd.Series, asked: str = "auto") -> str:
    """Tell the task from the target: two values, a few values, or a number to estimate.

    Numbers with more than 20 distinct values, or with fractions and more than 2, are a
    regression; other columns are classes.
    """
    if asked != "auto":
        return asked
    present = target.dropna()
    distinct = present.nunique()
    if distinct <= 2:
        return "binary"
    numbers = pd.to_numeric(present, errors="coerce")
    if numbers.notna().mean() >= 0.95 and not pd.api.types.is_bool_dtype(present.dtype):
        fractions = bool((numbers.dropna() % 1 != 0).any())
        if distinct > 20 or fractions:
            return "regression"
    return "multiclass"


@dataclass(frozen=True)
class Target:
    """The target ready for learning.

    ``values`` are floats for regression, else class numbers 0..k-1 in the order of ``classes``;
    for a binary task class 1 is the positive one. ``kept`` marks rows whose target is known.
    """

    task: str
    classes: list[str]
    positive_label: str | None
    values: np.ndarray
    kept: np.ndarray


def tidied(answers: pd.Series) -> pd.Series:
    """Answers without blanks around them; one that is nothing but blanks is missing.

    >>> tidied(pd.Series(["yes", "yes ", " "], dtype=object)).tolist()
    ['yes', 'yes', None]
    """
    if answers.dtype != object and not isinstance(answers.dtype, pd.StringDtype):
        return answers
    codes, values = pd.factorize(answers)
    plain = [value.strip() if isinstance(value, str) else value for value in values]
    if "" not in plain and all(a is b or a == b for a, b in zip(plain, values, strict=True)):
        return answers
    told = np.empty(len(plain) + 1, dtype=object)  # the last one is "missing": code -1
    told[:-1] = [None if isinstance(value, str) and not value else value for value in plain]
    return pd.Series(told[codes], index=answers.index, name=answers.name, dtype=object)


def read_target(column: pd.Series, question: Question) -> Target:
    """Read the target column according to the question.

    Raises
    ------
    BadQuestion
        When the values cannot be used for the task asked.
    """
    column = tidied(column)
    task = find_task(column, question.task)
    if task == "regression":
        numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype="float64")
        kept = np.isfinite(numbers)
        if not kept.any():
            raise BadQuestion("target_not_numeric", columns=str(column.name))
        if np.ptp(numbers[kept]) == 0:
            raise BadQuestion("target_one_class", columns=str(column.name))
        return Target(task, [], None, numbers[kept], kept)
    kept = column.notna().to_numpy()
    codes, values = pd.factorize(column[kept])  # a million answers have few distinct texts
    texts = np.array([label_text(value) for value in values], dtype=object)
    labels = pd.Series(texts[codes], dtype=object)
    classes = sorted(set(texts), key=_numeric_then_text)
    if len(classes) < 2:
        raise BadQuestion("target_one_class", columns=str(column.name))
    if task == "binary" and len(classes) > 2:
        raise BadQuestion("target_not_binary", column=str(column.name), count=len(classes))
    positive = None
    if len(classes) == 2:
        task = "binary"
        positive = _positive(labels, classes, question.positive_label)
        classes = [name for name in classes if name != positive] + [positive]
    numbers_of = {name: number for number, name in enumerate(classes)}
    return Target(task, classes, positive, labels.map(numbers_of).to_numpy(dtype="int64"), kept)


def _numeric_then_text(name: str) -> tuple[int, float, str]:
    try:
        return 0, float(name), name
    except ValueError:
        return 1, 0.0, name


def _positive(labels: pd.Series, classes: list[str], asked: str | None) -> str:
    if asked is not None:
        if label_text(asked).strip() not in classes:
            raise BadQuestion("positive_label_unknown", label=asked, classes=", ".join(classes[:20]))
        return label_text(asked).strip()
    for name in classes:
        if name.strip().lower() in POSITIVE_WORDS:
            return name
    return str(labels.value_counts().index[-1])
