"""Marking by a rubric: agreement of markers, the median, passing, and how far a marker is from the experts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

Levels = Mapping[str, int]
MARKERS = 2
MOST_MARKERS = 3
CALIBRATED_SHARE = 0.8  # of the criteria of all samples
CALIBRATED_WITHIN = 1  # level


def differ_too_much(first: Levels, second: Levels, rubric: Mapping[str, Any]) -> bool:
    """Further apart than the rubric allows on a criterion, or one would pass the work and the other not."""
    if any(abs(first[key] - second[key]) > rubric["allowed_gap"] for key in first):
        return True
    return passes(first, rubric) != passes(second, rubric)


def markers_needed(given: Sequence[Levels], rubric: Mapping[str, Any], *, is_contested: bool = False) -> int:
    """How many more people must mark; a contested result takes one who has not marked it before."""
    if is_contested:
        return 0 if given else 1
    if len(given) < MARKERS:
        return MARKERS - len(given)
    if len(given) == MARKERS and differ_too_much(given[0], given[1], rubric):
        return 1
    return 0


def settled(given: Sequence[Levels]) -> dict[str, float]:
    """The median of the markers, criterion by criterion."""
    return {key: median(each[key] for each in given) for key in given[0]}


def passes(levels: Mapping[str, float], rubric: Mapping[str, Any]) -> bool:
    """Every criterion reaches the level it needs; none makes up for another."""
    return all(levels[each["key"]] >= each["needs"] for each in rubric["criteria"])


@dataclass(frozen=True)
class Calibration:
    """How a marker's levels lie beside those of the experts."""

    marked: int  # samples
    samples: int
    within: int  # criteria at most one level away
    criteria: int
    mean_deviation: float  # of the levels, with its sign: above 0 is milder than the experts

    @property
    def share(self) -> float:
        """Of the criteria marked, those at most one level away."""
        return self.within / self.criteria if self.criteria else 0.0

    @property
    def percent(self) -> int:
        """The share in whole per cent."""
        return round(100 * self.share)

    @property
    def is_complete(self) -> bool:
        """Every sample is marked."""
        return 0 < self.samples <= self.marked

    @property
    def is_calibrated(self) -> bool:
        """Complete and near enough to the experts to mark others."""
        return self.is_complete and self.share >= CALIBRATED_SHARE


def calibration(samples: Sequence[Mapping[str, Any]], given: Mapping[str, Levels]) -> Calibration:
    """
    `given` maps the key of a sample to the levels of one marker.

    Levels of no sample of this list, and samples of another rubric, count nothing.
    """
    gaps = [
        given[each["key"]][key] - level
        for each in samples
        if set(given.get(each["key"], ())) == set(each["reference"])
        for key, level in each["reference"].items()
    ]
    return Calibration(
        marked=sum(1 for each in samples if set(given.get(each["key"], ())) == set(each["reference"])),
        samples=len(samples),
        within=sum(1 for gap in gaps if abs(gap) <= CALIBRATED_WITHIN),
        criteria=len(gaps),
        mean_deviation=sum(gaps) / len(gaps) if gaps else 0.0,
    )
