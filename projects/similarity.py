"""How alike two texts are, without a model: shared trigrams of letters and shared words."""

import re
import unicodedata
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")
WORD = re.compile(r"[a-z0-9]+")


def plain(text: str) -> str:
    """Lower case without accents."""
    return unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()


def trigrams(text: str) -> frozenset[str]:
    """Groups of three letters inside words, each word padded so that its start counts."""
    words = [word for word in WORD.findall(plain(text)) if len(word) > 2]
    return frozenset(f" {word} "[at : at + 3] for word in words for at in range(len(word)))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard's share of what both have, leaning to the shorter text: 0 nothing, 1 the same."""
    if not one or not other:
        return 0.0
    both = len(one & other)
    return 0.5 * both / len(one | other) + 0.5 * both / min(len(one), len(other))


def closest(
    text: str, candidates: Iterable[tuple[T, str]], *, limit: int, at_least: float
) -> list[tuple[T, float]]:
    """The candidates most like `text`, best first."""
    wanted = trigrams(text)
    scored = [(thing, likeness(wanted, trigrams(other))) for thing, other in candidates]
    return sorted((pair for pair in scored if pair[1] >= at_least), key=lambda pair: -pair[1])[:limit]
