"""The result of an attempt, exact until it is stored. Knows no database."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

MOST_DOUBTS = 10


@dataclass(frozen=True)
class Mark:
    """One answer of an attempt."""

    objective: str
    score: Fraction
    is_critical: bool = False
    is_must_know: bool = False
    is_voided: bool = False


@dataclass(frozen=True)
class Grade:
    """The result of an attempt."""

    share: Fraction
    passed: bool
    per_objective: list[dict[str, Any]] = field(default_factory=list)
    must_know_missed: list[str] = field(default_factory=list)


def grade(marks: Sequence[Mark], terms: Mapping[str, int]) -> Grade:
    """
    Totals without the voided questions; passed if that, or any smaller taking out of them, passes.

    So a voided question helps or does nothing, nobody loses what was earned, and the order in which
    questions are voided does not matter.
    """
    counted = [mark for mark in marks if not mark.is_voided]
    plain = graded(counted, terms)
    passed = plain.passed or any(graded(each, terms).passed for each in readings(marks))
    return Grade(plain.share, passed, plain.per_objective, plain.must_know_missed)


def readings(marks: Sequence[Mark]) -> Iterator[list[Mark]]:
    """
    Every way to count voided questions that could help.

    Wholly right ones are kept and wrong ones taken out without harm; only those partly right are in doubt.
    """
    sure = [mark for mark in marks if not mark.is_voided or mark.score == 1]
    partly = [mark for mark in marks if mark.is_voided and 0 < mark.score < 1 and not mark.is_must_know]
    for size in range(min(len(partly), MOST_DOUBTS) + 1):
        for kept in combinations(partly, size):
            yield [*sure, *kept]


def graded(marks: Sequence[Mark], terms: Mapping[str, int]) -> Grade:
    """Pass = total ≥ the pass mark, every critical objective ≥ its mark, every must-know right."""
    total = sum((mark.score for mark in marks), Fraction(0)) / max(1, len(marks))
    by_objective: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_objective[mark.objective].append(mark)
    per_objective, critical_reached = [], True
    for code, rows in by_objective.items():
        share = sum((row.score for row in rows), Fraction(0)) / len(rows)
        is_critical = any(row.is_critical for row in rows)
        is_reached = share * 100 >= terms["critical_percent"]
        critical_reached = critical_reached and (is_reached or not is_critical)
        per_objective.append(
            {
                "objective": code,
                "questions": len(rows),
                "percent": float(as_decimal(share * 100)),
                "is_critical": is_critical,
                "is_reached": is_reached,
            }
        )
    missed = sorted({mark.objective for mark in marks if mark.is_must_know and mark.score < 1})
    passed = bool(marks) and total * 100 >= terms["pass_percent"] and critical_reached and not missed
    return Grade(total, passed, per_objective, missed)


def as_decimal(value: Fraction, places: int = 2) -> Decimal:
    """Cut, never rounded up: 69.999 is not shown as 70."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_DOWN)
