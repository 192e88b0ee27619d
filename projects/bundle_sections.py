"""
What a bundle of a whole use case is made of: each app says what it adds, file by file, as the taker may.

A section is a function that is given the use case, the person and a `Collector`; it is registered in the
`ready()` of its app. Paths inside a bundle are ours, never a person's words.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from portal.core.models import User
from portal.core.verdicts import Verdict
from projects.models import UseCase

FORMAT = "agora-project-bundle"
FORMAT_VERSION = 1
PATH = re.compile(r"[A-Za-z0-9_]+(/[a-z0-9_]+){0,3}(\.[a-z0-9]+){1,2}")


@dataclass(frozen=True)
class Piece:
    """One file: its words, or the digest of what the file store holds."""

    path: str
    content: bytes = b""
    stored: str = ""


@dataclass
class Collector:
    """Gathers files, what was left out with its reason, and the keys of what has a rule of its own."""

    pieces: dict[str, Piece] = field(default_factory=dict)
    left_out: list[dict[str, str]] = field(default_factory=list)
    ruled: dict[str, list[str]] = field(default_factory=lambda: {"dataset_version": [], "trial": []})

    def words(self, path: str, text: str | bytes) -> None:
        """A text file."""
        self._keep(Piece(path, content=text.encode() if isinstance(text, str) else text))

    def facts(self, path: str, content: Any) -> None:
        """A JSON file, the same for the same content."""
        text = json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1, sort_keys=True)
        self.words(path, text + "\n")

    def stored(self, path: str, digest: str, *, kind: str, key: object) -> None:
        """A file of the file store; `kind` and `key` name the thing whose rule allows it."""
        self._keep(Piece(path, stored=digest))
        self.ruled[kind].append(str(key))

    def leave_out(self, what: str, verdict: Verdict) -> None:
        """Say what is not in it, and why."""
        row = {"what": what, "reason": str(verdict.reason), "remedy": str(verdict.remedy)}
        if row not in self.left_out:
            self.left_out.append(row)

    def _keep(self, piece: Piece) -> None:
        if not PATH.fullmatch(piece.path) or piece.path in self.pieces:
            raise ValueError(f"not a path of a bundle, or taken: {piece.path}")
        self.pieces[piece.path] = piece


Fill = Callable[[UseCase, User, Collector], None]
_sections: dict[str, Fill] = {}


def register(name: str, fill: Fill) -> None:
    """Add what an app puts into a bundle; called from its `ready()`."""
    _sections[name] = fill


def collect(use_case: UseCase, person: User) -> Collector:
    """Everything of a use case that this person may take, in the order of the names of the sections."""
    found = Collector()
    for name in sorted(_sections):
        _sections[name](use_case, person, found)
    return found


def named(person: User | None) -> str | None:
    """People leave the portal as their displayed name: no address, no key."""
    return None if person is None else str(person)


def row(thing: Model, *fields: str, people: Iterable[str] = ()) -> dict[str, Any]:
    """Fields of a row as they stand; those of `people` by name."""
    found = {name: getattr(thing, name) for name in fields}
    return found | {name: named(getattr(thing, name)) for name in people}
