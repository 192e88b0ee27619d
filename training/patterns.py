"""Regular expressions of authors: only those that end quickly, whatever a learner writes."""

import re
from typing import Any

try:
    from re import _parser as parser  # type: ignore[attr-defined]
except ImportError:  # pragma: no cover
    parser = None

REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}
LONGEST = 200


def check(pattern: str) -> None:
    """Raise `ValueError` for a pattern that is none, or that repeats what repeats."""
    if len(pattern) > LONGEST:
        raise ValueError(f"pattern: {LONGEST} characters are the most")
    try:
        re.compile(pattern)
        tree = parser.parse(pattern)
    except re.error as problem:
        raise ValueError(f"pattern: {problem}") from None
    if repeats(tree) > 1:
        raise ValueError("pattern: a repetition within a repetition can take for ever; write it without")


def repeats(node: Any) -> int:
    """How deep open repetitions are nested."""
    deepest = 0
    for code, value in node:
        inner = max((repeats(each) for each in branches(value)), default=0)
        deepest = max(deepest, inner + (str(code) in REPEATS and value[1] > 1))
    return deepest


def branches(value: Any) -> list[Any]:
    """The patterns within an element."""
    if isinstance(value, parser.SubPattern):
        return [value]
    if isinstance(value, tuple | list):
        return [found for each in value for found in branches(each)]
    return []
