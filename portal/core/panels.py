"""The only registry: upper apps put panels on the pages of lower apps."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.urls import reverse


@dataclass(frozen=True)
class Panel:
    """A fragment drawn by htmx from `url_name` (called with the object's key) under `title`."""

    url_name: str
    title: Any
    order: int

    def url(self, key: object) -> str:
        """Where the fragment for the object with this key is served."""
        return reverse(self.url_name, args=[key])


_panels: dict[str, list[Panel]] = defaultdict(list)


def register(place: str, *, url_name: str, title: Any, order: int) -> None:
    """Add a panel to `place` (a noun such as "use_case"); called from an app's `ready()`."""
    panel = Panel(url_name, title, order)
    if panel not in _panels[place]:
        _panels[place] = sorted([*_panels[place], panel], key=lambda each: each.order)


def panels(place: str) -> list[Panel]:
    """The panels of a place, in order."""
    return list(_panels[place])
