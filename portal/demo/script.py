"""Reads the stories and plays them, each scene at its own moment."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

from portal.core import clock
from portal.demo.book import Dated, Scene, in_order
from portal.demo.stage import ACTS, TRAINING_ACTS, BrokenStory, Stage

STORY = Path(__file__).parent / "story"
ACT_MODULES = (
    "cases",
    "community",
    "experiments",
    "explain",
    "export",
    "framing",
    "governance",
    "learning",
    "library",
    "people",
    "practice",
    "squads",
)
Tell = Callable[[str], None]


def use_cases() -> dict[str, dict[str, Any]]:
    """Every use case of the story by its key."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((STORY / "cases").glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for case in content if isinstance(content, list) else [content]:
            found[case["key"]] = case
    return found


def scenes(cases: dict[str, dict[str, Any]]) -> Iterator[Scene]:
    """The organisation, what people learn, and the life of each use case."""
    yield Scene(401, "found", "meridia")
    yield Scene(400, "curriculum", "meridia")
    for days, name, who, told in yaml.safe_load((STORY / "training.yaml").read_text(encoding="utf-8")):
        yield Scene(days, name, who, told)
    for key, case in cases.items():
        for days, name, *told in case["timeline"]:
            yield Scene(days, name, key, told[0] if told else {})


def play(tell: Tell, *, with_training: bool = True, now: datetime | None = None) -> int:
    """
    Play the whole story; without training only what needs no model. Returns the number of scenes.

    A scene that a service refuses ends the play with the scene, its moment and the reason.
    """
    for name in ACT_MODULES:
        import_module(f"portal.demo.acts.{name}")
    cases = use_cases()
    present = now or clock.now()
    dated = in_order(scenes(cases), present)
    if not with_training:
        dated = told_without_training(dated)
    with tempfile.TemporaryDirectory(prefix="agora-demo-") as folder:
        stage = Stage(Path(folder), cases, timezone.localdate(present))
        for place, each in enumerate(dated):
            if place % 25 == 0:
                tell(f"{each.moment:%d %b %Y}  scene {place + 1} of {len(dated)}")
            perform(stage, each)
    return len(dated)


def told_without_training(dated: list[Dated]) -> list[Dated]:
    """Only what needs no model: a use case whose experiment would start ends there."""
    ended: set[str] = set()
    kept = []
    for each in dated:
        if each.scene.act == "start":
            ended.add(each.scene.subject)
        elif each.scene.act not in TRAINING_ACTS and each.scene.subject not in ended:
            kept.append(each)
    return kept


def perform(stage: Stage, dated: Dated) -> None:
    """One scene, under the moved clock."""
    scene = dated.scene
    try:
        with clock.at(dated.moment, running=True):
            ACTS[scene.act](stage, scene)
    except BrokenStory:
        raise
    except Exception as problem:
        raise BrokenStory(
            f"{dated.moment:%d %b %Y}, {scene.subject}, {scene.act}: {type(problem).__name__}: {problem}"
        ) from problem
