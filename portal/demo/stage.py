"""What the acts of the story share: who is who, and the objects made so far."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from governance.models import BenefitLine, Measurement, ModelVersion
from portal.core import clock
from portal.core.models import OrgUnit, User
from portal.demo.book import Scene
from projects.models import DatasetVersion, Experiment, UseCase


class BrokenStory(Exception):
    """The story does not fit what the services did; says which scene and why."""


@dataclass
class Stage:
    """Keys of the story to objects. Objects are fetched afresh, so that no act sees an old state."""

    folder: Path
    cases: dict[str, dict[str, Any]]
    today: date  # of the present, whatever the moment of a scene
    users: dict[str, int] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)  # "kind:key" -> primary key

    def person(self, key: str) -> User:
        """Somebody by their key in organisation.yaml."""
        return User.objects.get(pk=self.users[key])

    def unit(self, key: str) -> OrgUnit:
        """A unit by its key."""
        return OrgUnit.objects.get(pk=self.units[key])

    def told(self, scene: Scene) -> dict[str, Any]:
        """Everything told about the use case of a scene."""
        return self.cases[scene.subject]

    def case(self, key: str) -> UseCase:
        """The use case of a story."""
        return UseCase.objects.get(pk=self.made[f"case:{key}"])

    def data(self, key: str) -> DatasetVersion:
        """The version made of a table of the demo."""
        return DatasetVersion.objects.select_related("dataset").get(pk=self.made[f"data:{key}"])

    def experiment(self, key: str) -> Experiment:
        """An experiment by its key."""
        return Experiment.objects.select_related("use_case", "job", "dataset_version").get(
            pk=self.made[f"exp:{key}"]
        )

    def version(self, key: str) -> ModelVersion:
        """The model version registered from an experiment."""
        return ModelVersion.objects.select_related("model__use_case").get(pk=self.made[f"version:{key}"])

    def line(self, key: str) -> BenefitLine:
        """The benefit line of a use case."""
        return BenefitLine.objects.get(pk=self.made[f"line:{key}"])

    def measurement(self, key: str) -> Measurement:
        """The latest measurement of a use case."""
        return Measurement.objects.get(pk=self.made[f"measurement:{key}"])

    def keep(self, kind: str, key: str, thing: Any) -> None:
        """Remember what an act has made."""
        self.made[f"{kind}:{key}"] = thing.pk


Act = Callable[[Stage, Scene], None]
ACTS: dict[str, Act] = {}
TRAINING_ACTS: set[str] = set()


def act(name: str, *, trains: bool = False) -> Callable[[Act], Act]:
    """Register a function as the act of this name; `trains` marks what needs a trained model."""

    def register(function: Act) -> Act:
        ACTS[name] = function
        if trains:
            TRAINING_ACTS.add(name)
        return function

    return register


def in_days(days: int) -> date:
    """The date so many days after the moment of the scene (before it, when negative)."""
    return clock.today() + timedelta(days=days)
