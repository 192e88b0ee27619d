"""Puts the acts of all stories in one order of time and gives each its moment."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

OPENS, CLOSES = time(8, 40), time(17, 50)
SATURDAY = 5


@dataclass(frozen=True)
class Scene:
    """One act of one story, so many days before the present."""

    days_ago: float
    act: str
    subject: str  # key of the use case, or of the person
    told: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Dated:
    """A scene and the moment at which it happened."""

    moment: datetime
    scene: Scene


def working_day(day: date, today: date) -> date:
    """Nobody works at the weekend: on to Monday, or back to Friday when Monday has not come yet."""
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    while day > today or day.weekday() >= SATURDAY:
        day -= timedelta(days=1)
    return day


def in_order(scenes: Iterable[Scene], now: datetime) -> list[Dated]:
    """
    All scenes by time; those of one day spread over its hours, in the order they were written.

    What happens today ends a few minutes ago, whatever the hour.
    """
    today = timezone.localdate(now)
    days: dict[date, list[Scene]] = defaultdict(list)
    for scene in sorted(scenes, key=lambda scene: -scene.days_ago):  # stable: the order of writing is kept
        days[working_day(today - timedelta(days=int(scene.days_ago)), today)].append(scene)
    dated: list[Dated] = []
    for day in sorted(days):
        of_day = days[day]
        start = timezone.make_aware(datetime.combine(day, OPENS))
        end = timezone.make_aware(datetime.combine(day, CLOSES))
        if end > now:
            end = now - timedelta(minutes=3)
            start = min(start, end - timedelta(minutes=4 * len(of_day)))
        step = (end - start) / max(1, len(of_day))
        dated += [Dated(start + step * place, scene) for place, scene in enumerate(of_day)]
    return dated
