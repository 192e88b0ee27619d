"""The committed tables that figures are computed from, and the few sums all of them need."""

import csv
import gzip
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import sqrt
from pathlib import Path
from statistics import mean

FOLDER = Path(__file__).resolve().parents[2] / "portal" / "demo" / "data"
Row = dict[str, str]
Values = list[float]
MONTHS = ("Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
OPEN = 10**9  # an edge above every value
RECIPE = (
    "cement", "blast_furnace_slag", "fly_ash", "water", "superplasticizer", "coarse_aggregate", "fine_aggregate",
)  # fmt: skip
NINETY_FIVE = 1.959964  # standard deviations on either side of a 95 % interval


@dataclass(frozen=True)
class Numbers:
    """What a figure shows: a series of values per name, each with its interval and count where it has one."""

    table: str
    rows: int
    series: list[Values]
    low: Values = field(default_factory=list)
    high: Values = field(default_factory=list)
    counts: list[int] = field(default_factory=list)


@lru_cache(maxsize=8)
def rows(table: str) -> tuple[Row, ...]:
    """All rows of a table, in their order."""
    with gzip.open(FOLDER / f"{table}.csv.gz", "rt", newline="", encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))


def wilson(hits: int, cases: int) -> tuple[float, float]:
    """The 95 % interval of a share after Wilson, in percent."""
    share, square = hits / cases, NINETY_FIVE**2
    middle = (share + square / (2 * cases)) / (1 + square / cases)
    half = NINETY_FIVE * sqrt(share * (1 - share) / cases + square / (4 * cases**2)) / (1 + square / cases)
    return 100 * max(0.0, middle - half), 100 * min(1.0, middle + half)


def shares(table: str, groups: Iterable[Callable[[Row], bool]], hit: Callable[[Row], bool]) -> Numbers:
    """For each group of rows: the share that is a hit in percent, its interval, and how many rows it has."""
    values, low, high, counts = [], [], [], []
    for belongs in groups:
        found = [row for row in rows(table) if belongs(row)]
        hits = sum(1 for row in found if hit(row))
        below, above = wilson(hits, len(found))
        values.append(round(100 * hits / len(found), 1))
        low.append(round(below, 1))
        high.append(round(above, 1))
        counts.append(len(found))
    return Numbers(table, len(rows(table)), [values], low, high, counts)


def bands(column: str, edges: Sequence[float]) -> list[Callable[[Row], bool]]:
    """Groups from each edge (included) to the next one (excluded); an empty value belongs to none."""

    def between(low: float, high: float) -> Callable[[Row], bool]:
        return lambda row: row[column] != "" and low <= float(row[column]) < high

    return [between(low, high) for low, high in zip(edges, edges[1:], strict=False)]


def tally(table: str, groups: Iterable[Callable[[Row], bool]]) -> Numbers:
    """How many rows each group has."""
    counts = [float(sum(1 for row in rows(table) if belongs(row))) for belongs in groups]
    return Numbers(table, len(rows(table)), [counts])


def average(values: Iterable[float]) -> float:
    """The mean, to one decimal."""
    return round(mean(values), 1)


def buys(row: Row) -> bool:
    """Whether a household bought the caravan policy."""
    return row["Purchase"] == "Yes"


def left(row: Row) -> bool:
    """Whether a customer of the telephone partner left."""
    return row["churn"] == "yes"


def is_bad(row: Row) -> bool:
    """Whether a credit was paid back badly."""
    return row["Status"] == "bad"


def calls(row: Row) -> int:
    """How often a customer called the service."""
    return int(row["number_customer_service_calls"])


def hires(row: Row) -> float:
    """Bicycles hired in an hour."""
    return float(row["bikers"])


def counted(table: str, parts: Iterable[tuple[int, int]]) -> Numbers:
    """For pairs of hits and cases: each share in percent with its interval and its number of cases."""
    found = list(parts)
    limits = [wilson(hits, cases) for hits, cases in found]
    return Numbers(
        table,
        len(rows(table)),
        [[percent(hits, cases) for hits, cases in found]],
        [round(low, 1) for low, _high in limits],
        [round(high, 1) for _low, high in limits],
        [cases for _hits, cases in found],
    )


def percent(hits: float, cases: int) -> float:
    """A share in percent, to one decimal."""
    return round(100 * hits / cases, 1)
