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

    @property
    def may_start(self) -> bool:
        """No waiting."""
        return self.next_at is None


def outlook(
    tries: Sequence[Try], *, now: datetime, per_window: int, window_days: int, wait_hours: Sequence[int]
) -> Outlook:
    """
    Count the tries of the rolling window and find the next allowed moment.

    After the n-th failure in a row inside the window one waits `wait_hours[n - 1]`; when
    `per_window` tries are used, until the oldest of them leaves the window.
    """
    window = timedelta(days=window_days)
    recent = sorted(
        (each for each in tries if each.started_at > now - window), key=lambda each: each.started_at
    )
    left = max(0, per_window - len(recent))
    waits = []
    if recent and not left:
        waits.append(recent[-per_window].started_at + window)
    failures = failures_in_a_row(recent)
    if failures and wait_hours:
        hours = wait_hours[min(failures, len(wait_hours)) - 1]
        waits.append(recent[-1].submitted_at + timedelta(hours=hours))
    next_at = max(waits, default=None)
    return Outlook(len(recent), left, next_at if next_at and next_at > now else None)


def failures_in_a_row(recent: Sequence[Try]) -> int:
    """How many of the last tries failed without a pass between them."""
    count = 0
    for each in reversed(recent):
        if each.passed:
            break
        count += 1
    return count
