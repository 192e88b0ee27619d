"""The short exam that renews a certificate: twelve questions, spread over the objectives as in the whole exam."""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import Any

SIZE = 12


def blueprint(whole: Sequence[Mapping[str, Any]], critical: Collection[str] = ()) -> list[dict[str, Any]]:
    """
    At most twelve questions, by largest remainders; of equal ones a critical objective comes first.

    >>> blueprint([{"objective": "a", "count": 18}, {"objective": "b", "count": 6}])
    [{'objective': 'a', 'count': 9}, {'objective': 'b', 'count': 3}]
    """
    total = sum(row["count"] for row in whole)
    if total <= SIZE:
        return [dict(row) for row in whole]
    shares = [Fraction(row["count"] * SIZE, total) for row in whole]
    counts = [int(share) for share in shares]
    order = sorted(
        range(len(whole)),
        key=lambda n: (counts[n] - shares[n], whole[n]["objective"] not in critical, n),
    )
    for place in order[: SIZE - sum(counts)]:
        counts[place] += 1
    return [
        {"objective": row["objective"], "count": count}
        for row, count in zip(whole, counts, strict=True)
        if count
    ]


def minutes(whole_minutes: int, whole_size: int) -> int:
    """The time of the whole exam in proportion, rounded up."""
    return whole_minutes if whole_size <= SIZE else ceil(Fraction(whole_minutes * SIZE, whole_size))
