"""Reads: how long use cases stay in each phase, compared (mission M27); everything from the history of phases."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _, gettext_lazy

from portal.core import clock
from portal.core.models import User
from projects.durations import Span, first_way, span, stays
from projects.models import PhaseEvent, UseCase

Phase = UseCase.Phase
PHASES = (Phase.BACKLOG, Phase.INITIALISATION, Phase.DEVELOPMENT)
OVER = (Phase.STOPPED, Phase.DECLINED, Phase.DUPLICATE)
WAYS: dict[str, Any] = {
    "unit": gettext_lazy("Business line"),
    "risk_tier": gettext_lazy("Risk tier"),
    "template": gettext_lazy("With or without a template"),
    "year": gettext_lazy("Year of acceptance"),
}
MOST_GROUPS = 12
Events = list[tuple[str, datetime]]


@dataclass(frozen=True)
class Group:
    """Some use cases: their time in each phase, and from acceptance to production."""

    label: Any
    count: int
    phases: tuple[Span, ...]
    whole: Span


@dataclass(frozen=True)
class Compared:
    """One phase of one use case beside all others."""

    label: Any
    days: float
    is_running: bool
    others: Span

    @property
    def whole_days(self) -> int:
        """As people count them."""
        return round(self.days)

    @property
    def is_faster(self) -> bool:
        """Ended sooner than the middle of the others."""
        return bool(not self.is_running and self.others.middle and self.days < self.others.middle)


def histories(user: User) -> dict[UUID, Events]:
    """Phases in order, of every accepted use case the reader sees."""
    found: dict[UUID, Events] = defaultdict(list)
    seen = UseCase.objects.visible_to(user).values("pk")
    rows = PhaseEvent.objects.filter(use_case__in=seen).order_by("at", "pk")
    for key, phase, at in rows.values_list("use_case", "to_phase", "at"):
        found[key].append((phase, at))
    return {
        key: events for key, events in found.items() if any(phase == Phase.BACKLOG for phase, _at in events)
    }


def group(label: Any, events: Iterable[Events], now: datetime) -> Group:
    """Every stay of these use cases."""
    events = list(events)
    ways = (first_way(each, Phase.BACKLOG, Phase.PRODUCTION, now, OVER) for each in events)
    return Group(
        label,
        len(events),
        tuple(span(stay for each in events for stay in stays(each, phase, now)) for phase in PHASES),
        span(way for way in ways if way),
    )


def groups(user: User, by: str = "") -> list[Group]:
    """All use cases together, then by what was asked for, the largest groups first."""
    found, now = histories(user), clock.now()
    everything = group(_("All"), found.values(), now)
    if by not in WAYS:
        return [everything]
    sorted_in: dict[str, list[Events]] = defaultdict(list)
    for key, name in names(found, by):
        sorted_in[name].append(found[key])
    largest = sorted(sorted_in, key=lambda name: (-len(sorted_in[name]), name))[:MOST_GROUPS]
    return [everything, *(group(name, sorted_in[name], now) for name in largest)]


def names(found: dict[UUID, Events], by: str) -> list[tuple[UUID, str]]:
    """The group of each use case, in words."""
    if by == "year":
        accepted = {
            key: next(at for phase, at in events if phase == Phase.BACKLOG) for key, events in found.items()
        }
        return [(key, str(at.year)) for key, at in accepted.items()]
    rows = UseCase.objects.order_by("ref").values_list(
        "pk", "unit__name", "risk_tier", "template", "copied_from"
    )
    tiers = dict(UseCase.Tier.choices)
    words = {
        "unit": lambda row: row[1] or _("No business line"),
        "risk_tier": lambda row: str(tiers[row[2]]),
        "template": lambda row: _("With a template") if row[3] or row[4] else _("From scratch"),
    }
    return [(row[0], words[by](row)) for row in rows if row[0] in found]


def chart(found: list[Group]) -> dict[str, Any] | None:
    """Middle days of each phase, a bar for each group; nothing when there is nothing to compare."""
    shown = [each for each in found[:6] if any(phase.middle is not None for phase in each.phases)]
    if not shown:
        return None
    return {
        "kind": "bar",
        "x": [str(Phase(phase).label) for phase in PHASES],
        "series": [
            {
                "name": str(each.label),
                "values": [phase.middle and round(phase.middle, 1) for phase in each.phases],
            }
            for each in shown
        ],
        "unit": _("days"),
    }


def compared(use_case: UseCase, user: User) -> list[Compared]:
    """This use case beside all others the reader sees, phase by phase; every stay counts."""
    found, now = histories(user), clock.now()
    mine = found.pop(use_case.pk, [])
    rows = []
    for phase in PHASES:
        own = stays(mine, phase, now)
        if not own:
            continue
        others = span(stay for events in found.values() for stay in stays(events, phase, now))
        running = any(not ended for _days, ended in own)
        rows.append(Compared(Phase(phase).label, sum(days for days, _ended in own), running, others))
    return rows
