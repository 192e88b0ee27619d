"""How much of their time people have promised: pure functions over shares, days and weeks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

FULL = 100
# Shares of a working week at which a colour changes; more than FULL is refused when it is entered.
BANDS = ((70, "free"), (90, "good"), (FULL, "full"))
BURDEN_CAP = 35  # per cent of promised time that may go into production before it eats the roadmap (M4)
MANY_AT_ONCE = 3  # active use cases per person with a tenth of their time or more


@dataclass(frozen=True)
class Promise:
    """A share of one person's time for one use case from a day to a day (no last day: open)."""

    person: int
    use_case: UUID
    role: str
    percent: int
    first: date
    last: date | None
    is_production: bool = False

    def covers(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.first <= day and (self.last is None or day <= self.last)


def total_on(promises: Iterable[Promise], day: date) -> int:
    """Everything promised for one day."""
    return sum(each.percent for each in promises if each.covers(day))


def peak(promises: Iterable[Promise], first: date, last: date | None) -> tuple[int, date]:
    """The fullest day of a span, and how full: it can only be the first day or a day on which a promise begins."""
    promises = list(promises)
    begins = {each.first for each in promises if each.first > first and (last is None or each.first <= last)}
    fullest = max([first, *sorted(begins)], key=lambda day: total_on(promises, day))
    return total_on(promises, fullest), fullest


def monday(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def weeks_from(day: date, count: int) -> list[date]:
    """The Mondays of `count` weeks, the week of `day` first."""
    return [monday(day) + timedelta(weeks=number) for number in range(count)]


def week_share(promises: Iterable[Promise], start: date) -> int:
    """The mean over Monday to Friday of what is promised."""
    promises = list(promises)
    days = [start + timedelta(days=offset) for offset in range(5)]
    return round(sum(total_on(promises, day) for day in days) / len(days))


def band(percent: int) -> str:
    """ "none", "free", "good", "full" or "over"."""
    if percent <= 0:
        return "none"
    return next((name for most, name in BANDS if percent <= most), "over")


@dataclass(frozen=True)
class Burden:
    """How much of the promised time keeps models in production alive (M4)."""

    production: int
    everything: int

    @property
    def percent(self) -> int:
        """Share of the promised time."""
        return round(100 * self.production / self.everything) if self.everything else 0

    @property
    def is_heavy(self) -> bool:
        """Above the cap: new use cases will stop."""
        return self.percent > BURDEN_CAP


def burden(promises: Iterable[Promise], day: date) -> Burden:
    """What is promised on a day, and what of it for use cases in production."""
    now = [each for each in promises if each.covers(day)]
    return Burden(sum(each.percent for each in now if each.is_production), sum(each.percent for each in now))


def upkeep(promises: Iterable[Promise], day: date, also: UUID | None = None) -> int:
    """Per cent of all working time that production takes on a day; `also` counts as if it were in production."""
    now = [each for each in promises if each.covers(day)]
    return sum(each.percent for each in now if each.is_production or each.use_case == also)


def at_once(promises: Iterable[Promise], day: date) -> int:
    """Use cases that take a tenth of the time or more on that day."""
    by_case: dict[UUID, int] = {}
    for each in promises:
        if each.covers(day):
            by_case[each.use_case] = by_case.get(each.use_case, 0) + each.percent
    return sum(percent >= 10 for percent in by_case.values())
