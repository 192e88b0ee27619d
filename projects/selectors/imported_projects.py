"""Reads: what a bundle would become, what it became, and what it tells of elsewhere."""

from typing import Any

from django.utils.translation import gettext as _

from portal.core.models import User
from projects.models import ImportedProject


def names_here(brought: ImportedProject) -> list[dict[str, Any]]:
    """The people named in it, and whether somebody of this very name is here: the choice stays with the importer."""
    people = brought.plan.get("people", [])
    names = {each["name"] for each in people}
    here = User.objects.active().filter(is_service=False, display_name__in=names)
    known = set(here.values_list("display_name", flat=True))
    return [each | {"is_here": each["name"] in known} for each in people]


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
    return {"fate": _("Would be made"), "color": "blue", "why": ""}


def kinds() -> dict[str, str]:
    """What the parts are called."""
    return {
        "criterion": _("Kill criterion"),
        "hypothesis": _("Hypothesis"),
        "dataset": _("Dataset"),
        "recipe": _("Recipe"),
    }


def papers(brought: ImportedProject) -> list[dict[str, Any]]:
    """Files to read: all but tables, which become datasets."""
    return [each for each in brought.files if not each["path"].endswith(".parquet")]
