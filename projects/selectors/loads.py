"""Reads: how much of their time people have promised, week by week, and what of it is maintenance."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from portal.core import clock
from portal.core.models import User
from projects import rules, workload
from projects.models import SquadMember, UseCase

WEEKS = 8


@dataclass(frozen=True)
class WeekCell:
    """One person in one week."""

    start: date
    percent: int
    band: str


@dataclass(frozen=True)
class LoadRow:
    """One person: weeks, what is promised today, and what of it keeps production alive."""

    person: User
    cells: tuple[WeekCell, ...]
    cases: tuple[UseCase, ...]  # those the reader sees
    hidden: int  # further use cases the reader does not see
    burden: workload.Burden
    at_once: int

    @property
    def is_scattered(self) -> bool:
        """On too many use cases at once."""
        return self.at_once > workload.MANY_AT_ONCE


@dataclass(frozen=True)
class TeamRow:
    """One unit: how much of its people's promised time keeps production alive."""

    name: str
    people: int
    burden: workload.Burden


def promises_of(
    people: Iterable[int], *, since: date | None = None, leaving_out: UUID | None = None
) -> list[workload.Promise]:
    """What these people have promised from a day on, over all squads at work."""
    rows = SquadMember.objects.at_work().between(since or clock.today(), None)
    rows = rows.filter(user_id__in=list(people)).order_by()
    if leaving_out is not None:
        rows = rows.exclude(pk=leaving_out)
    values = rows.values_list(
        "user_id", "use_case_id", "role", "allocation", "starts_on", "ends_on", "use_case__phase"
    )
    return [workload.Promise(*each[:6], is_production=each[6] == UseCase.Phase.PRODUCTION) for each in values]


def by_person(promises: Iterable[workload.Promise]) -> dict[int, list[workload.Promise]]:
    """Promises of each person."""
    found: dict[int, list[workload.Promise]] = defaultdict(list)
    for each in promises:
        found[each.person].append(each)
    return found


def busy_people(reader: User) -> QuerySet[User]:
    """Those in squads from now on whose weeks the reader may see; everybody sees their own."""
    busy = SquadMember.objects.at_work().between(clock.today(), None).order_by().values("user")
    found = User.objects.active().filter(pk__in=busy).for_list()
    return found if rules.squads.may_see_loads(reader) else found.filter(pk=reader.pk)


def load_rows(people: Iterable[User], reader: User, *, weeks: int = WEEKS) -> list[LoadRow]:
    """The weeks of these people; a constant number of queries."""
    people = list(people)
    today = clock.today()
    mondays = workload.weeks_from(today, weeks)
    promised = by_person(promises_of([each.pk for each in people], since=mondays[0]))
    named = {each.use_case for theirs in promised.values() for each in theirs}
    seen = {each.pk: each for each in UseCase.objects.visible_to(reader).filter(pk__in=named)}
    rows = []
    for person in people:
        theirs = promised.get(person.pk, [])
        shares = [(start, workload.week_share(theirs, start)) for start in mondays]
        cases = dict.fromkeys(each.use_case for each in theirs)
        rows.append(
            LoadRow(
                person=person,
                cells=tuple(WeekCell(start, share, workload.band(share)) for start, share in shares),
                cases=tuple(seen[key] for key in cases if key in seen),
                hidden=sum(key not in seen for key in cases),
                burden=workload.burden(theirs, today),
                at_once=workload.at_once(theirs, today),
            )
        )
    return rows


def team_rows(reader: User) -> list[TeamRow]:
    """Maintenance burden by unit, the heaviest first; nobody's own figures."""
    today = clock.today()
    people = dict(busy_people(reader).order_by().values_list("pk", "unit__name"))
    units: dict[str, list[workload.Promise]] = defaultdict(list)
    heads: dict[str, set[int]] = defaultdict(set)
    for each in promises_of(people):
        name = people[each.person] or ""
        units[name].append(each)
        heads[name].add(each.person)
    rows = [TeamRow(name, len(heads[name]), workload.burden(theirs, today)) for name, theirs in units.items()]
    return sorted(rows, key=lambda row: (-row.burden.percent, row.name))


def week_words(rows: Iterable[LoadRow]) -> list[Any]:
    """The Mondays above the columns."""
    first = next(iter(rows), None)
    return [each.start for each in first.cells] if first else []
