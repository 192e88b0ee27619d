"""
The kinds of things the library knows, how one lists them, and what is made of what.

Each app registers its own kinds in `ready()`: a lower storey cannot know the models of an upper one. A kind with
`rows` stands on the library page; every kind may be a knot of the lineage. Edges lead from what was made to what it
was made from. Nothing here answers for visibility but `seen`: knots a person does not see are never walked through.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse


@dataclass(frozen=True)
class Origin:
    """What something passes on to what is made from it: its class, and the use case it may not leave."""

    classification: str
    use_case: Any = None
    is_sandbox: bool = False


@dataclass(frozen=True)
class Kind:
    """
    A kind of thing.

    `every()` are all there are, `seen(user)` those a person sees, `usable(user)` those they may take into their
    own work where these are fewer; `named(user)` those that are searched by words where something is chosen, with
    `lib_title`, `lib_words` and `lib_at`, though they stand on no page of the library; `rows(user)` the same with `lib_title`, `lib_words`,
    `lib_class`, `lib_case`, `lib_owner` and `lib_at` for the library, `form` the column that tells them apart further
    and `says(form)` what the library then says instead of the words; `origin(thing)` is what it passes on, where
    artifacts may be made from it.
    """

    code: str
    label: Any
    icon: str
    route: str
    every: Callable[[], QuerySet[Any]]
    seen: Callable[[Any], QuerySet[Any]]
    rows: Callable[[Any], QuerySet[Any]] | None = None
    origin: Callable[[Any], Origin] | None = None
    form: str = ""
    usable: Callable[[Any], QuerySet[Any]] | None = None
    says: Callable[[str], Any] | None = None
    named: Callable[[Any], QuerySet[Any]] | None = None

    def used(self, user: Any) -> QuerySet[Any]:
        """Those a person may take into their own work."""
        return (self.usable or self.seen)(user)

    def url(self, key: object) -> str:
        """The page of one of them."""
        return reverse(self.route, args=[key])


@dataclass(frozen=True)
class Edge:
    """How things of one kind are made from things of another: rows, and the paths in them to either end."""

    made: str
    source: str
    rows: Callable[[], QuerySet[Any]]
    made_path: str
    source_path: str


_kinds: dict[str, Kind] = {}
_edges: list[Edge] = []


def register(*kinds: Kind) -> None:
    """Put kinds on the shelves, in this order."""
    _kinds.update({each.code: each for each in kinds})


def join(*edges: Edge) -> None:
    """Say how kinds are made from each other."""
    known = {(each.made, each.source) for each in _edges}
    _edges.extend(each for each in edges if (each.made, each.source) not in known)


def kinds() -> list[Kind]:
    """All of them."""
    return list(_kinds.values())


def shelf() -> list[Kind]:
    """Those that stand on the library page."""
    return [each for each in _kinds.values() if each.rows]


def sources() -> list[Kind]:
    """Those an artifact may be made from."""
    return [each for each in _kinds.values() if each.origin]


def kind(code: str) -> Kind | None:
    """The kind with this code, if there is one."""
    return _kinds.get(code)


def edges() -> list[Edge]:
    """All of them."""
    return list(_edges)
