"""Reads: a recipe with its steps in words, its preview as the reader may see it, and the lineage of versions."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from portal.core.models import User
from projects import preparing
from projects.models import Dataset, DatasetVersion, Recipe
from projects.selectors import privacy
from projects.sentences import sentence


@dataclass(frozen=True)
class Step:
    """One step as a page shows it; places count from 0."""

    place: int
    words: str
    rows: int | None = None
    emptied: int = 0
    problem: str = ""
    is_last: bool = False


@dataclass(frozen=True)
class Preview:
    """The first rows behind the steps."""

    names: list[str] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    looked_at: int = 0
    left: int = 0
    problems: list[str] = field(default_factory=list)
    is_waiting: bool = False
    has_script: bool = False


def tables_of(recipe: Recipe) -> dict[str, str]:
    """Names of the versions that are joined, by key."""
    keys = [step["version"] for step in recipe.steps if step["kind"] == "join"]
    return {
        str(each.pk): str(each)
        for each in DatasetVersion.objects.filter(pk__in=keys).select_related("dataset")
    }


def steps_of(recipe: Recipe) -> list[Step]:
    """The steps in words, with what each left behind in the preview."""
    tables = tables_of(recipe)
    told = recipe.preview.get("steps", []) if recipe.is_previewed else []
    wrong = {
        each.get("step"): sentence(each) for each in (recipe.preview.get("errors", []) if recipe.is_previewed else [])
    }  # fmt: skip
    return [
        Step(
            place=place,
            words=preparing.words_of(step, tables),
            rows=told[place]["rows"] if place < len(told) else None,
            emptied=told[place]["emptied"] if place < len(told) else 0,
            problem=wrong.get(place, ""),
            is_last=place == len(recipe.steps) - 1,
        )
        for place, step in enumerate(recipe.steps)
    ]


def columns_of(recipe: Recipe) -> list[str]:
    """The columns behind all steps, as far as the steps fit."""
    columns = [each["name"] for each in recipe.version.columns_described]
    for step in recipe.steps:
        try:
            columns = preparing.after(step, columns)
        except preparing.StepWrong:
            break
    return columns


def preview_of(recipe: Recipe, user: User) -> Preview:
    """The preview; single values of masked columns only for those who keep every table it reads."""
    if not recipe.is_previewed:
        failed = recipe.preview_job and recipe.preview_job.state in {"failed", "cancelled"}
        problems = [recipe.preview_job.error_text or _("The preview was stopped.")] if failed else []  # type: ignore[union-attr]
        return Preview(problems=problems, is_waiting=bool(recipe.preview_job) and not failed)
    found = recipe.preview
    names = found.get("names", [])
    keys = [step["version"] for step in recipe.steps if step["kind"] == "join"]
    tables = [recipe.version, *DatasetVersion.objects.filter(pk__in=keys).select_related("dataset")]
    hidden = (
        set() if all(privacy.sees_values(each, user) for each in tables) else set(found.get("masked", []))
    )
    rows = [
        [privacy.MASK if name in hidden and cell is not None else cell for name, cell in zip(names, row, strict=False)]
        for row in found.get("sample", [])
    ]  # fmt: skip
    return Preview(
        names=names,
        rows=rows,
        looked_at=found.get("looked_at", 0),
        left=found.get("rows", 0),
        problems=[sentence(each) for each in found.get("errors", [])],
        has_script=bool(found.get("code")),
    )


def lineage(version: DatasetVersion, user: User) -> dict[str, Any]:
    """What a version was made of and what was made of it; only what the reader may see, the rest counted."""
    parents = list(version.parents.visible_to(user).select_related("dataset"))
    children = list(version.children.visible_to(user).ready().select_related("dataset"))
    return {
        "parents": parents,
        "hidden_parents": version.parents.count() - len(parents),
        "children": children,
        "steps": [preparing.words_of(step) for step in version.steps],
    }


def newer_base(recipe: Recipe) -> DatasetVersion | None:
    """A version of the recipe's dataset that is newer than the one it was tried on."""
    newest = recipe.dataset.versions.ready().first()
    return newest if newest and newest.number > recipe.version.number else None


def recipes_of(dataset: Dataset, user: User) -> Any:
    """Recipes over a dataset that the reader sees."""
    return Recipe.objects.visible_to(user).filter(dataset=dataset).for_list()
