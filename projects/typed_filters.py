"""Conditions written into the text box of the backlog, beside plain words: `phase:development -tier:high after storms`."""

import re
from collections.abc import Callable
from dataclasses import dataclass

TERM = re.compile(r'(?<!\S)(-?)([a-z][a-z0-9_]*):("[^"]*"|[^\s"]+)(?!\S)')
ALIASES = {"tier": "risk_tier", "owner": "product_owner", "po": "product_owner"}


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


def parse(text: str, known: Callable[[str], bool]) -> tuple[list[Term], str]:
    """The conditions whose name is known, and what else was written; an unknown name is a word like any other."""
    terms: list[Term] = []

    def taken(found: re.Match[str]) -> str:
        name = ALIASES.get(found[2], found[2])
        value = found[3].strip('"').strip()
        if not value or not known(name):
            return found[0]
        terms.append(Term(name, value, bool(found[1]), found[0]))
        return ""

    rest = TERM.sub(taken, text)
    return terms, " ".join(rest.split())
