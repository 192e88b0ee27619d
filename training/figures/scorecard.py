"""A model that anybody can compute again with a pencil: it counts, column by column, how often each value went with a hit."""

from collections import Counter
from collections.abc import Callable, Sequence
from math import exp, log

from training.figures.tables import Row

Reading = Callable[[Row], str]
Table = Sequence[Row]


def learned(table: Table, hit: Callable[[Row], bool], readings: Sequence[Reading]) -> Callable[[Row], float]:
    """
    A function that gives a row its estimated chance of a hit.

    What each reading of a row says is weighed by itself and added up ("naive Bayes"), every value counted once more than it was seen.
    """
    heaps = [[row for row in table if hit(row) is kind] for kind in (True, False)]
    start = log(len(heaps[0]) / len(heaps[1]))
    cards = [weights(heaps, reading) for reading in readings]

    def chance(row: Row) -> float:
        points = start + sum(
            card.get(reading(row), 0.0) for card, reading in zip(cards, readings, strict=True)
        )
        return 1 / (1 + exp(-points))

    return chance


def weights(heaps: Sequence[Table], reading: Reading) -> dict[str, float]:
    """The points of each value of one column: how much commoner it is among the hits."""
    counts = [Counter(map(reading, heap)) for heap in heaps]
    values = set(counts[0]) | set(counts[1])
    shares = [
        {value: (count[value] + 1) / (len(heap) + len(values)) for value in values}
        for count, heap in zip(counts, heaps, strict=True)
    ]
    return {value: log(shares[0][value] / shares[1][value]) for value in sorted(values)}


def column(name: str) -> Reading:
    """The value of a column as it stands."""
    return lambda row: row[name]


def steps(name: str, size: float) -> Reading:
    """The step of a number; a gap is a value of its own."""
    return lambda row: str(int(float(row[name]) // size)) if row[name] else ""
