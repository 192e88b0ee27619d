"""Reads: how strongly the columns of a version go with a target, as a chart with its table."""

from typing import Any

from django.utils.translation import gettext as _

from portal.core.models import Job
from projects.models import DatasetVersion

SHOWN = 25


def job_of(version: DatasetVersion, target: str) -> Job | None:
    """The newest look at this target."""
    asked = Job.objects.filter(
        kind="dataset.relate", payload__version=str(version.pk), payload__target=target
    )
    return asked.order_by("-created_at").first()


def relation_chart(version: DatasetVersion, target: str) -> dict[str, Any] | None:
    """The strongest columns as bars; nothing before they are measured."""
    found = version.relations.get(target)
    if not found:
        return None
    columns = [each for each in found["columns"] if each["strength"] is not None][:SHOWN]
    return {
        "kind": "bar",
        "horizontal": True,
        "x": [f"{each['name']} ↓" if each["falls"] else each["name"] for each in columns],
        "series": [{"name": _("Strength"), "values": [round(each["strength"], 2) for each in columns]}],
    }


def suspicious(version: DatasetVersion, target: str) -> list[str]:
    """Columns so close to the target that they may be the answer in other clothes."""
    found = version.relations.get(target, {})
    return [each["name"] for each in found.get("columns", []) if (each["strength"] or 0) >= 0.95]
