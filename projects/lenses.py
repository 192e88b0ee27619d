"""Other ways to order use cases, beside P and never mixed with it: pure functions over figures."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
WEEKS_A_YEAR = 52
APART = 3  # ranks between two orders from which on it is worth talking about
SIZES = (1, 2, 3, 5, 8, 13, 20)
IMPACTS = (3.0, 2.0, 1.0, 0.5, 0.25)


def rice(
    reach: float | None, impact: float | None, confidence: float | None, effort: float | None
) -> float | None:
    """Reach · impact · confidence / effort; nothing while one of them is missing."""
    if reach is None or impact is None or confidence is None or not effort:
        return None
    return reach * impact * confidence / effort


def wsjf(value: int | None, urgency: int | None, reduction: int | None, size: int | None) -> float | None:
    """(value for users + urgency + risk reduction) / size of the job."""
    if value is None or urgency is None or reduction is None or not size:
        return None
    return (value + urgency + reduction) / size


def cd3(yearly_value: float | None, weeks: float | None) -> float | None:
    """Cost of delay a week, divided by the weeks to production."""
    if yearly_value is None or not weeks:
        return None
    return yearly_value / WEEKS_A_YEAR / weeks


def ranks(figures: Mapping[K, float | None]) -> dict[K, float]:
    """1 for the highest; equal figures share the middle of their places; what has no figure has no rank."""
    known = sorted(
        ((value, key) for key, value in figures.items() if value is not None),
        key=lambda pair: -pair[0],
    )
    found: dict[K, float] = {}
    at = 0
    while at < len(known):
        end = at
        while end + 1 < len(known) and known[end + 1][0] == known[at][0]:
            end += 1
        for _value, key in known[at : end + 1]:
            found[key] = (at + end) / 2 + 1
        at = end + 1
    return found


def kendall(one: Mapping[K, float], other: Mapping[K, float]) -> float | None:
    """Kendall's tau-b between two rankings over what both rank: 1 the same order, -1 the reverse."""
    keys = [key for key in one if key in other]
    agree = differ = tied_one = tied_other = 0
    for place, first in enumerate(keys):
        for second in keys[place + 1 :]:
            a, b = one[first] - one[second], other[first] - other[second]
            tied_one += a == 0
            tied_other += b == 0
            agree += a * b > 0
            differ += a * b < 0
    pairs = len(keys) * (len(keys) - 1) / 2
    scale: float = ((pairs - tied_one) * (pairs - tied_other)) ** 0.5
    return (agree - differ) / scale if scale else None


@dataclass(frozen=True)
class Disagreement:
    """Where a lens puts one use case and where P does, among those that have both."""

    lens: str
    by_priority: float
    by_lens: float
    among: int

    @property
    def is_flagged(self) -> bool:
        """Three places or more apart."""
        return abs(self.by_priority - self.by_lens) >= APART


def disagreement(
    key: K, lens: str, priorities: Mapping[K, float | None], figures: Mapping[K, float | None]
) -> Disagreement | None:
    """Rank under P against rank under the lens, over the same set; nothing when one of the two is missing."""
    both = [
        each for each, figure in figures.items() if figure is not None and priorities.get(each) is not None
    ]
    if key not in both:
        return None
    by_priority = ranks({each: priorities[each] for each in both})
    by_lens = ranks({each: figures[each] for each in both})
    return Disagreement(lens, by_priority[key], by_lens[key], len(both))


def orders(figures: Mapping[K, float | None]) -> Sequence[K]:
    """The keys that have a figure, the highest first."""
    return sorted(
        (key for key, value in figures.items() if value is not None), key=lambda key: -(figures[key] or 0)
    )
