"""Small tables for the engine's tests; the portal's automatic fixtures are not wanted here."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl.fit import fit
from automl.modelstore import bundle_digest
from automl.question import Question


@pytest.fixture(autouse=True)
def files_in_a_temporary_place() -> None:
    """The engine has no settings to point elsewhere: it writes only where it is told."""


@pytest.fixture(autouse=True)
def no_bells() -> None:
    """The engine rings nobody."""


def clients(rows: int = 600, seed: int = 0) -> pd.DataFrame:
    """Clients who buy or not: numbers, categories, a date, an identifier, a constant, blanks."""
    rng = np.random.default_rng(seed)
    income = rng.lognormal(10, 0.5, rows).round()
    region = rng.choice(["north", "south", "east"], rows)
    visits = rng.poisson(3, rows).astype(float)
    gender = rng.choice(["f", "m"], rows)
    drive = (np.log(income) - 10) * 2 + (region == "south") + 0.4 * visits + rng.logistic(0, 0.7, rows)
    visits[rng.random(rows) < 0.1] = np.nan
    return pd.DataFrame(
        {
            "client_id": [f"K{number:05d}" for number in range(rows)],
            "income": income,
            "region": region,
            "visits": visits,
            "gender": gender,
            "since": pd.date_range("2020-01-01", periods=rows, freq="D").strftime("%d/%m/%Y"),
            "country": "FR",
            "bought": np.where(drive > np.quantile(drive, 0.7), "yes", "no"),
        }
    )


@pytest.fixture(scope="session", autouse=True)
def small_forests() -> Iterator[None]:
    """A forest of twelve trees is a forest."""
    patch = pytest.MonkeyPatch()
    patch.setattr("automl.search.portfolio.MANY_TREES", 12)
    yield
    patch.undo()


class Searched:
    """A finished search on disk: table, question, folder and result."""

    def __init__(self, place: Path, frame: pd.DataFrame, asked: dict[str, Any]) -> None:
        self.table, self.asked, self.work = place / "table.parquet", place / "question.json", place / "work"
        frame.to_parquet(self.table, index=False)
        self.question = Question.from_dict({"budget_seconds": 240, "max_trials": 3} | asked)
        self.asked.write_text(json.dumps(self.question.to_dict()), encoding="utf-8")
        self.events: list[dict[str, Any]] = []
        self.begun = time.monotonic()
        self.result = fit(self.table, self.question, self.work, tell=self.tell)

    def tell(self, event: str, **content: Any) -> None:
        """Keep what the search says, and when."""
        self.events.append({"event": event, "at": time.monotonic() - self.begun, **content})

    @property
    def best(self) -> dict[str, Any]:
        """The record of the best trial."""
        return next(t for t in self.result["trials"] if t["number"] == self.result["best_trial"])

    def record(self, **wanted: Any) -> dict[str, Any]:
        """The first finished trial with these marks, such as its family."""
        finished = [t for t in self.result["trials"] if t["artifact"]]
        return next(t for t in finished if all(t[name] == value for name, value in wanted.items()))

    def folder(self, **wanted: Any) -> Path:
        """Where the model of such a trial is stored."""
        return self.work / self.record(**wanted)["artifact"]["path"]

    def digest(self, **wanted: Any) -> str:
        """What that model must have as its digest."""
        return bundle_digest(self.folder(**wanted))


THREE = {"validation": {"kind": "stratified", "folds": 3}}
SCENES: dict[str, dict[str, Any]] = {
    "binary": {"target": "bought", "roles": {"gender": "sensitive", "since": "feature"}},
    "regression": {
        "target": "spent",
        "roles": {"bought": "exclude", "gender": "sensitive"},
        "validation": {"kind": "random", "folds": 3},
    },
    "multiclass": {"target": "band", "roles": {"bought": "exclude", "gender": "sensitive"}},
    "plain": {"target": "bought", "roles": {"since": "exclude"}},
    "campaign": {"target": "bought", "roles": {"gender": "sensitive", "since": "exclude"}, "max_trials": 5, "seed": 3},
}  # fmt: skip


def scene_table(name: str) -> pd.DataFrame:
    """The clients with what they spent, as far as the question of the scene is about that."""
    frame = clients({"campaign": 1_000, "plain": 300}.get(name, 600))
    if name in ("regression", "multiclass"):
        frame["spent"] = (frame["income"] / 1000 + 5 * frame["visits"].fillna(3)).round(2)
    if name == "multiclass":
        frame["band"] = pd.qcut(frame["spent"], 3, labels=["low", "mid", "top"]).astype(str)
        frame = frame.drop(columns="spent")
    return frame


@pytest.fixture(scope="session")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Searched]:
    """One finished search per scene, made when first asked for and read by many tests."""
    kept: dict[str, Searched] = {}

    def get(name: str) -> Searched:
        if name not in kept:
            place = tmp_path_factory.mktemp(name)
            kept[name] = Searched(place, scene_table(name), THREE | SCENES[name])
        return kept[name]

    return get


@pytest.fixture
def table() -> pd.DataFrame:
    """600 clients."""
    return clients()


@pytest.fixture
def question() -> Callable[..., Question]:
    """Make a question about the clients."""

    def make(**changes: Any) -> Question:
        given: dict[str, Any] = {"target": "bought", "budget_seconds": 30, "max_trials": 4}
        return Question.from_dict(given | changes)

    return make


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., tuple[Path, Path]]:
    """Write a table and a question to files and give their paths."""

    def save(frame: pd.DataFrame, **changes: Any) -> tuple[Path, Path]:
        given: dict[str, Any] = {"target": "bought", "budget_seconds": 30, "max_trials": 4}
        table, asked = tmp_path / "table.parquet", tmp_path / "question.json"
        frame.to_parquet(table, index=False)
        asked.write_text(json.dumps(given | changes), encoding="utf-8")
        return table, asked

    return save
