"""Addresses that can be opened: where somebody returns to after signing in, or keeps for later."""

from collections.abc import Callable
from typing import Any

from django.urls import Resolver404, resolve


def methods_of(view: Callable[..., Any] | None) -> list[str] | None:
    """What `require_http_methods` and its kin let through, looked for in each layer of decoration."""
    while view is not None:
        code, cells = getattr(view, "__code__", None), getattr(view, "__closure__", None) or ()
        for name, cell in zip(code.co_freevars if code else (), cells, strict=False):
            if name == "request_method_list":
                return list(cell.cell_contents)
        view = getattr(view, "__wrapped__", None)
    return None


def can_be_opened(url: str) -> bool:
    """Whether a GET of this path of the portal finds a page; one that only takes forms does not."""
    try:
        found = resolve(url.partition("?")[0].partition("#")[0])
    except Resolver404:
        return False
    methods = methods_of(found.func)
    return methods is None or "GET" in methods


def nearest_page(url: str) -> str:
    """
    The address itself, or the nearest page above it that can be opened; nothing where there is none.

    A form is sent to an address below the page it stands on, so that page is the one to return to.
    """
    if can_be_opened(url):
        return url
    path = url.partition("?")[0].partition("#")[0]
    while path.strip("/"):
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if can_be_opened(path):
            return path
    return ""
