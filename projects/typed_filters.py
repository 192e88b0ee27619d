"""
Conditions written into the text box of the backlog, beside plain words.

`phase:development -tier:high after storms`: in development, not of high risk, and these words. Several values stand
with commas between them; a minus means “not”; `OR` between two conditions asks for one of them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

TERM = re.compile(r'(?<!\S)(-?)([a-z][a-z0-9_]*):("[^"]*"|[^\s"]+)(?!\S)')
EITHER = "OR"
ALIASES = {"tier": "risk_tier", "owner": "product_owner"}


@dataclass(frozen=True)
class Term:
    """One condition as it was written; `is_not` turns it round."""

    name: str
    value: str
    is_not: bool
    written: str

    @property
    def values(self) -> list[str]:
        """Several with commas between them, for what may be one of several."""
        return [each.strip() for each in self.value.split(",") if each.strip()]


def parse(text: str, known: Callable[[str], bool]) -> tuple[list[list[Term]], str]:
    """
    The conditions whose name is known, in groups of which one must hold, and what else was written.

    An unknown name is a word like any other.
    """
    groups: list[list[Term]] = []
    words: list[str] = []
    end = 0
    for found in TERM.finditer(text):
        name, value = ALIASES.get(found[2], found[2]), found[3].strip('"').strip()
        if not value or not known(name):
            continue
        between = text[end : found.start()].strip()
        term = Term(name, value, bool(found[1]), found[0])
        if between == EITHER and groups:
            groups[-1].append(term)
        else:
            words.append(between)
            groups.append([term])
        end = found.end()
    words.append(text[end:])
    return groups, " ".join(" ".join(words).split())
