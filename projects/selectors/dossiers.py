"""Reads for the dossier and for how much a use case is used."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from projects.models import Dossier, UsageReport, UseCase


@dataclass(frozen=True)
class Section:
    """One part of the dossier: which gate asks for it, what stands, whether anything does."""

    name: str
    gate: str
    title: Any
    why: Any
    facts: list[tuple[Any, Any]]
    values: dict[str, Any]

    @property
    def is_empty(self) -> bool:
        """Nothing is written yet."""
        return not any(self.values.values())


def sections(use_case: UseCase, found: Dossier | None) -> list[Section]:
    """The three parts in the order of their gates."""
    it = found or Dossier(use_case=use_case)
    told: dict[str, tuple[str, Any, Any, list[tuple[Any, Any]]]] = {
        "data": ("G1", _("Data asked for"), _("Ask early: access to data takes longest."),
            [(_("Which data"), it.data_asked), (_("Asked of"), it.data_asked_of)]),
        "service": ("G3", _("Service"), _("What happens when it goes wrong, and whom people call."),
            [(_("The way back"), it.rollback_plan), (_("Whom users call"), it.support_owner), (_("Documentation"), it.documentation)]),
        "ending": ("G5", _("The end"), _("Nobody should rely on what is gone."),
            [(_("How users were told"), it.users_told), (_("What becomes of the data"), it.get_data_fate_display()), (_("Where, or by whom"), it.data_fate_note)]),
    }  # fmt: skip
    return [
        Section(name, *told[name], {field: getattr(it, field) for field in fields})
        for name, fields in Dossier.SECTIONS.items()
    ]


def usage(use_case: UseCase) -> list[UsageReport]:
    """What was reported, the newest period first."""
    return list(use_case.usage_reports.select_related("reported_by"))


def usage_chart(use_case: UseCase) -> dict[str, Any] | None:
    """Adoption over time, from two reports on."""
    rows = usage(use_case)[::-1]
    if len(rows) < 2:
        return None
    return {
        "kind": "line",
        "x": [each.ends_on.isoformat() for each in rows],
        "series": [{"name": _("People who act on it"), "values": [each.adoption for each in rows]}],
        "unit": "%",
    }
