"""Reads for the groups of the table: the same rows, sorted by what they share, each group with its count and sum."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from projects.models import UseCase
from projects.selectors import board_lanes, boards

GROUPS: dict[str, Any] = {"phase": _("Phase"), **board_lanes.LANES}
ORDERED = {"phase": UseCase.Phase.values, "risk_tier": list(reversed(UseCase.Tier.values))}
NAMES = {"unit": "unit__name", "product_owner": "product_owner__display_name"}


@dataclass(frozen=True)
class Group:
    """The heading of one group."""

    label: str
    count: int
    benefit: str  # expected per year, as the reader writes figures; empty when nobody named one
    goes_on: bool  # began on a page before


def keyed(rows: Any, by: str) -> Any:
    """With `lane`: what a use case is grouped by."""
    return rows.annotate(lane=F("phase")) if by == "phase" else board_lanes.keyed(rows, by)


def sorted_by(rows: Any, by: str) -> Any:
    """Group after group, within each as before; who has none comes last."""
    found = keyed(rows, by)
    within = found.query.order_by
    if by in ORDERED:
        places = [When(lane=value, then=Value(place)) for place, value in enumerate(ORDERED[by])]
        return found.annotate(lane_place=Case(*places, default=Value(len(places)))).order_by(
            "lane_place", *within
        )
    if by == "squad":
        return found.order_by(F("lane").asc(nulls_last=True), *within)
    return found.order_by(F(NAMES[by]).asc(nulls_last=True), F("lane").asc(nulls_last=True), *within)


def headings(rows: Any, by: str, shown: list[Any], *, is_first_page: bool) -> dict[Any, Group]:
    """The headings by the key of the row they stand above; two queries."""
    counted = keyed(rows.order_by(), by).values_list("lane").annotate(n=Count("pk"), sum=Sum("rough_benefit"))
    figures = {lane: (n, total) for lane, n, total in counted.order_by()}
    labels = names(by, [each.lane for each in shown])
    found: dict[Any, Group] = {}
    before: Any = object()
    for place, each in enumerate(shown):
        if each.lane != before:
            n, total = figures.get(each.lane, (0, None))
            goes_on = place == 0 and not is_first_page
            found[each.pk] = Group(labels[each.lane], n, boards.grouped(total), goes_on)
            before = each.lane
    return found


def names(by: str, keys: list[Any]) -> dict[Any, str]:
    """The groups in words."""
    if by == "phase":
        return {key: str(UseCase.Phase(key).label) for key in keys}
    return board_lanes.names(by, list(dict.fromkeys(keys)))
