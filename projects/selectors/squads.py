"""Reads for the pages of squads: who is in, what is covered, who carries how much."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Exists, OuterRef, Prefetch, QuerySet, Sum, When

from portal.core import clock
from portal.core.models import User
from projects import coverage, workload
from projects.models import Component, SizeWaiver, SquadMember, SquadRole, UseCase

WEEKS = 8
ROLE_LABELS: dict[str, Any] = dict(SquadRole.choices)


@dataclass(frozen=True)
class SquadRow:
    """One squad in the list of squads."""

    use_case: UseCase
    lead: User | None
    coverage: coverage.Coverage

    @property
    def missing_labels(self) -> list[Any]:
        """Missing roles in words."""
        return [ROLE_LABELS[role] for role in self.coverage.missing]


def members_of(use_case: UseCase) -> list[SquadMember]:
    """Current members with their people."""
    return list(SquadMember.objects.current().filter(use_case=use_case).select_related("user", "backup"))


def coming_to(use_case: UseCase) -> list[SquadMember]:
    """Members whose first day lies ahead."""
    coming = SquadMember.objects.coming().filter(use_case=use_case).select_related("user", "backup")
    return list(coming.order_by("starts_on", "id"))


def memberships(use_case: UseCase, members: Iterable[SquadMember]) -> list[coverage.Membership]:
    """Members as coverage looks at them; the accountable product owner always counts."""
    found = [
        coverage.Membership(
            each.user_id, str(each.user), each.role, each.is_lead, str(each.backup) if each.backup_id else ""
        )
        for each in members
    ]
    if use_case.product_owner_id:
        found.append(
            coverage.Membership(
                use_case.product_owner_id, str(use_case.product_owner), SquadRole.PRODUCT_OWNER.value
            )
        )
    return found


def coverage_of(use_case: UseCase, phase: str = "") -> coverage.Coverage:
    """The squad of a use case against what a phase (by default its own) asks for."""
    return coverage.cover(memberships(use_case, members_of(use_case)), phase or use_case.phase)


@dataclass(frozen=True)
class Hole:
    """A needed role that is covered today and by nobody from a day on."""

    label: Any
    first: date


def holes(use_case: UseCase) -> list[Hole]:
    """Roles of the present phase that nobody covers in one of the next eight weeks, the nearest first."""
    today = clock.today()
    days = [today, *workload.weeks_from(today, WEEKS + 1)[1:]]
    ahead = SquadMember.objects.between(today, days[-1]).filter(use_case=use_case)
    members = list(ahead.select_related("user", "backup"))
    found: dict[str, date] = {}
    now: set[str] = set()
    for day in days:
        present = [
            each
            for each in members
            if each.starts_on <= day and (each.ends_on is None or each.ends_on >= day)
        ]
        missing = set(coverage.cover(memberships(use_case, present), use_case.phase).missing)
        now = missing if day == today else now
        for role in missing - now - found.keys():
            found[role] = day
    return [Hole(ROLE_LABELS[role], day) for role, day in sorted(found.items(), key=lambda pair: pair[1])]


def squads_at_work(user: User) -> QuerySet[UseCase]:
    """
    The use cases between backlog and production that the reader sees, with their current members.

    What is being worked on comes before the backlog, and what nobody leads before the rest.
    """
    current = SquadMember.objects.current()
    lead = current.filter(use_case=OuterRef("pk"), is_lead=True)
    members = Prefetch("members", current.select_related("user", "backup"), to_attr="current_members")
    at_work = [UseCase.Phase.BACKLOG, *UseCase.ACTIVE]
    visible = UseCase.objects.visible_to(user).filter(phase__in=at_work)
    waits = Case(When(phase=UseCase.Phase.BACKLOG, then=1), default=0)
    ordered = visible.annotate(waits=waits, is_led=Exists(lead)).order_by("waits", "is_led", "ref")
    return ordered.for_list().prefetch_related(members)


def squad_rows(use_cases: Iterable[UseCase]) -> list[SquadRow]:
    """These squads with their health; gaps come first."""
    urgency = {"gaps": 0, "watch": 1, "good": 2}
    return sorted(
        map(squad_row, use_cases),
        key=lambda row: (
            row.use_case.phase == "backlog",
            urgency[row.coverage.state],
            row.use_case.ref,
        ),
    )


def squad_row(use_case: UseCase) -> SquadRow:
    """One row, from members fetched beforehand."""
    members: list[SquadMember] = use_case.current_members  # type: ignore[attr-defined]
    lead = next((each.user for each in members if each.is_lead), None)
    return SquadRow(use_case, lead, coverage.cover(memberships(use_case, members), use_case.phase))


def waiver_of(use_case: UseCase) -> SizeWaiver | None:
    """The latest waiver of the size, while it holds."""
    latest = use_case.size_waivers.select_related("given_by").first()
    return latest if latest and latest.until >= clock.today() else None


@dataclass(frozen=True)
class Family:
    """A use case among its parts: what it is a part of, and what parts it has, as far as the reader sees them."""

    whole: Component | None
    parts: list[Component]


def family(use_case: UseCase, reader: User) -> Family:
    """Parts and whole."""
    seen = UseCase.objects.visible_to(reader).values("pk")
    links = Component.objects.select_related("whole", "part")
    return Family(
        links.filter(part=use_case, whole__in=seen).first(),
        list(links.filter(whole=use_case, part__in=seen)),
    )


def loads(people: Iterable[int]) -> dict[int, int]:
    """Percent of their time each person has promised, over all squads at work."""
    at_work = [UseCase.Phase.BACKLOG, *UseCase.ACTIVE]
    promised = SquadMember.objects.current().filter(user_id__in=list(people), use_case__phase__in=at_work)
    return dict(promised.order_by().values_list("user").annotate(total=Sum("allocation")))


def single_holders(user: User) -> list[tuple[str, list[UseCase]]]:
    """People on whom alone a use case in production rests, with those use cases (M4)."""
    staffed = SquadMember.objects.current().values("use_case")
    live = squads_at_work(user).filter(phase=UseCase.Phase.PRODUCTION, pk__in=staffed)
    held: dict[str, list[UseCase]] = defaultdict(list)
    for row in map(squad_row, live.order_by("ref")):
        if row.coverage.holds_everything:
            held[row.coverage.holds_everything].append(row.use_case)
    return sorted(held.items(), key=lambda pair: -len(pair[1]))
