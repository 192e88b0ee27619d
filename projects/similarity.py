"""
How alike two texts are, without a model: the share of trigrams they have in common.

The definition is the one of PostgreSQL's `pg_trgm` (https://www.postgresql.org/docs/current/pgtrgm.html):
each word is padded with two spaces before and one after, a text is the set of the groups of three letters
of its words, and the likeness of two texts is the size of what both have over the size of what either has
(Jaccard). `plain` leaves nothing but ASCII letters, digits and spaces, so both give the same on every
database and under every locale.
"""

import re
import unicodedata
from dataclasses import dataclass

WORD = re.compile(r"[a-z0-9]+")
JOINED = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})
# The beginning of a text says what it is about; a longer one would only share the commonest trigrams with all others.
MOST_CHARACTERS = 400


@dataclass(frozen=True)
class Compared:
    """What is compared of a use case, both plain: its title, and title and problem together."""

    title: str
    whole: str


def plain(text: str) -> str:
    """Words in lower case without accents, one space between them."""
    letters = unicodedata.normalize("NFKD", text.lower().translate(JOINED)).encode("ascii", "ignore").decode()
    return " ".join(WORD.findall(letters))


def compared(title: str, problem: str = "") -> Compared:
    """What is compared of a use case, or of what somebody types."""
    return Compared(plain(title)[:MOST_CHARACTERS], plain(f"{title} {problem}")[:MOST_CHARACTERS])


def trigrams(text: str) -> frozenset[str]:
    """
    The trigrams of a plain text.

    >>> sorted(trigrams("cat"))
    ['  c', ' ca', 'at ', 'cat']
    """
    return frozenset(f"  {word} "[at : at + 3] for word in text.split() for at in range(len(word) + 1))


def share(one: frozenset[str], other: frozenset[str]) -> float:
    """
    What both have over what either has: 0 nothing, 1 the same.

    >>> share(trigrams("hail claim"), trigrams("hail claims"))
    0.7692307692307693
    """
    return len(one & other) / len(one | other) if one and other else 0.0


def likeness(wanted: frozenset[str], other: Compared) -> float:
    """
    How alike what is looked for is to a use case: to its title or to all of it, whichever is more.

    A few words typed are like a title, a whole proposal is like a whole use case.
    """
    return max(share(wanted, trigrams(other.title)), share(wanted, trigrams(other.whole)))
