"""The only registry: upper apps put panels on the pages of lower apps, and say what an object has become there."""

from collections import defaultdict
from collections.abc import Callable, Iterable
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


@dataclass(frozen=True)
class Sequel:
    """What an object of a lower app has become in an upper one: its name there, and its page."""

    label: str
    url: str


# From a user and keys of objects to the sequels that exist and the user may see, in a constant number of queries.
Find = Callable[[Any, list[Any]], dict[Any, Sequel]]
_sequels: dict[str, Find] = {}


def register_sequels(noun: str, find: Find) -> None:
    """Say how to find what objects of this noun have become; called from an app's `ready()`."""
    _sequels[noun] = find


def sequels(noun: str, user: Any, keys: Iterable[Any]) -> dict[Any, Sequel]:
    """By key, what these objects have become; empty where no upper app says so."""
    find = _sequels.get(noun)
    return find(user, list(keys)) if find else {}
