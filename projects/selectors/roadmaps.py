"""Reads for the roadmap: what was, from the phase events; what is planned, from the gate plans."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils import formats
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from projects.models import GatePlan, UseCase
from projects.selectors import backlog, dependencies

PER_PAGE = 25
WIDTH = 1000
PAST, AHEAD = 184, 366
AFTER = {"G1": "initialisation", "G2": "development", "G3": "production", "G5": "retired"}
DRAWN = ("backlog", "initialisation", "development", "production")


@dataclass(frozen=True)
class Bar:
    """One phase of one use case, in units of the drawing."""

    phase: str
    label: Any
    x: float
    width: float
    is_plan: bool
    text: str


@dataclass(frozen=True)
class Diamond:
    """One gate: passed, planned or late."""

    gate: str
    x: float
    day: date
    state: str
    points: str
    text: str


@dataclass(frozen=True)
class Arrow:
    """One dependency: its words, and where a line leaves the needed one and arrives; drawn when both are on the page."""

    need: dependencies.Need
    leaves: float
    arrives: float
    is_drawn: bool


@dataclass(frozen=True)
class Row:
    """One use case along the months."""

    use_case: UseCase
    bars: list[Bar]
    diamonds: list[Diamond]
    plans: list[GatePlan]
    arrows: list[Arrow]

    @property
    def waits_in_vain(self) -> bool:
        """Something it needs has ended or comes too late."""
        return any(each.need.link.is_conflict for each in self.arrows)


@dataclass(frozen=True)
class Roadmap:
    """A page of rows on one scale."""

    rows: list[Row]
    page: Page[Any]
    months: list[dict[str, Any]]
    today: float

    @property
    def has_arrows(self) -> bool:
        """Some dependency is told on this page."""
        return any(row.arrows for row in self.rows)


@dataclass(frozen=True)
class Scale:
    """Days to units."""

    start: date
    end: date

    def x(self, day: date) -> float:
        """Where a day stands, kept within the drawing."""
        share = (day - self.start).days / (self.end - self.start).days
        return round(min(max(share, 0.0), 1.0) * WIDTH, 1)


def scale() -> Scale:
    """From the month half a year ago to a year ahead."""
    today = clock.today()
    return Scale((today - timedelta(days=PAST)).replace(day=1), today + timedelta(days=AHEAD))


def roadmap(found: Any, page: str, user: User) -> Roadmap:
    """What is in the backlog or being worked on; a constant number of queries a page."""
    scope = found.filter(phase__in=backlog.STAFFED)
    current = Paginator(scope, PER_PAGE).get_page(page)
    keys = [each.pk for each in current.object_list]
    rows = found.filter(pk__in=keys).prefetch_related("phase_events", "gate_plans")
    axis, needs = scale(), dependencies.needs_of(keys, user)
    shown = [row(each, axis, arrows(needs.get(each.pk, []), keys, axis)) for each in rows]
    return Roadmap(shown, current, months(axis), axis.x(clock.today()))


def arrows(needs: list[dependencies.Need], keys: list[Any], axis: Scale) -> list[Arrow]:
    """What one depends on, with the ends of each line."""
    return [
        Arrow(each, axis.x(each.ready_on), axis.x(each.wanted_on), each.link.needs_id in keys)
        for each in needs
    ]


def months(axis: Scale) -> list[dict[str, Any]]:
    """The first of each month with its name."""
    found, day = [], axis.start
    while day < axis.end:
        found.append(
            {
                "x": axis.x(day),
                "name": formats.date_format(day, "M"),
                "year": day.year if day.month == 1 else "",
            }
        )
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return found


def row(use_case: Any, axis: Scale, waits_for: list[Arrow]) -> Row:
    """Bars and diamonds of one."""
    plans = sorted(use_case.gate_plans.all(), key=lambda each: each.gate)
    events = [event for event in use_case.phase_events.all() if event.to_phase != event.from_phase]
    return Row(
        use_case,
        [*past(events, axis), *ahead(use_case, plans, axis)],
        diamonds(use_case, events, plans, axis),
        plans,
        waits_for,
    )


def past(events: list[Any], axis: Scale) -> list[Bar]:
    """Phases as they were, the present one until today."""
    found = []
    ends = [event.at.date() for event in events[1:]] + [clock.today()]
    for event, end in zip(events, ends, strict=True):
        if event.to_phase in DRAWN and end > axis.start:
            found.append(bar(event.to_phase, event.at.date(), end, axis, is_plan=False))
    return found


def ahead(use_case: Any, plans: list[GatePlan], axis: Scale) -> list[Bar]:
    """Phases as they are planned: the present one until its gate, each later one until the next."""
    today, coming = clock.today(), []
    gate = backlog.NEXT_GATE[use_case.phase]
    rest = [plan for plan in plans if plan.gate >= gate and plan.planned_on >= today]
    phase, start = use_case.phase, today
    for plan in rest:
        coming.append(bar(phase, start, plan.planned_on, axis, is_plan=True))
        phase, start = AFTER[plan.gate], plan.planned_on
    if rest and phase == "production":
        coming.append(bar(phase, start, axis.end, axis, is_plan=True))
    return coming


def bar(phase: str, start: date, end: date, axis: Scale, *, is_plan: bool) -> Bar:
    """One bar with its words."""
    label = UseCase.Phase(phase).label
    words = _("%(phase)s planned, %(start)s to %(end)s") if is_plan else _("%(phase)s, %(start)s to %(end)s")
    text = words % {"phase": label, "start": short(start), "end": short(end)}
    return Bar(phase, label, axis.x(start), max(round(axis.x(end) - axis.x(start), 1), 2.0), is_plan, text)


def diamonds(use_case: Any, events: list[Any], plans: list[GatePlan], axis: Scale) -> list[Diamond]:
    """Gates that were passed, and those that are planned."""
    found = [diamond(event.gate, event.at.date(), "passed", axis) for event in events if event.gate in AFTER]
    gate = backlog.NEXT_GATE[use_case.phase]
    for plan in plans:
        if plan.gate >= gate:
            state = "late" if plan.planned_on < clock.today() else "planned"
            found.append(diamond(plan.gate, plan.planned_on, state, axis))
    return [each for each in found if each.day >= axis.start]


def diamond(gate: str, day: date, state: str, axis: Scale) -> Diamond:
    """One gate as a shape."""
    x = axis.x(day)
    words = {
        "passed": _("%(gate)s passed on %(day)s"),
        "planned": _("%(gate)s planned for %(day)s"),
        "late": _("%(gate)s was planned for %(day)s and is late"),
    }
    points = f"{x:g},3 {x + 9:g},14 {x:g},25 {x - 9:g},14"
    return Diamond(gate, x, day, state, points, words[state] % {"gate": gate, "day": short(day)})


def short(day: date) -> str:
    """A day, briefly."""
    return formats.date_format(day, "j M Y")
