"""
The order of the backlog by hand.

Every use case has a rank. Those never placed by hand stand in the order of their scores among themselves; one that
was placed stays between its neighbours until it is placed again or given back to its score.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import require
from projects import ranks, rules
from projects.models import Sequence, UseCase
from projects.selectors import backlog

TO = ("up", "down", "top", "bottom", "score")
BATCH = 500


def hold_the_order() -> None:
    """One at a time until commit: two moves into the same gap never get the same rank."""
    Sequence.objects.get_or_create(name="rank")
    Sequence.objects.filter(name="rank").update(last=(F("last") + 1) % 1_000_000)


def in_rank() -> QuerySet[UseCase]:
    """All that have a rank, in order."""
    return UseCase.objects.exclude(rank="").order_by("rank")


def last_rank() -> str:
    """A rank after all others, for a new proposal; call it while holding the order."""
    last = in_rank().values_list("rank", flat=True).last()
    return ranks.following(last or "")


@transaction.atomic
def place(
    use_case: UseCase,
    *,
    by: User,
    to: str = "",
    before: UseCase | None = None,
    after: UseCase | None = None,
) -> UseCase:
    """
    Give it a place by hand: ahead of or behind another, or `to` up, down, top or bottom of its phase.

    Up and down go past the next one of the phase that `by` sees; `to` score gives it back to its score.
    Raises `ValidationError` unless exactly one place is named.
    """
    if sum(map(bool, (to, before, after))) != 1 or (to and to not in TO):
        raise ValidationError({"to": _("Name one place: up, down, top, bottom, score, or a neighbour.")})
    if to == "score":
        return release(use_case, by=by)
    require(rules.ranks.may_rank(by, use_case))
    if use_case in (before, after):
        raise ValidationError({"to": _("It cannot stand beside itself.")})
    hold_the_order()
    if UseCase.objects.filter(rank="").exists():
        rebalance()
    use_case.refresh_from_db()
    neighbour, is_ahead = (before or after, bool(before)) if not to else beside(use_case, to, by=by)
    if neighbour is None:
        return use_case  # it stands at the end of its phase already
    neighbour.refresh_from_db(fields=["rank"])
    rank = gap(use_case, neighbour, is_ahead=is_ahead)
    if len(rank) > ranks.LONGEST:  # very many moves into one place: make room, then place it
        rebalance()
        use_case.refresh_from_db()
        neighbour.refresh_from_db(fields=["rank"])
        rank = gap(use_case, neighbour, is_ahead=is_ahead)
    return write(use_case, rank, by=by, neighbour=neighbour.ref)


def beside(use_case: UseCase, to: str, *, by: User) -> tuple[UseCase | None, bool]:
    """The one of its phase to go past, as `by` sees them, and whether ahead of it."""
    others = in_rank().filter(phase=use_case.phase).exclude(pk=use_case.pk)
    if to in {"up", "down"}:
        others = others & UseCase.objects.visible_to(by)
    if to == "up":
        return others.filter(rank__lt=use_case.rank).last(), True
    if to == "down":
        return others.filter(rank__gt=use_case.rank).first(), False
    edge = others.first() if to == "top" else others.last()
    is_there = edge is None or (edge.rank > use_case.rank if to == "top" else edge.rank < use_case.rank)
    return (None if is_there else edge), to == "top"


def gap(use_case: UseCase, neighbour: UseCase, *, is_ahead: bool) -> str:
    """A rank on this side of the neighbour, whatever stands behind it."""
    others = in_rank().exclude(pk=use_case.pk).values_list("rank", flat=True)
    if is_ahead:
        other = others.filter(rank__lt=neighbour.rank).last()
        return ranks.between(other, neighbour.rank) if other else ranks.preceding(neighbour.rank)
    other = others.filter(rank__gt=neighbour.rank).first()
    return ranks.between(neighbour.rank, other) if other else ranks.following(neighbour.rank)


def write(use_case: UseCase, rank: str, *, by: User, neighbour: str = "") -> UseCase:
    """The place on the row and on the trail."""
    before = use_case.rank
    use_case.rank, use_case.ranked_by, use_case.ranked_at = rank, by, clock.now()
    use_case.save(update_fields=["rank", "ranked_by", "ranked_at"])
    audit.record("use_case.ranked", use_case, by=by, before=before, after=rank, neighbour=neighbour)
    return use_case


@transaction.atomic
def release(use_case: UseCase, *, by: User) -> UseCase:
    """Give it back to its score."""
    require(rules.ranks.may_release(by, use_case))
    hold_the_order()
    use_case.refresh_from_db()
    before = use_case.rank
    use_case.ranked_by = use_case.ranked_at = None
    use_case.rank = by_score(use_case)
    use_case.save(update_fields=["rank", "ranked_by", "ranked_at"])
    audit.record("use_case.rank_released", use_case, by=by, before=before, after=use_case.rank)
    return use_case


@transaction.atomic
def put_back(use_case: UseCase, *, rank: str, ranked_by: User | None, ranked_at: Any, by: User) -> UseCase:
    """The place it had before; where somebody stands there now, the one directly ahead of them."""
    require(rules.ranks.may_rank(by, use_case))
    hold_the_order()
    use_case.refresh_from_db()
    newcomer = UseCase.objects.filter(rank=rank).exclude(pk=use_case.pk).first()
    if newcomer:  # a new proposal was appended where the last one had been taken from
        rank = gap(use_case, newcomer, is_ahead=True)
    before = use_case.rank
    use_case.rank, use_case.ranked_by, use_case.ranked_at = rank, ranked_by, ranked_at
    use_case.save(update_fields=["rank", "ranked_by", "ranked_at"])
    audit.record("use_case.ranked", use_case, by=by, before=before, after=rank, neighbour="")
    return use_case


def follow_score(use_case: UseCase) -> None:
    """
    A new score moves what was never placed by hand; called by the service of scores in its transaction.

    It goes ahead of the first of its kind that scores lower, so all of these keep the order of their scores.
    """
    hold_the_order()
    fresh = UseCase.objects.only("pk", "rank", "priority", "ranked_at").get(pk=use_case.pk)
    if fresh.is_ranked:
        return
    use_case.rank = by_score(fresh)
    UseCase.objects.filter(pk=use_case.pk).update(rank=use_case.rank)


def by_score(use_case: UseCase) -> str:
    """A rank among those never placed by hand, by priority; what was never scored comes last."""
    others = in_rank().filter(ranked_at__isnull=True).exclude(pk=use_case.pk)
    lower = Q(priority__isnull=True)
    if use_case.priority is None:
        lower = Q(pk__in=[])
    else:
        lower |= Q(priority__lt=use_case.priority)
    if following := others.filter(lower).first():
        return gap(use_case, following, is_ahead=True)
    last = others.last()
    return gap(use_case, last, is_ahead=False) if last else last_rank()


@transaction.atomic
def rebalance(*, by: User | None = None) -> int:
    """
    Write all ranks anew, evenly spread in the same order; those without one are put in by their score.

    Nothing moves, so nobody is told; how many rows were written is kept on the trail when a person asks.
    """
    hold_the_order()
    order = list(in_rank().only("pk", "rank"))
    unplaced = list(backlog.in_order(UseCase.objects.filter(rank="")).only("pk", "rank", "priority"))
    if not order:
        order = unplaced
    else:
        order += unplaced
    rows = list(zip(order, ranks.spread(len(order)), strict=True))
    UseCase.objects.exclude(rank="").update(rank="")  # so that no two share one on the way
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        for use_case, rank in some:
            use_case.rank = rank
        UseCase.objects.bulk_update([use_case for use_case, _rank in some], ["rank"])
    if by is not None:
        audit.record("backlog.rebalanced", by, by=by, rows=len(rows))
    return len(rows)


def keep_short() -> int:
    """Rebalance when ranks have grown long or rows have none; the timetable calls this."""
    long = UseCase.objects.annotate(digits=Length("rank")).filter(digits__gt=ranks.LONGEST // 2)
    return rebalance() if long.exists() or UseCase.objects.filter(rank="").exists() else 0
