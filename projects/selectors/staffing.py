"""Reads: who could take a role, with which certificate and how much time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from portal.core import clock
from portal.core.models import Credential, Right, User
from projects import workload
from projects.models import SquadMember, SquadRole, UseCase
from projects.selectors.loads import by_person, promises_of

ROLE_LABELS: dict[str, Any] = dict(SquadRole.choices)
RIGHT_LABELS: dict[str, Any] = dict(Right.choices)
# The certificate that goes with a role, where there is one.
RIGHT_OF_ROLE = {
    SquadRole.PRODUCT_OWNER: Right.OWN_USE_CASE,
    SquadRole.CITIZEN: Right.LAUNCH_AUTOML,
    SquadRole.DATA_SCIENTIST: Right.LAUNCH_AUTOML,
}


@dataclass(frozen=True)
class Candidate:
    """Somebody who could join: what is free in the whole span, certificates held, roles held before."""

    person: User
    free: int
    rights: tuple[Any, ...]
    roles: tuple[Any, ...]


def free_time(people: Iterable[int], first: date, last: date | None) -> dict[int, int]:
    """What each person has left on their fullest day of the span."""
    people = list(people)
    promised = by_person(promises_of(people, since=first))
    return {
        each: max(workload.FULL - workload.peak(promised.get(each, []), first, last)[0], 0) for each in people
    }


def candidates(
    *,
    role: str = "",
    right: str = "",
    q: str = "",
    site: str = "",
    free: int = 1,
    first: date | None = None,
    last: date | None = None,
    leaving_out: UseCase | None = None,
) -> list[tuple[User, int]]:
    """People who match, with what they have free, those with most time first."""
    found = User.objects.active().filter(is_service=False).select_related("unit")
    if role:
        found = found.filter(pk__in=SquadMember.objects.filter(role=role).order_by().values("user"))
    if right:
        found = found.filter(pk__in=Credential.objects.valid().filter(code=right).order_by().values("user"))
    for word in q.split():
        found = found.filter(Q(display_name__icontains=word) | Q(job_title__icontains=word))
    if site:
        found = found.filter(site__icontains=site)
    if leaving_out:
        inside = SquadMember.objects.current().filter(use_case=leaving_out).order_by().values("user")
        found = found.exclude(pk__in=inside)
    people = list(found)
    left = free_time([each.pk for each in people], first or clock.today(), last)
    able = [(each, left[each.pk]) for each in people if left[each.pk] >= free]
    return sorted(able, key=lambda pair: (-pair[1], pair[0].display_name, pair[0].pk))


def described(able: Iterable[tuple[User, int]]) -> list[Candidate]:
    """Certificates and former roles of those on the page; two queries."""
    able = list(able)
    keys = [person.pk for person, _free in able]
    rights: dict[int, set[str]] = defaultdict(set)
    held = Credential.objects.valid().filter(user__in=keys).order_by()
    for user, code in held.values_list("user", "code").distinct():
        rights[user].add(code)
    roles: dict[int, set[str]] = defaultdict(set)
    played = SquadMember.objects.filter(user__in=keys).order_by()
    for user, role in played.values_list("user", "role").distinct():
        roles[user].add(role)
    return [
        Candidate(
            person,
            free,
            tuple(RIGHT_LABELS[code] for code in RIGHT_LABELS if code in rights[person.pk]),
            tuple(ROLE_LABELS[role] for role in ROLE_LABELS if role in roles[person.pk]),
        )
        for person, free in able
    ]
