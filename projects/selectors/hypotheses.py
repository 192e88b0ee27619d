"""Reads for the board of hypotheses."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from portal.core.models import User
from projects import rules
from projects.models import Dataset, DatasetVersion, Hypothesis, UseCase
from projects.selectors.column_pairs import pair_chart
from projects.selectors.datasets import chart

OPEN_TO_ALL = (Dataset.Classification.PUBLIC, Dataset.Classification.INTERNAL)


@dataclass(frozen=True)
class Card:
    """One hypothesis as one reader sees it."""

    hypothesis: Hypothesis
    color: str
    chart: dict[str, Any] | None
    is_hidden: bool  # it was answered with a table this reader may not see
    may_answer: Any
    may_withdraw: Any
    may_reopen: Any


@dataclass(frozen=True)
class Lane:
    """The hypotheses of one state."""

    label: Any
    color: str
    cards: list[Card]


def offered_versions(use_case: UseCase, reader: User) -> QuerySet[DatasetVersion]:
    """Ready tables that the squad may see, its own first, and that this reader may use too."""
    squads = Q(dataset__use_case=use_case) | Q(dataset__classification__in=OPEN_TO_ALL)
    found = DatasetVersion.objects.usable_by(reader).ready().filter(squads).select_related("dataset")
    return found.order_by("dataset__name", "-number")


def chart_of(version: DatasetVersion, column: str) -> dict[str, Any] | None:
    """The distribution of one column, drawn from the frozen profile; nothing when it cannot be drawn."""
    described = next((each for each in version.columns_described if each["name"] == column), None)
    drawn = chart(described) if described else None
    # Bars lie: their names stand on the other axis, and the column is named above the chart.
    return drawn and (
        drawn if drawn.get("horizontal") else {**drawn, "x_label": column, "y_label": _("Rows")}
    )


def drawable(version: DatasetVersion) -> list[str]:
    """Columns that can be drawn."""
    return [each["name"] for each in version.columns_described if chart(each)]


def lanes(use_case: UseCase, reader: User) -> list[Lane]:
    """The board: open, confirmed, refuted, and withdrawn when there are any."""
    found = list(use_case.hypotheses.select_related("stated_by", "answered_by", "version__dataset", "pair"))
    used = {each.version_id for each in found if each.version_id}
    seen = set(
        DatasetVersion.objects.visible_to(reader).filter(pk__in=used).values_list("pk", flat=True)
        if used
        else []
    )
    for each in found:
        each.use_case = use_case
    cards = [
        card(each, reader, is_hidden=bool(each.version_id) and each.version_id not in seen) for each in found
    ]
    return [
        Lane(state.label, Hypothesis.COLORS[state.value], mine)
        for state in Hypothesis.State
        if (mine := [each for each in cards if each.hypothesis.state == state])
        or state != Hypothesis.State.WITHDRAWN
    ]


def card(hypothesis: Hypothesis, reader: User, *, is_hidden: bool) -> Card:
    """One card; the chart only for those who may see the table."""
    drawn = None
    if hypothesis.version and not is_hidden:
        drawn = (
            pair_chart(hypothesis.pair)
            if hypothesis.pair
            else chart_of(hypothesis.version, hypothesis.column)
        )
    return Card(
        hypothesis,
        Hypothesis.COLORS[hypothesis.state],
        drawn,
        is_hidden,
        rules.hypotheses.may_answer(reader, hypothesis),
        rules.hypotheses.may_withdraw(reader, hypothesis),
        rules.hypotheses.may_reopen(reader, hypothesis),
    )
