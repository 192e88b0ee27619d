"""How long things take when some are not finished yet: pure functions."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

DAY = 86400


def kaplan_meier(items: Iterable[tuple[float, bool]]) -> list[tuple[float, float]]:
    """
    Survival after each duration, ended items as (days, True), open ones as (days, False).

    >>> [(t, round(s, 3)) for t, s in kaplan_meier([(60, True), (75, True), (90, False), (95, True)])]
    [(60, 0.75), (75, 0.5), (90, 0.5), (95, 0.0)]
    """
    leaving: Counter[float] = Counter()
    ending: Counter[float] = Counter()
    for time, ended in items:
        leaving[time] += 1
        ending[time] += ended
    survival, curve, at_risk = 1.0, [], leaving.total()
    for time in sorted(leaving):
        survival *= 1 - ending[time] / at_risk
        at_risk -= leaving[time]
        curve.append((time, survival))
    return curve


def quantile(curve: Sequence[tuple[float, float]], share: float) -> float | None:
    """The smallest duration by which `share` of the items have ended; None when it is never reached."""
    return next((time for time, survival in curve if survival <= 1 - share + 1e-12), None)


@dataclass(frozen=True)
class Span:
    """The middle of some durations in days; `middle` is nothing while fewer than half have ended."""

    middle: float | None
    ended: int
    running: int
    longest: float

    @property
    def days(self) -> int | None:
        """The middle in whole days."""
        return None if self.middle is None else round(self.middle)

    @property
    def is_open(self) -> bool:
        """Longer than anything seen so far: half have not ended yet."""
        return self.middle is None and self.running > 0


def span(items: Iterable[tuple[float, bool]]) -> Span:
    """
    The Kaplan–Meier middle, so that what is stuck counts too.

    >>> span([(10, True), (20, True), (90, False)])
    Span(middle=20, ended=2, running=1, longest=90)
    """
    rows = list(items)
    ended = sum(done for _days, done in rows)
    longest = max((days for days, _done in rows), default=0.0)
    return Span(quantile(kaplan_meier(rows), 0.5) if rows else None, ended, len(rows) - ended, longest)


def stays(events: Sequence[tuple[str, datetime]], phase: str, now: datetime) -> list[tuple[float, bool]]:
    """Each stay in a phase in days, and whether it has ended."""
    return [
        ((after[1] - since).total_seconds() / DAY, after[0] != "")
        for (here, since), after in pairwise([*events, ("", now)])
        if here == phase
    ]


def first_way(
    events: Sequence[tuple[str, datetime]], start: str, end: str, now: datetime, over: Iterable[str]
) -> tuple[float, bool] | None:
    """From the first `start` to the first `end` after it; what closed or is on its way counts as not arrived."""
    begun = next((at for phase, at in events if phase == start), None)
    if begun is None:
        return None
    arrived = next((at for phase, at in events if phase == end and at >= begun), None)
    last_phase, last_at = events[-1]
    until = arrived or (last_at if last_phase in set(over) else now)
    return (until - begun).total_seconds() / DAY, arrived is not None
