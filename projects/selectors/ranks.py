"""Where hand and score put a use case."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from portal.core.models import User
from projects.models import UseCase


@dataclass(frozen=True)
class Place:
    """The place among those of its phase that the reader sees: by hand and by score, counted from 1."""

    by_hand: int
    by_score: int

    @property
    def ahead(self) -> int:
        """How many places above its score; below it is negative."""
        return self.by_score - self.by_hand

    @property
    def sentence(self) -> str:
        """The difference in words."""
        if self.ahead > 0:
            return _("placed by hand, %(n)s above its score") % {"n": self.ahead}
        if self.ahead < 0:
            return _("placed by hand, %(n)s below its score") % {"n": -self.ahead}
        return _("placed by hand, where its score puts it")

    @property
    def short(self) -> str:
        """The difference as a mark."""
        return f"↑ {self.ahead}" if self.ahead > 0 else f"↓ {-self.ahead}" if self.ahead else "="


def places(chosen: Iterable[UseCase], user: User) -> dict[UUID, Place]:
    """The places of those that were put by hand, in one query; the others stand where their score puts them."""
    keys = [each.pk for each in chosen if each.is_ranked]
    if not keys:
        return {}
    same_phase = UseCase.objects.visible_to(user).filter(phase=OuterRef("phase")).exclude(pk=OuterRef("pk"))
    better = Q(priority__gt=OuterRef("priority")) | Q(priority=OuterRef("priority"), ref__lt=OuterRef("ref"))
    unscored_first = Q(priority__isnull=False) | Q(priority__isnull=True, ref__lt=OuterRef("ref"))
    rows = UseCase.objects.filter(pk__in=keys).annotate(
        hand_ahead=counted(same_phase.filter(rank__lt=OuterRef("rank")).exclude(rank="")),
        scored_ahead=counted(same_phase.filter(better)),
        unscored_ahead=counted(same_phase.filter(unscored_first)),
    )
    return {
        row.pk: Place(
            1 + row.hand_ahead, 1 + (row.unscored_ahead if row.priority is None else row.scored_ahead)
        )
        for row in rows
    }


def counted(rows: Any) -> Any:
    """How many, as a part of another query."""
    many = rows.order_by().values("phase").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(many, output_field=IntegerField()), 0)


def hand_order() -> list[Any]:
    """The order that hands have given; what has no rank yet comes last, by its score."""
    has_rank = Case(When(rank="", then=1), default=0)
    return [has_rank.asc(), F("rank").asc(), F("priority").desc(nulls_last=True), F("ref").asc()]


def by_hand(queryset: Any) -> Any:
    """In that order."""
    return queryset.order_by(*hand_order())
