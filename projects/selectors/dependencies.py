"""Reads: what use cases depend on, and whether it comes in time; one question decides both the words and the filter."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils import formats
from django.utils.translation import gettext as _, gettext_lazy as _later

from portal.core import clock
from portal.core.models import User
from projects.models import Dependency, GatePlan, UseCase
from projects.rules.ways import CLOSED

Phase = UseCase.Phase
BUILT = (Phase.INITIALISATION, Phase.DEVELOPMENT)
OFFERED = 200


@dataclass(frozen=True)
class Need:
    """One dependency in words, seen from the one that depends."""

    link: Any  # a `Dependency` with `ends`, `begins` and `is_conflict`
    state: str  # met, late, lost, fits or open
    words: str

    @property
    def label(self) -> Any:
        """The state in a word."""
        return LABELS[self.state]

    @property
    def color(self) -> str:
        """Of the badge."""
        return COLORS[self.state]

    @property
    def ready_on(self) -> date:
        """Where the line of the roadmap leaves the other one."""
        if self.state in ("met", "lost"):
            return self.link.needs.phase_since.date()  # type: ignore[no-any-return]
        return max(self.link.ends or clock.today(), clock.today())

    @property
    def wanted_on(self) -> date:
        """Where the line arrives; what has begun or has no day is drawn at today."""
        return self.link.begins or clock.today()


LABELS = {
    "met": _later("in production"), "late": _later("comes too late"), "lost": _later("has ended"),
    "fits": _later("in time"), "open": _later("no day yet"),
}  # fmt: skip
COLORS = {"met": "green", "late": "red", "lost": "red", "fits": "blue", "open": "grey"}


def dated(links: QuerySet[Dependency]) -> QuerySet[Any]:
    """
    With `ends`, the day the needed one is planned to be in production; `begins`, the day by which it is wanted;
    and `is_conflict`.

    What waits in the backlog wants it when it is planned to begin, what is being built when it is planned to go live.
    """
    plans = GatePlan.objects.filter(use_case=OuterRef("use_case"), gate__lte="G3").order_by("gate")
    live = GatePlan.objects.filter(use_case=OuterRef("needs"), gate="G3")
    return links.annotate(
        ends=Subquery(live.values("planned_on")[:1]),
        begins=Case(
            When(use_case__phase=Phase.BACKLOG, then=Subquery(plans.values("planned_on")[:1])),
            When(use_case__phase__in=BUILT, then=Subquery(plans.filter(gate="G3").values("planned_on")[:1])),
            default=None,
            output_field=DateField(),
        ),
    ).annotate(is_conflict=Case(When(conflict(), then=Value(True)), default=False, output_field=BooleanField()))  # fmt: skip


def conflict() -> Q:
    """What is needed has ended, or is ready only after the day by which it is wanted (or that day has passed)."""
    late = Q(ends__isnull=False) & (Q(ends__gt=F("begins")) | Q(begins__lt=clock.today()))
    waiting = Q(use_case__phase__in=(Phase.BACKLOG, *BUILT))
    return waiting & (Q(needs__phase__in=CLOSED) | (~Q(needs__phase=Phase.PRODUCTION) & late))


def needs_of(use_cases: Any, user: User) -> dict[Any, list[Need]]:
    """What each of them depends on, as far as the reader sees it; one query."""
    rows = dated(Dependency.objects.visible_to(user).for_list()).filter(use_case__in=use_cases)
    found: dict[Any, list[Need]] = {}
    for link in rows:
        found.setdefault(link.use_case_id, []).append(told(link))
    return found


def needed_by(use_case: UseCase, user: User) -> list[Need]:
    """Who depends on this one."""
    rows = dated(Dependency.objects.visible_to(user).for_list()).filter(needs=use_case)
    return [told(link) for link in rows]


def told(link: Any) -> Need:
    """Its state, and a sentence with the days."""
    state = state_of(link)
    days = {name: formats.date_format(day, "j M Y") if day else "" for name, day in (
        ("ends", link.ends), ("begins", link.begins), ("since", link.needs.phase_since.date()),
    )}  # fmt: skip
    return Need(link, state, sentence(link, state) % days)


def state_of(link: Any) -> str:
    """One word for the program."""
    if link.needs.phase == Phase.PRODUCTION:
        return "met"
    if link.needs.phase in CLOSED:
        return "lost"
    if link.is_conflict:
        return "late"
    return "fits" if link.ends and link.begins else "open"


def sentence(link: Any, state: str) -> str:
    """With places for the days."""
    begins = link.use_case.phase == Phase.BACKLOG
    if state in ("late", "fits") and link.ends < clock.today():
        return _("It was to be ready on %(ends)s and is not there yet; it is wanted by %(begins)s.")
    match state:
        case "met":
            return _("In production since %(since)s.")
        case "lost":
            return _("It has ended on %(since)s and will not come.")
        case "late" if begins:
            return _("Ready on %(ends)s by plan, but wanted by %(begins)s, when this one is to begin.")
        case "late":
            return _("Ready on %(ends)s by plan, but wanted by %(begins)s, when this one is to go live.")
        case "fits":
            return _("Ready on %(ends)s by plan, in time for %(begins)s.")
    if link.ends:
        return _("Ready on %(ends)s by plan; no day is planned for the one that waits.")
    return _("No day is planned for its production yet.")


def in_conflict(user: User) -> Any:
    """Something it needs has ended or comes too late, as far as the reader sees it: the filter of the backlog."""
    links = dated(Dependency.objects.filter(Dependency.objects.sees(user, "needs"), use_case=OuterRef("pk")))
    return Exists(links.filter(is_conflict=True))


def path(start: UseCase, goal: UseCase) -> list[Any]:
    """Keys from one along its needs to another, the shortest way; empty when there is none."""
    needs: dict[Any, list[Any]] = {}
    for one, other in Dependency.objects.values_list("use_case", "needs"):
        needs.setdefault(one, []).append(other)
    ways, seen = [[start.pk]], {start.pk}
    for way in ways:
        if way[-1] == goal.pk:
            return way
        for after in needs.get(way[-1], []):
            if after not in seen:
                seen.add(after)
                ways.append([*way, after])
    return []


def offered(use_case: UseCase, user: User) -> list[UseCase]:
    """What may be named: seen by the reader, going on, not named yet."""
    taken = Dependency.objects.filter(use_case=use_case).values("needs")
    visible = UseCase.objects.visible_to(user).exclude(pk__in=taken).exclude(pk=use_case.pk)
    return list(
        visible.exclude(phase__in=(*CLOSED, Phase.DRAFT)).only("ref", "title").order_by("ref")[:OFFERED]
    )
