"""Why one use case stands above another: the difference of P taken apart into its four factors."""

import math
from dataclasses import dataclass, replace
from itertools import permutations

from projects import rubric

FACTORS = ("value", "feasibility", "confidence", "risk")


@dataclass(frozen=True)
class Figures:
    """The four factors of one agreed card."""

    value: float
    feasibility: float
    confidence: float
    risk: float
    aversion: float = rubric.RISK_AVERSION

    @property
    def priority(self) -> float:
        """P of these four."""
        return (
            math.sqrt(self.value * self.feasibility)
            * (0.5 + 0.5 * self.confidence)
            * (1 - self.aversion * self.risk / 100)
        )


@dataclass(frozen=True)
class Share:
    """What one factor adds to the difference (negative: it speaks for the other), and the two figures."""

    factor: str
    points: float
    upper: float
    lower: float


def replaced(one: Figures, other: Figures, taken: frozenset[str]) -> Figures:
    """`one` with the factors in `taken` from `other`."""
    return replace(one, **{name: getattr(other, name) for name in FACTORS if name in taken})


def shares(upper: Figures, lower: Figures) -> list[Share]:
    """
    Each factor's fair share of P(upper) - P(lower), the largest first; together they are the difference.

    Shapley's value over the 24 orders in which the factors can be exchanged: no factor gains
    from being changed first.
    """
    gains = dict.fromkeys(FACTORS, 0.0)
    orders = list(permutations(FACTORS))
    for order in orders:
        taken: frozenset[str] = frozenset()
        before = lower.priority
        for name in order:
            taken |= {name}
            after = replaced(lower, upper, taken).priority
            gains[name] += (after - before) / len(orders)
            before = after
    found = [Share(name, gains[name], getattr(upper, name), getattr(lower, name)) for name in FACTORS]
    return sorted(found, key=lambda each: (-each.points, each.factor))
