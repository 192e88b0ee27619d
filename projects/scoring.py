"""Value, feasibility, risk, confidence and priority of a use case: pure functions over levels."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from projects import rubric
from projects.rubric import STANDARD, Rubric

Levels = Mapping[str, float]
Evidence = Mapping[str, str]
UNKNOWN_RISK = 3  # a risk nobody has looked at counts as middling


@dataclass(frozen=True)
class Score:
    """The figures of one card; an axis nobody assessed is `None`, and so is a priority that needs it."""

    value: float | None
    feasibility: float | None
    risk: float
    confidence: float | None
    priority: float | None
    coverage: float

    @property
    def is_provisional(self) -> bool:
        """Too little was assessed to pass a gate with it."""
        return self.coverage < rubric.PROVISIONAL_BELOW


@dataclass(frozen=True)
class Raise:
    """One level more (for a risk: less) on `code` lifts the priority by `gain`."""

    code: str
    to_level: float
    gain: float


@dataclass(frozen=True)
class Agreement:
    """What several votes come to, per criterion."""

    levels: dict[str, float]
    evidence: dict[str, str]
    spread: dict[str, float]

    @property
    def widest(self) -> float:
        """The largest distance between two votes."""
        return max(self.spread.values(), default=0)


def unit(level: float) -> float:
    """A level from 1 to 5 as a number from 0 to 1."""
    return (level - 1) / 4


def weight(axis: str, levels: Levels, by: Rubric = STANDARD) -> int:
    """The weight of what was assessed on an axis."""
    return sum(each.weight for each in by.of(axis) if each.code in levels)


def axis_coverage(axis: str, levels: Levels, by: Rubric = STANDARD) -> float:
    """Share of an axis that was assessed, by weight."""
    return weight(axis, levels, by) / sum(each.weight for each in by.of(axis))


def axis_score(axis: str, levels: Levels, by: Rubric = STANDARD) -> float | None:
    """Weighted mean of an axis from 0 to 100 over what was assessed."""
    assessed = weight(axis, levels, by)
    if not assessed:
        return None
    return (
        100
        * sum(each.weight * unit(levels[each.code]) for each in by.of(axis) if each.code in levels)
        / assessed
    )


def risk_score(levels: Levels, by: Rubric = STANDARD) -> float:
    """Half the worst dimension, half the weighted mean, so that one severe risk is not diluted."""
    units = [(each.weight, unit(levels.get(each.code, UNKNOWN_RISK))) for each in by.of("risk")]
    mean = sum(weight * u for weight, u in units) / sum(weight for weight, _u in units)
    return 100 * (0.5 * max(u for _weight, u in units) + 0.5 * mean)


def residual_risk(risk: float, controls: Sequence[float]) -> float:
    """What is left after evidenced controls (0.1, 0.2 or 0.3 each), never below a fifth."""
    return max(risk * math.prod(1 - effect for effect in controls), 0.2 * risk)


def confidence(levels: Levels, evidence: Evidence, by: Rubric = STANDARD) -> float | None:
    """Weighted strength of the evidence behind value and feasibility; none given counts as opinion."""
    assessed = [each for each in by.criteria if each.axis != "risk" and each.code in levels]
    if not assessed:
        return None
    strength = sum(each.weight * rubric.EVIDENCE[evidence.get(each.code, "opinion")] for each in assessed)
    return strength / sum(each.weight for each in assessed)


def priority(
    value: float | None,
    feasibility: float | None,
    risk: float,
    sure: float | None,
    *,
    aversion: float = rubric.RISK_AVERSION,
) -> float | None:
    """P = sqrt(V F) (0.5 + 0.5 C) (1 - lambda R / 100), from 0 to 100."""
    if value is None or feasibility is None or sure is None:
        return None
    return math.sqrt(value * feasibility) * (0.5 + 0.5 * sure) * (1 - aversion * risk / 100)


def score(levels: Levels, evidence: Evidence, by: Rubric = STANDARD) -> Score:
    """All figures of one card; levels of codes that the rubric does not ask for count for nothing."""
    value, feasibility = axis_score("value", levels, by), axis_score("feasibility", levels, by)
    risk, sure = risk_score(levels, by), confidence(levels, evidence, by)
    covered = min(axis_coverage(axis, levels, by) for axis in rubric.AXES)
    first = priority(value, feasibility, risk, sure, aversion=by.aversion)
    return Score(value, feasibility, risk, sure, first, covered)


def what_would_raise_it(
    levels: Levels, evidence: Evidence, by: Rubric = STANDARD, *, limit: int = 3
) -> list[Raise]:
    """Try every criterion one level better and keep those that lift the priority most."""
    now = score(levels, evidence, by).priority
    if now is None:
        return []
    found, known = [], by.by_code
    for code, level in levels.items():
        if code not in known:
            continue
        step = -1 if known[code].axis == "risk" else 1
        better = min(max(level + step, 1), 5)
        then = score({**levels, code: better}, evidence, by).priority
        if then is not None and then - now > 1e-9:
            found.append(Raise(code, better, then - now))
    return sorted(found, key=lambda each: (-each.gain, each.code))[:limit]


def agree(votes: Sequence[tuple[Levels, Evidence]], by: Rubric = STANDARD) -> Agreement:
    """Median level, the more careful of the middle evidence levels, and the spread of each criterion."""
    levels: dict[str, float] = {}
    evidence: dict[str, str] = {}
    spread: dict[str, float] = {}
    strengths = list(rubric.EVIDENCE)
    for criterion in by.criteria:
        code = criterion.code
        given = [(vote[code], proof.get(code, "opinion")) for vote, proof in votes if code in vote]
        if given:
            levels[code] = statistics.median(level for level, _proof in given)
            spread[code] = max(level for level, _proof in given) - min(level for level, _proof in given)
            evidence[code] = strengths[
                statistics.median_low(strengths.index(proof) for _level, proof in given)
            ]
    return Agreement(levels, evidence, spread)
