"""Working days: Monday to Friday."""

from dataclasses import dataclass
from datetime import date, timedelta


def working_days(start: date, end: date) -> int:
    """Working days from `start` to `end`, the last one not counted; 0 when it ends before it starts."""
    days = (end - start).days
    if days <= 0:
        return 0
    weeks, rest = divmod(days, 7)
    return weeks * 5 + sum((start + timedelta(days=offset)).weekday() < 5 for offset in range(rest))


@dataclass(frozen=True)
class TimeBox:
    """How much of the time set for a framing is used."""

    used: int
    limit: int

    @property
    def percent(self) -> int:
        """Share used, in percent; may pass 100."""
        return round(100 * self.used / self.limit) if self.limit else 100

    @property
    def left(self) -> int:
        """Working days left, never below 0."""
        return max(self.limit - self.used, 0)

    @property
    def state(self) -> str:
        """ "within", "near" from four fifths on, "over" when nothing is left."""
        if self.used >= self.limit:
            return "over"
        return "near" if self.percent >= 80 else "within"


def after_working_days(start: date, days: int) -> date:
    """The day `days` working days after `start`."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day
