"""Reads for triage: the queue with its service level, and who comes next."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from portal.core import clock
from portal.core.models import User
from projects.models import PhaseEvent, UseCase
from projects.worktime import after_working_days, working_days

WAITING = (UseCase.Phase.SUBMITTED, UseCase.Phase.NEEDS_INFO)
PER_PAGE = 50
ANSWERS = ("accept", "ask", "decline", "mark_duplicate")


@dataclass(frozen=True)
class Level:
    """By when a proposal is answered: `state` is "in_time", "today" or "late"; `days` left or too many."""

    due: date
    state: str
    days: int

    @property
    def color(self) -> str:
        """Of its badge."""
        return {"in_time": "green", "today": "yellow", "late": "red"}[self.state]


def level(use_case: UseCase) -> Level:
    """The service level of a proposal that waits for triage; a day it was put off to counts as its start."""
    start = timezone.localdate(use_case.phase_since)
    if use_case.snoozed_until and use_case.snoozed_until > start:
        start = use_case.snoozed_until
    due, today = after_working_days(start, settings.TRIAGE_DAYS), clock.today()
    if today == due:
        return Level(due, "today", 0)
    if today > due:
        return Level(due, "late", max(working_days(due, today), 1))
    return Level(due, "in_time", working_days(today, due))


@dataclass(frozen=True)
class Row:
    """One proposal of the queue."""

    use_case: UseCase
    level: Level


@dataclass(frozen=True)
class Queue:
    """What waits for triage, what was asked back, what sleeps; and how quickly answers came last month."""

    submitted: list[Row]
    page: Page[UseCase]
    late: int  # how many of all that wait are past their day
    asked: list[Row]
    asleep: list[Row]
    median_days: float | None


def waiting(user: User) -> QuerySet[UseCase]:
    """Proposals that wait, the oldest first."""
    visible = UseCase.objects.visible_to(user).filter(phase__in=WAITING)
    return visible.for_list().order_by("phase_since", "ref")


def in_line(user: User) -> QuerySet[UseCase]:
    """Those that can be answered today."""
    return waiting(user).awake().filter(phase=UseCase.Phase.SUBMITTED)  # type: ignore[attr-defined,no-any-return]


def queue(user: User, page: str = "1") -> Queue:
    """Everything the page of triage shows: a page of the queue, and the first of what is asked back or sleeps."""
    counted = waiting(user).annotate(support_count=Count("supports"))
    current = Paginator(in_line(user).annotate(support_count=Count("supports")), PER_PAGE).get_page(page)
    asked = counted.filter(phase=UseCase.Phase.NEEDS_INFO).awake()  # type: ignore[attr-defined]
    asleep = counted.filter(snoozed_until__gt=clock.today()).order_by("snoozed_until", "ref")
    return Queue(
        submitted=[Row(each, level(each)) for each in current],
        page=current,
        late=late(in_line(user)).count(),
        asked=[Row(each, level(each)) for each in asked[:PER_PAGE]],
        asleep=[Row(each, level(each)) for each in asleep[:PER_PAGE]],
        median_days=median_days(),
    )


def late(rows: QuerySet[UseCase]) -> QuerySet[UseCase]:
    """Those whose day is over: they began to wait on a day whose answer was due before today."""
    day = clock.today() - timedelta(days=1)
    while after_working_days(day, settings.TRIAGE_DAYS) >= clock.today():
        day -= timedelta(days=1)
    began = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    put_off = Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=day)
    return rows.filter(put_off, phase_since__lt=began)


def median_days() -> float | None:
    """Median days from sending to the answer, over answers of the last thirty days."""
    since = clock.now() - timedelta(days=30)
    answers = PhaseEvent.objects.filter(action__in=ANSWERS, from_phase="submitted", at__gte=since)
    pairs = list(answers.values_list("use_case_id", "at"))
    sent: dict[object, list[datetime]] = {}
    for key, at in PhaseEvent.objects.filter(
        action="submit", use_case_id__in={key for key, _at in pairs}
    ).values_list("use_case_id", "at"):
        sent.setdefault(key, []).append(at)
    waits = [
        (at - max(before)).total_seconds() / 86400
        for key, at in pairs
        if (before := [each for each in sent.get(key, []) if each <= at])
    ]
    return median(waits) if waits else None


@dataclass(frozen=True)
class Neighbours:
    """The proposals before and after one in the queue."""

    previous: UseCase | None
    following: UseCase | None
    place: int
    count: int


def neighbours(user: User, use_case: UseCase) -> Neighbours:
    """Whom J and K lead to; four queries, however long the line is."""
    line = in_line(user).exclude(pk=use_case.pk)
    if use_case.phase not in WAITING:
        return Neighbours(None, line.first(), 0, line.count())
    since, ref = use_case.phase_since, use_case.ref
    before = line.filter(Q(phase_since__lt=since) | Q(phase_since=since, ref__lt=ref))
    after = line.filter(Q(phase_since__gt=since) | Q(phase_since=since, ref__gt=ref))
    ahead = before.count()
    return Neighbours(before.last(), after.first(), ahead + 1, ahead + after.count() + 1)
