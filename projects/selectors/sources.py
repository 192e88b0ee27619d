"""What an artifact can be made from: things by the addresses of their pages, and a search among what one may use."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import Resolver404, resolve

from portal.core.models import User
from projects import shelves
from projects.selectors.library import with_words
from projects.selectors.lineage import Node, node, nodes

PATH = re.compile(r"^(?:https?://[^/\s]+)?(/\S+?)(?:[?#]\S*)?$")
FEW, MOST = 6, 20


@dataclass(frozen=True)
class Picked:
    """What is chosen, and the addresses that lead to nothing one sees."""

    chosen: list[Node]
    rest: str


def source_at(line: str) -> tuple[str, UUID] | None:
    """The thing on the page with this address."""
    parts = PATH.match(line)
    try:
        match = resolve(parts[1]) if parts else None
    except Resolver404:
        match = None
    if match is None:
        return None
    routes = {each.route: each.code for each in shelves.sources()}
    key = match.kwargs.get("pk")
    return (routes[match.view_name], key) if match.view_name in routes and isinstance(key, UUID) else None


def picked(user: User, text: str) -> Picked:
    """The things on the pages with these addresses, one a line, as far as the person sees them."""
    named = {line: source_at(line) for line in text.split()[: MOST + 5]}
    seen = nodes({each for each in named.values() if each}, user)
    chosen = [seen[each] for each in dict.fromkeys(named.values()) if each in seen]
    rest = "\n".join(line for line, each in named.items() if each not in seen)
    return Picked(chosen, rest)


def offered(user: User, words: str, chosen: list[Node]) -> list[Node]:
    """Things that one may take into one's own work, whose title or description holds the words; a few of each kind."""
    found: list[Node] = []
    taken = {each.key for each in chosen}
    for kind in shelves.sources():
        if (named := kind.named or kind.rows) and words.strip():
            used: Any = kind.used(user).order_by().values("pk")
            rows = with_words(named(user).filter(pk__in=used), words).order_by("-lib_at", "pk")
            found += [node(kind, thing) for thing in rows.exclude(pk__in=taken)[:FEW]]
    return found
