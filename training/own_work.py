"""
Real work that a person can show in a portfolio: found in the records of the portal, never claimed.

Each app says what it knows by `register(code, find)` in its `ready()`; `find` is given the person.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core.models import User
from projects.models import SquadMember, UseCase
from training.models import ExerciseWork, Review

TAKEN_UP = (
    UseCase.Phase.INITIALISATION, UseCase.Phase.DEVELOPMENT, UseCase.Phase.PRODUCTION, UseCase.Phase.RETIRED,
    UseCase.Phase.STOPPED,
)  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """One piece: a sentence without names for markers, its title for the person, and who else had a part in it."""

    kind: str
    pk: str
    sentence: str
    ref: str
    title: str
    people: frozenset[int]

    @property
    def key(self) -> str:
        """As it is written down in a portfolio."""
        return f"{self.kind}:{self.pk}"

    @property
    def label(self) -> str:
        """For the person whose work it is."""
        return f"{_(self.sentence) % {'ref': self.ref}} · {self.title}"


SOURCES: dict[str, Callable[[User], Iterable[Piece]]] = {}


def register(code: str, find: Callable[[User], Iterable[Piece]]) -> None:
    """One more kind of work; called once, when the apps are ready."""
    SOURCES[code] = find


def pieces(user: User) -> dict[str, Piece]:
    """Everything the person can show today, by its key."""
    return {piece.key: piece for find in SOURCES.values() for piece in find(user)}


def around(cases: Iterable[UseCase]) -> dict[UUID, frozenset[int]]:
    """Everybody who ever had a part in each of the use cases, by its key; one query."""
    found = {case.pk: {case.submitter_id, case.product_owner_id, case.sponsor_id} for case in cases}
    members = SquadMember.objects.filter(use_case__in=found).values_list("use_case_id", "user_id")
    for place, member in members:
        found[place].add(member)
    return {place: frozenset(each for each in people if each) for place, people in found.items()}


def carried(user: User) -> list[Piece]:
    """Use cases that were taken up and that the person owned, or in whose squad they were."""
    joined = SquadMember.objects.filter(user=user).values("use_case")
    begun = UseCase.objects.visible_to(user).filter(phase__in=TAKEN_UP)
    rows = list(begun.filter(Q(product_owner=user) | Q(pk__in=joined)).order_by("ref"))
    people = around(rows)
    return [
        Piece(
            "use_case", str(each.pk), N_("A use case carried: %(ref)s"), each.ref, each.title, people[each.pk]
        )
        for each in rows
    ]


def coached(user: User) -> list[Piece]:
    """Conversations of coaching that the person led to their end."""
    rows = Review.objects.for_list().filter(
        mode=Review.Mode.COACHING, mentor=user, state=Review.State.DONE, posts__author=user
    )
    return [
        Piece(
            "coaching", str(review.pk), N_("A learner coached on the exercise “%(ref)s”"),
            review.work.exercise.code, review.work.exercise.title, frozenset({review.work.user_id}),
        )
        for review in rows.distinct()
    ]  # fmt: skip


def kept(work: ExerciseWork) -> dict[str, Any]:
    """The pieces chosen in a portfolio as markers see them, and who must not mark it; empty for other exercises."""
    fields = [each["key"] for each in work.version.fields if each["kind"] == "item"]
    if not fields:
        return {}
    known = pieces(work.user)
    chosen = {key: known[work.written[key]] for key in fields if work.written.get(key) in known}
    people = frozenset[int]().union(*(each.people for each in chosen.values())) - {work.user_id}
    return {
        "pieces": {key: {"text": each.sentence, "params": {"ref": each.ref}} for key, each in chosen.items()},
        "people": sorted(people),
    }


def involved(evidence: Mapping[str, Any], user: User) -> bool:
    """Whether the person had a part in one of the pieces."""
    return user.pk in evidence.get("people", ())
