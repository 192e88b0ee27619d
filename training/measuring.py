"""How good questions and exams measure: exact definitions, no database."""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from statistics import fmean, pvariance
from typing import Any

from training import scoring

FEWEST_ATTEMPTS = 30
EASY, HARD, WEAK = 0.90, 0.30, 0.20
CERTAINTY = {"low": (1, 0), "mid": (2, -2), "high": (3, -6)}
MUCH_CHANCE = 0.30


def certainty_mark(score: Fraction, certainty: str) -> int:
    """Right +1, +2, +3 and wrong 0, −2, −6; mid pays from two thirds on, high from four fifths."""
    right, wrong = CERTAINTY[certainty]
    return right if score == 1 else wrong


def corrected(share: float, chance: float) -> float:
    """(s − g) / (1 − g): what remains of a result when guessing is taken out. 0 is a guesser."""
    return (share - chance) / (1 - chance) if chance < 1 else 0.0


def facility(scores: Sequence[float]) -> float | None:
    """Mean share of the points."""
    return fmean(scores) if scores else None


def discrimination(scores: Sequence[float], rests: Sequence[float]) -> float | None:
    """Correlation of the item with the rest of the test; nothing where one of them does not vary."""
    if len(scores) < 2:  # noqa: PLR2004
        return None
    mean_score, mean_rest = fmean(scores), fmean(rests)
    together = sum((a - mean_score) * (b - mean_rest) for a, b in zip(scores, rests, strict=True))
    spread = math.sqrt(sum((a - mean_score) ** 2 for a in scores) * sum((b - mean_rest) ** 2 for b in rests))
    return together / spread if spread > 1e-12 else None


def cronbach(rows: Sequence[Sequence[float]]) -> float | None:
    """k/(k−1) · (1 − Σσᵢ²/σ²) over people (rows) and parts of the test (columns)."""
    if len(rows) < 2 or len(rows[0]) < 2:  # noqa: PLR2004
        return None
    parts = len(rows[0])
    total = pvariance([sum(row) for row in rows])
    if total <= 1e-12:  # noqa: PLR2004
        return None
    within = sum(pvariance([row[n] for row in rows]) for n in range(parts))
    return parts / (parts - 1) * (1 - within / total)


def standard_error(totals: Sequence[float], alpha: float | None) -> float | None:
    """σ·√(1−α): how far a result may lie from the one a person deserves."""
    if alpha is None or len(totals) < 2:  # noqa: PLR2004
        return None
    return math.sqrt(pvariance(totals)) * math.sqrt(max(0.0, 1 - min(1.0, alpha)))


def flaws(
    *, attempts: int, facility: float | None, discrimination: float | None, unpicked: bool, misleading: bool
) -> list[str]:
    """What asks for repair, once enough people have answered."""
    if attempts < FEWEST_ATTEMPTS or facility is None:
        return []
    found = ["too_hard"] if facility < HARD else ["too_easy"] if facility > EASY else []
    if discrimination is not None and discrimination < WEAK:
        found.append("weak")
    if unpicked:
        found.append("unpicked")
    if misleading:
        found.append("misleading")
    return found


def guess(kind: str, content: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    """What somebody answers who knows nothing; numbers and words are not guessed."""
    return GUESSES[kind](content, chance) if kind in GUESSES else {}


def guess_gaps(content: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    """The gaps that offer options."""
    gaps = [gap for gap in content["gaps"] if "options" in gap]
    return {"gaps": {gap["key"]: one_of(chance, gap["options"]) for gap in gaps}}


def guess_order(content: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    """Any order."""
    keys = [each["key"] for each in content["items"]]
    return {"places": dict(zip(keys, chance.sample(range(1, len(keys) + 1), len(keys)), strict=True))}


def one_of(chance: random.Random, parts: Sequence[Mapping[str, Any]]) -> str:
    """One key."""
    return str(chance.choice(list(parts))["key"])


def some_of(chance: random.Random, keys: Sequence[str]) -> list[str]:
    """A random set that is not empty."""
    while True:
        chosen = [key for key in keys if chance.random() < 0.5]  # noqa: PLR2004
        if chosen:
            return chosen


GUESSES: dict[str, Callable[[Mapping[str, Any], random.Random], dict[str, Any]]] = {
    "single": lambda content, chance: {"choice": one_of(chance, content["options"])},
    "multiple": lambda content, chance: {"choices": some_of(chance, [o["key"] for o in content["options"]])},
    "table": lambda content, chance: {
        "cells": some_of(chance, [cell["key"] for row in content["rows"] for cell in row["cells"]])
    },
    "ordering": guess_order,
    "matching": lambda content, chance: {
        "pairs": {each["key"]: one_of(chance, content["targets"]) for each in content["items"]}
    },
    "true_false": lambda content, chance: {
        "value": chance.choice([True, False]),
        "reason": one_of(chance, content["options"]),
    },
    "gaps": guess_gaps,
    "case": lambda content, chance: {
        "items": {each["key"]: guess(each["kind"], each["content"], chance) for each in content["items"]}
    },
}


def guessers(
    kind: str, content: Mapping[str, Any], key: Mapping[str, Any], *, people: int = 1000
) -> list[float]:
    """The scores of so many random guessers, the same at every call."""
    chance = random.Random(f"{kind}-{people}")  # nosec B311  a simulation, not a secret
    return [float(scoring.score(kind, guess(kind, content, chance), key)) for _each in range(people)]
