"""The figures of the portfolio, defined once: pure functions over plain values."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from math import sqrt
from typing import Any

Z = 1.959963984540054  # 95 %
ARTICLE_RATE = 0.15  # the article: 85 % of AI projects stay prototypes


def wilson(count: int, total: int) -> tuple[float, float] | None:
    """
    The 95 % interval of a share.

    >>> tuple(round(each, 2) for each in wilson(3, 8))
    (0.14, 0.69)
    """
    if total == 0:
        return None
    share, square = count / total, Z * Z
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = Z * sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def prorated(amount: float, starts: date, ends: date, since: date, until: date) -> float:
    """The part of an amount for [starts, ends] that falls into [since, until], both ends included."""
    whole = (ends - starts).days + 1
    overlap = (min(ends, until) - max(starts, since)).days + 1
    return amount * max(0, overlap) / whole


def realisation_ratio(rows: Iterable[tuple[float, float, float]]) -> float | None:
    """
    Realised over expected; each row is (expected per year, months in production, realised).

    >>> round(realisation_ratio([(100, 8, 62), (90, 6, 40)]), 3)
    0.913
    """
    expected = realised = 0.0
    for yearly, months, amount in rows:
        expected += yearly * months / 12
        realised += amount
    return realised / expected if expected else None


def time_saving_value(
    uses: float, minutes: float, real_use: float, redeployed: float, hourly_cost: float
) -> float:
    """
    V7: what saved time is worth.

    >>> time_saving_value(1200, 6, 0.7, 0.5, 45)
    1890.0
    """
    return uses * minutes * real_use / 60 * redeployed * hourly_cost


def review_backlog_weeks(waiting: int, per_week: float) -> float | None:
    """
    S4: how long the waiting reviews last at the present speed.

    >>> review_backlog_weeks(14, 5)
    2.8
    """
    return waiting / per_week if per_week else None


def sustainable_models(cap: float, capacity_days: float, days_per_model: float) -> float | None:
    """
    M2: how many models the organisation can keep.

    >>> round(sustainable_models(0.35, 1200, 14), 6)
    30.0
    """
    return cap * capacity_days / days_per_model if days_per_model else None


def evidence_mix(amounts: Mapping[str, float]) -> float | None:
    """V6: the share of realised value that is measured."""
    total = sum(amounts.values())
    return amounts.get("measured", 0) / total if total > 0 else None


def burden(holders: Iterable[Any]) -> list[tuple[Any, int]]:
    """M4: how many production use cases hang on each person, the heaviest first."""
    return Counter(holders).most_common()


def by_class(rows: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Sums per evidence class."""
    sums: dict[str, float] = defaultdict(float)
    for name, amount in rows:
        sums[name] += amount
    return dict(sums)
