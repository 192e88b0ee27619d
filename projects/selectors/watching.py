"""Reads: who wants to hear of a use case, and whom a text mentions."""

import re
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from portal.core.models import User
from projects import rules
from projects.models import SquadMember, UseCase, Watch

# “@” with the first part of an e-mail address, or all of it; not inside a word or another address.
HANDLE = re.compile(r"(?<![\w.@])@([\w+-]+(?:\.[\w+-]+)*(?:@[\w-]+(?:\.[\w-]+)+)?)")
MOST_MENTIONED = 20
MOST_OFFERED = 8


def level_of(user: User, use_case: UseCase) -> str:
    """What this person chose; "" when they chose nothing and hear what involves them."""
    return use_case.watches.filter(user=user).values_list("level", flat=True).first() or ""


def audience(use_case: UseCase, involved: Iterable[User | None], *, is_decision: bool) -> list[User]:
    """Those involved and those who watch, without those who asked for less or do not see it (any more)."""
    watches = list(use_case.watches.select_related("user"))
    wanted = {Watch.Level.ALL, Watch.Level.DECISIONS} if is_decision else {Watch.Level.ALL}
    found = {person.pk: person for person in involved if person}
    for watch in watches:
        if watch.level in wanted:
            found[watch.user_id] = watch.user
        else:
            found.pop(watch.user_id, None)
    return seeing(use_case, found.values())


def seeing(use_case: UseCase, people: Iterable[User]) -> list[User]:
    """Those for whom the use case exists; nobody needs to be asked about an open one."""
    is_open = not use_case.is_confidential and use_case.phase != UseCase.Phase.DRAFT
    return [each for each in people if is_open or rules.comments.may_see(each, use_case)]


def handles(text: str) -> list[str]:
    """What stands after an “@”, each once, in small letters."""
    return list(dict.fromkeys(found.lower() for found in HANDLE.findall(text)))[:MOST_MENTIONED]


def mentioned_in(text: str) -> list[User]:
    """People whose address, or its first part when only one has it, stands after an “@”; other words are words."""
    asked = handles(text)
    if not asked:
        return []
    match = Q()
    for each in asked:
        match |= Q(small=each) if "@" in each else Q(small__startswith=f"{each}@")
    found = list(User.objects.active().filter(is_service=False).annotate(small=Lower("email")).filter(match))
    people = []
    for each in asked:
        called = [
            user for user in found if user.email.lower() == each or user.email.lower().split("@")[0] == each
        ]
        people += called if len(called) == 1 else []
    return list({person.pk: person for person in people}.values())


def offered(use_case: UseCase, written: str) -> list[User]:
    """People to mention whose name or address begins so, the squad first; only those who see the use case."""
    matching = User.objects.active().filter(is_service=False)
    for word in written.split()[:3]:
        matching = matching.filter(Q(display_name__icontains=word) | Q(email__istartswith=word))
    near = SquadMember.objects.current().filter(use_case=use_case).values("user")
    squad = list(matching.filter(pk__in=near)[:MOST_OFFERED])
    others = list(matching.exclude(pk__in=near)[: MOST_OFFERED * 2])
    return seeing(use_case, [*squad, *others])[:MOST_OFFERED]


def watched_by(user: User) -> QuerySet[Watch]:
    """What somebody watches and still sees."""
    return Watch.objects.filter(user=user, use_case__in=UseCase.objects.visible_to(user)).select_related(
        "use_case"
    )
