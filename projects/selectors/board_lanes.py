"""Reads for the swim-lanes of the board: every lane a row, every cell its first cards; the same few queries for any backlog."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _now, gettext_lazy as _

from portal.core.models import OrgUnit, User
from projects.models import BoardLimit, SquadMember, UseCase
from projects.selectors import backlog, boards

LANES: dict[str, Any] = {
    "squad": _("Squad lead"),
    "risk_tier": _("Risk tier"),
    "unit": _("Business line"),
    "product_owner": _("Product owner"),
}
CELL = 3
MOST_LANES = 8
NOBODY = "none"


@dataclass(frozen=True)
class Row:
    """One lane with a cell for each column."""

    key: str
    label: str
    count: int
    cells: list[boards.Lane]


@dataclass(frozen=True)
class Rows:
    """The lanes that are drawn, the fullest first, and how many are not."""

    by: str
    rows: list[Row]
    hidden: int


def keyed(rows: Any, by: str) -> Any:
    """With `lane`: what a use case is sorted by."""
    if by != "squad":
        return rows.annotate(lane=F(by))
    lead = SquadMember.objects.current().filter(use_case=OuterRef("pk"), is_lead=True)
    return rows.annotate(lane=Subquery(lead.order_by("starts_on").values("user")[:1]))


def of_lane(rows: Any, by: str, key: str) -> Any:
    """The use cases of one lane; a key that names none finds none."""
    found = keyed(rows, by)
    if key == NOBODY:
        return found.filter(lane__isnull=True)
    if by != "risk_tier" and not (key.isdecimal() and len(key) < 10):
        return found.none()
    return found.filter(lane=key)


def board(
    rows: Any,
    phases: list[str],
    by: str,
    limits: dict[str, BoardLimit],
    look: boards.Look,
) -> Rows:
    """Counts of every cell, then the first cards of those that are drawn."""
    sorted_rows = keyed(rows.filter(phase__in=phases), by)
    counted: dict[Any, dict[str, int]] = {}
    for key, phase, n in sorted_rows.order_by().values_list("lane", "phase").annotate(n=Count("pk")):
        counted.setdefault(key, {})[phase] = n
    fullest = sorted(counted, key=lambda key: (-sum(counted[key].values()), str(key)))[:MOST_LANES]
    cards = first_cards(sorted_rows, fullest, look)
    labels = names(by, fullest)
    found = [
        Row(
            NOBODY if key is None else str(key),
            labels[key],
            sum(counted[key].values()),
            [
                cell(key, phase, counted[key].get(phase, 0), cards.get((key, phase), []), limits, look)
                for phase in phases
            ],
        )
        for key in fullest
    ]
    return Rows(by, found, len(counted) - len(fullest))


def first_cards(rows: Any, keys: list[Any], look: boards.Look) -> dict[Any, list[UseCase]]:
    """The first use cases of every cell, by lane and phase."""
    among = Q(lane__in=[key for key in keys if key is not None])
    if None in keys:
        among |= Q(lane__isnull=True)
    place = Window(
        RowNumber(),
        partition_by=[F("lane"), F("phase")],
        order_by=look.order(),
    )
    placed = rows.filter(among).order_by().annotate(place=place).filter(place__lte=CELL)
    lanes = dict(placed.values_list("pk", "lane"))
    read = backlog.with_scores(UseCase.objects.filter(pk__in=lanes).for_list().order_by(*look.order()))
    found: dict[Any, list[UseCase]] = {}
    for each in read.prefetch_related("gate_plans"):
        found.setdefault((lanes[each.pk], each.phase), []).append(each)
    return found


def cell(
    key: Any, phase: str, count: int, cards: list[Any], limits: dict[str, BoardLimit], look: boards.Look
) -> boards.Lane:
    """One column of one lane."""
    limit = limits[phase].most_in_lane if phase in limits else None
    return boards.Lane(
        phase,
        UseCase.Phase(phase).label,
        UseCase.COLORS[phase],
        count,
        [boards.card(each, look) for each in cards],
        0,
        stock=count,
        limit=limit,
        key=NOBODY if key is None else str(key),
    )


def names(by: str, keys: list[Any]) -> dict[Any, str]:
    """The lanes in words; one query at most."""
    if by == "risk_tier":
        return {key: str(UseCase.Tier(key).label) for key in keys}
    known = [key for key in keys if key is not None]
    model: Any = OrgUnit if by == "unit" else User
    words = {row.pk: str(row) for row in model.objects.filter(pk__in=known)}
    if by == "squad":
        words = {key: _now("Squad of %(name)s") % {"name": name} for key, name in words.items()}
    nobody = {"squad": _now("No squad lead"), "unit": _now("No business line")}
    return {None: nobody.get(by, _now("No product owner")), **words}
