"""Tables for the benchmark of guardrails: real ones, and what is planted in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.question import Question
from automl.tables import plain_types

DEMO = Path(__file__).resolve().parents[1] / "portal" / "demo" / "data"
ROWS = 3_000


@dataclass(frozen=True)
class Table:
    """A table with its question; ``drop`` names columns that are known leaks or identifiers,
    ``known`` the quality and split checks that rightly speak about it as it is."""

    name: str
    frame: pd.DataFrame
    target: str
    drop: tuple[str, ...] = ()
    known: frozenset[str] = field(default_factory=frozenset)

    def question(self, **changes: Any) -> Question:
        """The question a person would ask of it."""
        return Question.from_dict({"target": self.target, **changes})

    @property
    def is_regression(self) -> bool:
        """Whether an amount is asked for."""
        column = self.frame[self.target]
        return pd.api.types.is_numeric_dtype(column.dtype) and column.nunique() > 20

    @property
    def clean(self) -> Table:
        """Without known leaks and identifiers, rows in random order, no copies."""
        frame = self.frame.drop(columns=[n for n in self.drop if n in self.frame.columns])
        frame = frame.drop_duplicates(subset=[n for n in frame.columns if n != self.target])
        return replace(self, frame=frame.sample(frac=1, random_state=0).reset_index(drop=True))


# file stem: target, known leaks and identifiers
FILES = {
    "caravan": (("Purchase", "CARAVAN"), ()),
    "partner_churn": (("churn",), ()),
    "instalment_credit": (("Status",), ()),
    "bike_hires": (("bikers",), ("casual", "registered")),
    "concrete_strength": (("compressive_strength",), ()),
    "adult": (("income >50K",), ()),
    "bank_marketing": (("deposit",), ("duration",)),
    "bike_hourly": (("cnt",), ("instant", "dteday")),
    "compas": (("two_year_recid",), ()),
    "concrete": (("strength_mpa",), ()),
    "german_credit": (("credit_risk",), ()),
    "telco_churn": (("Churn",), ("customerID",)),
    "titanic": (("Survived",), ("PassengerId", "Name", "Ticket")),
    "wine_quality": (("quality",), ()),
}
BUNDLED = ("breast_cancer", "diabetes", "digits", "iris", "wine")


def tables(data: Path | None) -> Iterator[Table]:
    """The demo's tables, scikit-learn's, and those of a folder."""
    paths = sorted(DEMO.glob("*.csv.gz"))
    if data:
        taken = {path.name.partition(".")[0] for path in paths}
        paths += [path for path in sorted(data.glob("*.csv")) if path.stem not in taken]
    for path in paths:
        stem = path.name.partition(".")[0]
        if stem in FILES:
            targets, drop = FILES[stem]
            frame = pd.read_csv(path)
            target = next(name for name in targets if name in frame.columns)
            yield Table(stem, plain_types(frame), target, drop)
    from sklearn import datasets

    for name in BUNDLED:
        frame = getattr(datasets, f"load_{name}")(as_frame=True).frame
        yield Table(name, plain_types(frame), "target")


def few(table: Table, seed: int, rows: int = ROWS) -> Table:
    """A random part of the rows, in their order."""
    if len(table.frame) <= rows:
        return table
    frame = table.frame.sample(rows, random_state=seed).sort_index().reset_index(drop=True)
    return replace(table, frame=frame)


def half_the_columns(table: Table, seed: int) -> Table:
    """A random half of the features."""
    names = [n for n in table.frame.columns if n != table.target]
    kept = np.random.default_rng(seed).choice(names, max(4, len(names) // 2), replace=False)
    return replace(table, frame=table.frame[[n for n in names if n in set(kept)] + [table.target]])


# ------------------------------------------------------------------ what is planted
Plant = Callable[[Table, np.random.Generator], pd.Series]


def truth(table: Table) -> np.ndarray:
    """The answer as numbers: an amount, or 1 for the rarest class."""
    column = table.frame[table.target]
    if table.is_regression:
        return column.to_numpy(dtype=float)
    return (column == column.value_counts().index[-1]).to_numpy(dtype=float)


def recoded(table: Table, rng: np.random.Generator) -> pd.Series:
    """The answer under other names or in another unit."""
    column = table.frame[table.target]
    if table.is_regression:
        return column * 3.7 + 12
    return column.map({value: f"code {at}" for at, value in enumerate(column.unique())})


def bent(table: Table, rng: np.random.Generator) -> pd.Series:
    """An order-keeping change of an amount; for classes a number per class."""
    column = table.frame[table.target]
    if table.is_regression:
        return np.log1p(column - column.min()) ** 2
    return column.map({value: 100.5 * at for at, value in enumerate(column.unique())})


def noisy(table: Table, rng: np.random.Generator) -> pd.Series:
    """The answer with a few slips: 2 % of the classes wrong, an amount 5 % of its spread off."""
    column = table.frame[table.target]
    if table.is_regression:
        return column + rng.normal(0, 0.05 * column.std(), len(column))
    wrong = rng.random(len(column)) < 0.02
    return column.where(~wrong, rng.permutation(column.to_numpy())).map(lambda v: f"state {v}")


def half_filled(table: Table, rng: np.random.Generator) -> pd.Series:
    """The answer, entered for 60 % of the rows only."""
    column = table.frame[table.target].astype(object)
    return column.where(rng.random(len(column)) < 0.6, None)


def late_date(table: Table, rng: np.random.Generator) -> pd.Series:
    """A date that is filled in once the rare answer (or a high amount) is known."""
    y = truth(table)
    hit = y >= (np.quantile(y, 0.8) if table.is_regression else 1)
    days = pd.to_datetime("2025-01-01") + pd.to_timedelta(rng.integers(0, 300, len(y)), unit="D")
    return pd.Series(days.strftime("%Y-%m-%d"), dtype=object).where(hit, None)


def trigger(table: Table, rng: np.random.Generator) -> pd.Series:
    """A flag that is set in a third of the rows with the rare answer and never otherwise."""
    y = truth(table)
    hit = (y == 1) & (rng.random(len(y)) < 0.34)
    return pd.Series(np.where(hit, "done", "open"))


def call_length(table: Table, rng: np.random.Generator) -> pd.Series:
    """A measure taken during the event: a strong, noisy sign of the answer under a plain name."""
    y = truth(table)
    y = (y - y.mean()) / (y.std() or 1)
    return pd.Series(y * 2.0 + rng.normal(0, 1, len(y)))


def last_word(table: Table, rng: np.random.Generator) -> pd.Series:
    """A weaker sign of the answer, in a column whose name speaks of the end of the story."""
    y = truth(table)
    y = (y - y.mean()) / (y.std() or 1)
    return pd.Series(y + rng.normal(0, 1, len(y)))


def total_part(table: Table, rng: np.random.Generator) -> pd.Series:
    """One of two parts of the amount."""
    return pd.Series(table.frame[table.target] * rng.uniform(0.2, 0.8, len(table.frame)))


# ------------------------------------------------------------------ cases
LEAKS = frozenset(
    {
        "target_copy",
        "target_sum",
        "target_leakage",
        "leakage_lead",
        "target_near_copy",
        "after_the_event",
        "rare_trigger_leak",
    }
)
Made = tuple[Any, ...]


def with_column(base: Table, name: str, values: Any) -> pd.DataFrame:
    """The table with a column more, or with another content for one."""
    return base.frame.assign(**{name: np.asarray(values)})


def planted(
    family: str, base: Table, what: str, frame: pd.DataFrame, code: str, column: str = "", **asked: Any
) -> Made:
    return family, f"{base.name} + {what}", frame, base.question(**asked), frozenset({code}), column
