"""Every address of the portal and the methods it takes, read from the URL configuration itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

TRIED = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Route:
    """One name with the methods its view takes and the parts of its address."""

    name: str
    methods: tuple[str, ...]
    parts: tuple[str, ...]

    @property
    def is_api(self) -> bool:
        """Answered by REST framework."""
        return self.name.startswith("api")


def allowed(view: Callable[..., Any] | None) -> list[str] | None:
    """What `require_http_methods` and its kin were given, looked for in each layer of decoration."""
    while view is not None:
        code, cells = getattr(view, "__code__", None), getattr(view, "__closure__", None) or ()
        names = code.co_freevars if code else ()
        for name, cell in zip(names, cells, strict=True):
            if name == "request_method_list":
                return list(cell.cell_contents)
        view = getattr(view, "__wrapped__", None)
    return None


def methods(view: Any) -> list[str]:
    """The methods of a view set, a class view, a guarded function; all of them for a bare function."""
    actions = getattr(view, "actions", None)
    if actions:
        return [name.upper() for name in actions]
    guarded = allowed(view)
    if guarded:
        return guarded
    of_class = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if of_class:
        return [name.upper() for name in of_class.http_method_names if hasattr(of_class, name)]
    return list(TRIED)


def walk(patterns: Any, namespace: str = "", parts: tuple[str, ...] = ()) -> Iterator[Route]:
    """Every pattern below these, with its full name."""
    for each in patterns:
        here = (*parts, *each.pattern.regex.groupindex)
        if isinstance(each, URLResolver):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from walk(each.url_patterns, inner, here)
        elif isinstance(each, URLPattern):
            found = set(methods(each.callback)) - {"HEAD", "OPTIONS", "TRACE"}
            name = f"{namespace}{each.name or each.pattern}"
            yield Route(name, tuple(sorted(found, key=TRIED.index)), here)


def routes() -> list[Route]:
    """Every route once (a pattern with and without a format suffix shares its name)."""
    found = {(route.name, route.methods): route for route in walk(get_resolver().url_patterns)}
    return sorted(found.values(), key=lambda route: (route.is_api, route.name))
