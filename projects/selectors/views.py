"""Reads for kept views."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.core.models import User
from projects.models import SavedView, ViewFollower

# Questions everybody asks; each is an address, none is a row.
BUILT_IN: list[tuple[Any, str]] = [
    (_("My use cases"), "is=mine"),
    (_("My squads"), "is=my_squads"),
    (_("Overdue"), "is=overdue"),
    (_("Silent for 30 days"), "is=stale"),
    (_("Provisional scores"), "is=provisional"),
    (_("High risk without squad lead"), "risk_tier=high&is=no_lead"),
    (_("Stopped: lessons"), "phase=stopped"),
]


def register_question(label: Any, query: str) -> None:
    """Another ready question, of an upper app; called from its `ready()`."""
    BUILT_IN.append((label, query))


@dataclass(frozen=True)
class Kept:
    """A view as its reader has it."""

    view: SavedView
    is_starred: bool
    every: str
    url: str


def shelf(user: User) -> list[Kept]:
    """The views this person sees, starred ones first; two queries."""
    mine = {each.view_id: each for each in ViewFollower.objects.filter(user=user)}
    rows = []
    for view in SavedView.objects.visible_to(user).for_list()[:200]:
        follower = mine.get(view.pk)
        rows.append(
            Kept(
                view,
                bool(follower and follower.is_starred),
                follower.every if follower else "never",
                address(view),
            )
        )
    return sorted(rows, key=lambda each: (not each.is_starred, each.view.name.lower()))


def address(view: SavedView) -> str:
    """Where the view is looked at."""
    place = {"table": "/use-cases/"}.get(view.layout, f"/use-cases/{view.layout}/")
    return f"{place}?{view.query}{'&' if view.query else ''}view={view.pk}"
