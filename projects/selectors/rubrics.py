"""Reads for the scoring rubric: the version in force, that of a card, and what a draft would change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from portal.core.models import User
from projects import rubric, scoring
from projects.models import RubricVersion, ScoreCard, UseCase
from projects.rubric import STANDARD, Criterion, Rubric
from projects.selectors import backlog

AXIS = {"V": "value", "F": "feasibility", "R": "risk"}
MOST_CARDS = 1000
MOST_SHOWN = 10


def spoken(text: str) -> str:
    """A kept word as the reader reads it: what was never rewritten is translated, the rest stays as written."""
    return gettext(text) if text else ""


def read(version: RubricVersion) -> Rubric:
    """A row as a rubric."""
    criteria = tuple(
        Criterion(
            row["code"],
            AXIS[row["code"][0]],
            row["weight"],
            spoken(row["label"]),
            {int(level): spoken(text) for level, text in row["anchors"].items()},
        )
        for row in version.criteria
    )
    return Rubric(version.number, criteria, version.aversion)


def written(given: Rubric) -> list[dict[str, Any]]:
    """The standard rubric as rows, in the words that are translated."""
    with translation.override("en"):
        return [
            {
                "code": each.code,
                "label": str(each.label),
                "weight": each.weight,
                "anchors": {str(level): str(text) for level, text in each.anchors},
            }
            for each in given.criteria
        ]


def current_row() -> RubricVersion | None:
    """The latest published version; nothing while the standard one is in force."""
    return RubricVersion.objects.published().order_by("-number").first()


def current() -> Rubric:
    """The rubric that new votes are opened with. One query."""
    row = current_row()
    return read(row) if row else STANDARD


def of_versions(numbers: Iterable[int]) -> dict[int, Rubric]:
    """Rubrics by number; one query, none when only the standard one is asked for."""
    found = {STANDARD.version: STANDARD}
    if wanted := set(numbers) - set(found):
        found |= {row.number: read(row) for row in RubricVersion.objects.filter(number__in=wanted)}
    return found


def of_card(card: ScoreCard | None) -> Rubric:
    """The rubric a card is scored with; without a card the one in force."""
    if card is None:
        return current()
    return of_versions([card.rubric_version])[card.rubric_version]


@dataclass(frozen=True)
class Effect:
    """One use case as it is and as the draft would have it."""

    use_case: UseCase
    before: float
    after: float | None
    place_before: int
    place_after: int | None
    is_provisional: bool


@dataclass(frozen=True)
class Preview:
    """What a draft would do to the agreed scores of what is still to come."""

    count: int
    moved: int
    provisional: int
    effects: list[Effect]


def preview(draft: RubricVersion, user: User) -> Preview:
    """Every agreed card of the open use cases the reader sees, scored with the draft; nothing is kept."""
    cards = list(
        ScoreCard.objects.filter(
            state=ScoreCard.State.AGREED,
            priority__isnull=False,
            use_case__in=UseCase.objects.visible_to(user).filter(phase__in=backlog.OPEN).values("pk"),
        )
        .select_related("use_case")
        .order_by("-priority", "pk")[:MOST_CARDS]
    )
    new = read(draft)
    if any(not new.of(axis) for axis in rubric.AXES):
        return Preview(len(cards), 0, 0, [])
    figures = {card.pk: scoring.score(card.levels, card.evidence, new) for card in cards}
    order = sorted(cards, key=lambda card: -(figures[card.pk].priority or -1))
    places = {card.pk: place for place, card in enumerate(order, start=1)}
    effects = [effect(card, place, figures, places) for place, card in enumerate(cards, start=1)]
    moved = [each for each in effects if each.place_before != each.place_after]
    moved.sort(key=lambda each: -abs(each.place_before - (each.place_after or len(cards) + 1)))
    provisional = sum(each.is_provisional for each in effects)
    return Preview(len(cards), len(moved), provisional, moved[:MOST_SHOWN])


def effect(card: ScoreCard, place: int, figures: Mapping[Any, scoring.Score], places: Any) -> Effect:
    """One card before and after."""
    then = figures[card.pk]
    after = places[card.pk] if then.priority is not None else None
    return Effect(card.use_case, float(card.priority or 0), then.priority, place, after, then.is_provisional)
