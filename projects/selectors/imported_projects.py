"""Reads: what a bundle would become, what it became, and what it tells of elsewhere."""

from typing import Any

from django.utils.translation import gettext as _

from portal.core.models import User
from projects.imported_plan import PEOPLE
from projects.models import ImportedProject, SquadRole, UseCase


def names_here(brought: ImportedProject) -> list[dict[str, Any]]:
    """The people named in it, and whether somebody of this very name is here: the choice stays with the importer."""
    people = brought.plan.get("people", [])
    names = {each["name"] for each in people}
    here = User.objects.active().filter(is_service=False, display_name__in=names)
    known = set(here.values_list("display_name", flat=True))
    roles = role_names()
    return [
        each | {"is_here": each["name"] in known, "role": roles.get(each["role"], each["role"])}
        for each in people
    ]


def role_names() -> dict[str, str]:
    """Roles of the squad, and the people a proposal names."""
    named = (*PEOPLE, "submitter", "product_owner", "sponsor")
    fields = {name: str(UseCase._meta.get_field(name).verbose_name) for name in named}  # type: ignore[union-attr]
    return {code: str(label) for code, label in SquadRole.choices} | fields


def to_read_only(brought: ImportedProject) -> list[tuple[str, int]]:
    """What comes along without becoming anything here, with its number."""
    paths = [each["path"] for each in brought.files]
    counts = [
        (
            _("Experiments with question and leaderboard"),
            sum(path.startswith("experiments/") for path in paths),
        ),
        (_("Model versions with card and documents"), sum(path.endswith("/card.json") for path in paths)),
        (
            _("Files of decisions, findings, risks and value"),
            sum(path.startswith("governance/") for path in paths),
        ),
        (_("Files of history, people, scores and talk"), sum(path.startswith("project/") for path in paths)),
    ]
    return [each for each in counts if each[1]]


def parts(brought: ImportedProject) -> list[dict[str, Any]]:
    """Each part of the plan with its fate and the reason."""
    words = kinds()
    return [
        {
            "kind": words[each["kind"]],
            "title": each["title"],
            **fate(each, brought.made.get(each["key"], {})),
        }
        for each in brought.plan.get("parts", [])
    ]


def fate(part: dict[str, Any], made: dict[str, str]) -> dict[str, str]:
    """Made, refused, not yet, or planned."""
    if part["refused"]:
        return {"fate": _("Not possible"), "color": "red", "why": part["refused"]}
    if "key" in made:
        return {"fate": _("Made"), "color": "green", "why": ""}
    if "why" in made:
        return {"fate": _("Not yet"), "color": "yellow", "why": made["why"]}
    waits = part["kind"] != "criterion"
    why = _("once its product owner takes it over") if waits else ""
    return {"fate": _("Would be made"), "color": "blue", "why": why}


def kinds() -> dict[str, str]:
    """What the parts are called."""
    return {
        "criterion": _("Kill criterion"),
        "hypothesis": _("Hypothesis"),
        "dataset": _("Dataset"),
        "expectations": _("Expectations of a dataset"),
        "recipe": _("Recipe"),
    }


def papers(brought: ImportedProject) -> list[dict[str, Any]]:
    """Files to read: all but tables, which become datasets."""
    return [each for each in brought.files if not each["path"].endswith(".parquet")]
