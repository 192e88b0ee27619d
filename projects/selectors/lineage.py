"""What something was made from and what was made from it: only what the reader sees, and only through what they see."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from portal.core.models import User
from projects import shelves

Knot = tuple[str, Any]
Ends = Callable[[list[Any]], Any]
FARTHEST = 3
MOST = 40


@dataclass(frozen=True)
class Node:
    """One thing of the lineage, as the page and the API show it."""

    kind: str
    key: str
    label: Any
    title: str
    icon: str
    url: str


@dataclass(frozen=True)
class Line:
    """What stands above (`sources`, the nearest first) and below (`made`); `is_cut` where there is more than shown."""

    sources: list[list[Node]] = field(default_factory=list)
    made: list[list[Node]] = field(default_factory=list)
    is_cut: bool = False

    @property
    def users(self) -> list[Node]:
        """What was made directly from it."""
        return self.made[0] if self.made else []


def lineage(code: str, key: Any, user: User, *, steps: int = 2) -> Line:
    """So many steps in both directions, in a number of queries that does not depend on how much there is."""
    up, cut_up = walked((code, key), user, steps=min(steps, FARTHEST), is_up=True)
    down, cut_down = walked((code, key), user, steps=min(steps, FARTHEST), is_up=False)
    return Line(up, down, cut_up or cut_down)


def walked(start: Knot, user: User, *, steps: int, is_up: bool) -> tuple[list[list[Node]], bool]:
    """Level by level, through what the reader sees; what was met already is not met again."""
    met, edge, levels, is_cut = {start}, {start}, [], False
    for _step in range(steps):
        found, is_more = next_to(edge, user, is_up=is_up)
        seen = nodes(found - met, user)
        is_cut = is_cut or is_more
        if not seen:
            break
        met |= set(seen)
        levels.append(sorted(seen.values(), key=lambda each: (each.kind, each.title.casefold(), each.key)))
        edge = set(seen)
    return levels, is_cut


def next_to(knots: set[Knot], user: User, *, is_up: bool) -> tuple[set[Knot], bool]:
    """One step up or down from all of these: a query for each kind of edge that begins there; whether there is more."""
    keys: dict[str, list[Any]] = defaultdict(list)
    for code, key in knots:
        keys[code].append(key)
    found: set[Knot] = set()
    is_more = False
    for here, there, ends in ends_of_edges(user, is_up=is_up):
        if here in keys:
            listed = list(ends(keys[here])[: MOST + 1])
            is_more = is_more or len(listed) > MOST
            found |= {(there, key) for key in listed[:MOST]}
    return found, is_more


def ends_of_edges(user: User, *, is_up: bool) -> list[tuple[str, str, Ends]]:
    """For each kind of edge: where it begins, where it leads, and the keys there that the reader sees."""
    made: list[tuple[str, str, Ends]] = []
    for edge in shelves.edges():
        here, there = (edge.made, edge.source) if is_up else (edge.source, edge.made)
        near, far = (edge.made_path, edge.source_path) if is_up else (edge.source_path, edge.made_path)
        if kind := shelves.kind(there):
            rows = edge.rows().filter(**{f"{far}__in": kind.seen(user).order_by().values("pk")}).order_by()
            made.append((here, there, partial(ends_from, rows, near, far)))
    return made


def ends_from(rows: Any, near: str, far: str, keys: list[Any]) -> Any:
    """The far ends of the edges that begin at these keys, each once."""
    return rows.filter(**{f"{near}__in": keys}).values_list(far, flat=True).distinct()


def reuse(code: str, key: Any, user: User) -> int:
    """How many things that the reader sees were made directly from it."""
    found = [ends([key]) for here, _there, ends in ends_of_edges(user, is_up=False) if here == code]
    return sum(each.count() for each in found)


def made_of(code: str, user: User) -> Any:
    """The same count as an expression over rows of this kind, for sorting by it."""
    total: Any = Value(0)
    for edge in shelves.edges():
        kind = shelves.kind(edge.made)
        if edge.source == code and kind:
            # Asked row by row: a list of all that is seen would be walked through for each of the things.
            seen = Exists(kind.seen(user).order_by().filter(pk=OuterRef(edge.made_path)))
            rows = edge.rows().filter(seen, **{edge.source_path: OuterRef("pk")}).order_by()
            counted = (
                rows.annotate(one=Value(1)).values("one").annotate(n=Count(edge.made_path, distinct=True))
            )
            total += Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0)
    return total


def nodes(knots: set[Knot], user: User) -> dict[Knot, Node]:
    """Those of them that the reader sees: a query for each kind."""
    keys: dict[str, list[Any]] = defaultdict(list)
    for code, key in knots:
        keys[code].append(key)
    found: dict[Knot, Node] = {}
    for code, wanted in keys.items():
        kind = shelves.kind(code)
        for thing in kind.seen(user).filter(pk__in=wanted) if kind else []:
            found[code, thing.pk] = node(kind, thing)
    return found


def node(kind: Any, thing: Any) -> Node:
    """One thing by its name and its page."""
    is_artifact = kind.code == "artifact"
    icon, label = (thing.icon, thing.get_kind_display()) if is_artifact else (kind.icon, kind.label)
    return Node(kind.code, str(thing.pk), label, str(thing), icon, kind.url(thing.pk))
