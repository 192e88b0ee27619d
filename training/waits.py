"""When a person may try an exam again: the exact moment, from the history of attempts. Knows no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Try:
    """One attempt that is over."""

    started_at: datetime
    submitted_at: datetime
    passed: bool


@dataclass(frozen=True)
class Outlook:
    """What the policy says now; `next_at` is None when the person may start at once."""

    used: int
    left: int
    next_at: datetime | None = None
    needs_remedy: bool = False

    @property
    def may_start(self) -> bool:
        """No waiting."""
        return self.next_at is None


def outlook(
    tries: Sequence[Try], *, now: datetime, per_window: int, window_days: int, wait_hours: Sequence[int]
) -> Outlook:
    """
    Count the tries of the rolling window and find the next allowed moment.

    After the n-th failure in a row inside the window one waits `wait_hours[n - 1]`, the last of them from
    then on. From the `per_window`-th failure on each further try also `needs_remedy`. What is older than
    the window is forgotten.
    """
    window = timedelta(days=window_days)
    rows = sorted(tries, key=lambda each: each.started_at)
    recent = within(rows, now, window)
    failures = failures_in_a_row(recent)
    opens_at = next_moment(rows, now=now, window=window, wait_hours=wait_hours)
    return Outlook(
        used=len(recent),
        left=max(1, per_window - failures),
        next_at=opens_at if opens_at > now else None,
        needs_remedy=failures >= per_window,
    )


def within(rows: Sequence[Try], now: datetime, window: timedelta) -> list[Try]:
    """The tries that still count at this moment."""
    return [each for each in rows if each.started_at > now - window]


def next_moment(
    rows: Sequence[Try], *, now: datetime, window: timedelta, wait_hours: Sequence[int]
) -> datetime:
    """The first moment without a wait; a failure that leaves the window meanwhile shortens it."""
    moment = now
    while recent := within(rows, moment, window):
        failures = failures_in_a_row(recent)
        if not failures or not wait_hours:
            return moment
        hours = wait_hours[min(failures, len(wait_hours)) - 1]
        ready = recent[-1].submitted_at + timedelta(hours=hours)
        if ready <= moment:
            return moment
        moment = min(ready, recent[0].started_at + window)
    return moment


def failures_in_a_row(recent: Sequence[Try]) -> int:
    """How many of the last tries failed without a pass between them."""
    count = 0
    for each in reversed(recent):
        if each.passed:
            break
        count += 1
    return count
