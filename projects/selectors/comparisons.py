"""Reads for the matrix and for use cases side by side."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy as _later

from projects import rubric
from projects.models import ScoreCard, UseCase
from projects.selectors import backlog, cuts, rubrics
from projects.selectors.boards import LETTERS

MOST = 4
BUBBLES = 200
UNSCORED = 20


@dataclass(frozen=True)
class Matrix:
    """Bubbles by tier, those without a score, and how many there are in all."""

    spec: dict[str, Any] | None
    rows: list[dict[str, Any]]
    unscored: list[UseCase]
    scored_count: int
    unscored_count: int
    unplaced: int  # lack a figure along one of the axes
    across: cuts.Cut
    up: cuts.Cut
    corners: cuts.Corners

    @property
    def lines(self) -> tuple[cuts.Cut, cuts.Cut]:
        """Both lines."""
        return self.across, self.up

    @property
    def problems(self) -> list[str]:
        """What is wrong with the lines asked for."""
        return [each.problem for each in self.lines if each.problem]

    @property
    def hidden(self) -> int:
        """Scored ones that are not looked at, because they are too many."""
        return self.scored_count - len(self.rows) - self.unplaced


# What may stand along an axis: a label, and the figure of a use case with its agreed card.
AXES: dict[str, tuple[Any, Callable[[Any, ScoreCard], float | None]]] = {
    "value": (_later("Value"), lambda case, card: card.value),
    "feasibility": (_later("Feasibility"), lambda case, card: card.feasibility),
    "risk": (_later("Risk"), lambda case, card: card.risk),
    "confidence": (
        _later("Confidence (%)"),
        lambda case, card: None if card.confidence is None else 100 * card.confidence,
    ),
    "priority": (_later("Priority"), lambda case, card: case.priority),
    "effort": (_later("Person-months"), lambda case, card: backlog.effort_of(case)),
    "benefit": (_later("Yearly benefit (€)"), lambda case, card: case.rough_benefit),
}
USUAL = ("feasibility", "value")


def matrix(found: Any, across: str = "", up: str = "", cut_x: str = "", cut_y: str = "") -> Matrix:
    """
    The most promising `BUBBLES` with an agreed score, along the axes asked for (`USUAL` where they make no sense).

    Two lines cut the corners; `cut_x` and `cut_y` say where.
    """
    axes = (across if across in AXES else USUAL[0], up if up in AXES else USUAL[1])
    open_ones = found.filter(phase__in=backlog.OPEN)
    scored = open_ones.filter(priority__isnull=False)
    looked_at = list(backlog.with_scores(scored)[:BUBBLES])
    rows = [row for each in looked_at if (row := bubble(each, axes))]
    labels = [str(AXES[axis][0]) for axis in axes]
    upright = cuts.cut("cut_x", axes[0], labels[0], cut_x, [row["at"][0] for row in rows])
    level = cuts.cut("cut_y", axes[1], labels[1], cut_y, [row["at"][1] for row in rows])
    corners = cuts.corners(*labels, is_usual=axes == USUAL)
    for row in rows:
        x, y = row["at"]
        row["quadrant"] = corners.of(is_up=y >= level.at, is_right=x >= upright.at)
    unscored = open_ones.filter(priority__isnull=True)
    return Matrix(
        spec(rows, axes) if rows else None,
        rows,
        list(unscored[:UNSCORED]),
        scored.count(),
        unscored.count(),
        len(looked_at) - len(rows),
        upright,
        level,
        corners,
    )


def bubble(use_case: UseCase, axes: tuple[str, str]) -> dict[str, Any] | None:
    """Where one stands; nothing without both axes."""
    card = backlog.card_of(use_case)
    if card is None or card.value is None or card.feasibility is None:
        return None
    across, up = (AXES[axis][1](use_case, card) for axis in axes)
    if across is None or up is None:
        return None
    effort = backlog.effort_of(use_case)
    return {
        "use_case": use_case,
        "at": [round(across, 1), round(up, 1)],
        "opacity": round(0.35 + 0.6 * min(max(card.confidence or 0, 0), 1), 2),
        "value": card.value,
        "feasibility": card.feasibility,
        "effort": effort,
        "tier": use_case.risk_tier,
        "letter": LETTERS[use_case.risk_tier],
        "is_provisional": (card.coverage or 0) < rubric.PROVISIONAL_BELOW,
    }


def size(effort: float | None) -> float:
    """Diameter: the area grows with the person-months; without an estimate it is small."""
    return 9 if effort is None else min(12 + 6 * math.sqrt(effort), 48)


def spec(rows: list[dict[str, Any]], axes: tuple[str, str]) -> dict[str, Any]:
    """
    One series per tier, so that each has a colour and a shape of its own; the letter is on the label.

    The area is the effort, and the fainter a bubble, the weaker is the evidence behind its score.
    """
    across, up = (str(AXES[axis][0]) for axis in axes)
    series = []
    for tier, label in UseCase.Tier.choices:
        mine = [row for row in rows if row["tier"] == tier]
        if mine:
            series.append(
                {
                    "name": f"{LETTERS[tier]} · {label}",
                    "values": [row["at"] for row in mine],
                    "opacities": [row["opacity"] for row in mine],
                    "sizes": [size(row["effort"]) for row in mine],
                    "labels": [f"{row['letter']} {row['use_case'].ref}" for row in mine],
                    "keys": [str(row["use_case"].pk) for row in mine],
                }
            )
    return {"kind": "scatter", "x": [], "series": series, "x_label": across, "y_label": up}


@dataclass(frozen=True)
class Line:
    """One row of the comparison; `differs` marks where they part."""

    label: Any
    cells: list[str]
    best: set[int] = field(default_factory=set)
    hint: Any = ""

    @property
    def marked(self) -> list[tuple[str, bool]]:
        """Cells with whether each is the best."""
        return [(cell, place in self.best) for place, cell in enumerate(self.cells)]


@dataclass(frozen=True)
class Comparison:
    """Use cases side by side."""

    use_cases: list[UseCase]
    summary: list[Line]
    axes: list[tuple[Any, list[Line]]]


def compare(chosen: list[Any]) -> Comparison:
    """Facts, figures and every criterion with its level."""
    cards = [backlog.card_of(each) for each in chosen]
    lines = [
        facts(_("Phase"), [each.get_phase_display() for each in chosen]),
        facts(_("Product owner"), [str(each.product_owner or "–") for each in chosen]),
        facts(_("Business line"), [str(each.unit or "–") for each in chosen]),
        facts(
            _("Risk tier"), [f"{LETTERS[each.risk_tier]} · {each.get_risk_tier_display()}" for each in chosen]
        ),
        facts(_("Make or buy"), [each.get_make_or_buy_display() for each in chosen]),
        figures(_("Priority"), [each.priority for each in chosen]),
        figures(_("Value"), [card and card.value for card in cards]),
        figures(_("Feasibility"), [card and card.feasibility for card in cards]),
        figures(_("Risk"), [card and card.risk for card in cards], low_is_good=True),
        figures(_("Confidence"), [card and card.confidence for card in cards], places=2),
        figures(_("Person-months"), [backlog.effort_of(each) for each in chosen], low_is_good=True),
        figures(_("Yearly benefit (€)"), [each.rough_benefit for each in chosen], places=0),
    ]
    used = {card.rubric_version for card in cards if card}
    asked = rubric.same_codes(each for number, each in rubrics.of_versions(used).items() if number in used)
    axes = [
        (
            label,
            [
                levels(criterion, cards, low_is_good=axis == "risk")
                for criterion in asked
                if criterion.axis == axis
            ],
        )
        for axis, label in rubric.AXES.items()
    ]
    return Comparison(chosen, lines, axes if any(cards) else [])


def facts(label: Any, cells: list[Any]) -> Line:
    """Words side by side."""
    return Line(label, [str(cell) for cell in cells])


def figures(label: Any, values: list[Any], *, places: int = 1, low_is_good: bool = False) -> Line:
    """Figures side by side, the best one marked when they differ."""
    known = [value for value in values if value is not None]
    best = (min(known) if low_is_good else max(known)) if len(set(known)) > 1 else None
    cells = ["–" if value is None else f"{value:,.{places}f}" for value in values]
    return Line(
        label, cells, {place for place, value in enumerate(values) if best is not None and value == best}
    )


def levels(criterion: rubric.Criterion, cards: list[ScoreCard | None], *, low_is_good: bool) -> Line:
    """One criterion; the anchors stand beside it."""
    found = [card.levels.get(criterion.code) if card else None for card in cards]
    line = figures(criterion.label, found, places=0, low_is_good=low_is_good)
    hint = " · ".join(f"{level}: {words}" for level, words in criterion.anchors)
    return Line(f"{criterion.code} {criterion.label}", line.cells, line.best, hint)
