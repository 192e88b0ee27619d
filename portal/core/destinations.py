"""Where a notice or a job leads, and whether that is still there: what was discarded, cleared or deleted has no page."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from django.utils.translation import gettext_noop as N_

GONE = N_("The page this led to is no longer there, or no longer open to you.")
# From a user to the rows whose page opens for them: what the page itself asks.
Seen = Callable[[Any], Any]
_pages: dict[str, Seen] = {}


def register(seen: Seen, *url_names: str) -> None:
    """
    Say that these pages show one row of `seen(user)`, named by `pk`; called from an app's `ready()`.

    Only for rows that can go away: all other addresses are taken for good.
    """
    _pages.update(dict.fromkeys(url_names, seen))


def gone(user: Any, urls: Iterable[str]) -> set[str]:
    """Those of the addresses whose page does not open for the user any more; one question for each kind of row."""
    asked: dict[Seen, dict[str, str]] = defaultdict(dict)
    for url in set(urls):
        try:
            found = resolve(urlsplit(url).path)
        except (Resolver404, ValueError):  # of another portal, or no address at all
            continue
        if (seen := _pages.get(found.view_name)) and "pk" in found.kwargs:
            asked[seen][url] = str(found.kwargs["pk"])
    lost: set[str] = set()
    for seen, keys in asked.items():
        there = {
            str(key) for key in seen(user).filter(pk__in=set(keys.values())).values_list("pk", flat=True)
        }
        lost |= {url for url, key in keys.items() if key not in there}
    return lost
