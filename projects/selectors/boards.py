"""Reads for the board: so many cards per column, never the whole backlog."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, F
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.models import User
from portal.core.verdicts import Verdict
from projects import rules
from projects.models import BoardLimit, GatePlan, UseCase
from projects.selectors import backlog, ranks
from projects.selectors.next_steps import gate_url
from projects.worktime import TimeBox, working_days

CARDS = 25
Phase = UseCase.Phase
COLUMNS = ("submitted", "backlog", "initialisation", "development", "production")
ENDS = ("declined", "stopped", "retired")
LETTERS = {"unassessed": "?", "minimal": "M", "limited": "L", "high": "H", "prohibited": "P"}
TIER_COLORS = {"minimal": "green", "limited": "yellow", "high": "orange", "prohibited": "red"}
WORDS: dict[str, Any] = {
    "accept": _("Accept into the backlog"),
    "decline": _("Decline"),
    "mark_duplicate": _("Mark as a duplicate"),
    "ask": _("Ask the author"),
    "submit": _("Send to triage"),
    "withdraw": _("Take back"),
    "initialise": _("Start initialisation (G1)"),
    "develop": _("Start development (G2)"),
    "go_live": _("Go to production (G3)"),
    "retire": _("Retire (G5)"),
    "stop": _("Stop with lessons"),
    "reopen": _("Re-open"),
}


MOST_FIELDS = 4
# What a view may show on its cards beside the usual: all of it is read with the card.
FIELDS: dict[str, tuple[Any, Callable[[UseCase], str]]] = {
    "unit": (_("Business line"), lambda case: str(case.unit or "")),
    "sponsor": (_("Sponsor"), lambda case: str(case.sponsor or "")),
    "submitter": (_("Proposed by"), lambda case: str(case.submitter)),
    "health": (_("Health"), lambda case: str(case.get_health_display())),
    "ai_kind": (_("Kind of AI"), lambda case: str(case.get_ai_kind_display())),
    "make_or_buy": (_("Make or buy"), lambda case: str(case.get_make_or_buy_display())),
    "rough_benefit": (_("Yearly benefit (€)"), lambda case: grouped(case.rough_benefit)),
    "success_metric": (_("Success metric"), lambda case: case.success_metric),
    "process": (_("Operational process"), lambda case: case.process),
    "tags": (_("Tags"), lambda case: ", ".join(case.tags)),
}


def grouped(figure: int | None) -> str:
    """A figure as the reader writes it."""
    return "" if figure is None else str(formats.number_format(figure, use_l10n=True, force_grouping=True))


@dataclass(frozen=True)
class Look:
    """How a reader wants the cards: further fields, and in the order by hand or by score."""

    reader: User
    fields: list[str]
    is_by_hand: bool = True

    def order(self) -> list[Any]:
        """As the cards of a column follow each other."""
        return (
            ranks.hand_order() if self.is_by_hand else [F("priority").desc(nulls_last=True), F("ref").asc()]
        )


@dataclass(frozen=True)
class Target:
    """A place a card may be asked to."""

    phase: str
    label: Any


@dataclass(frozen=True)
class Card:
    """A use case as the board shows it."""

    use_case: UseCase
    letter: str
    tier_color: str
    axes: list[tuple[str, int]]
    days: int
    timebox: TimeBox | None
    plan: GatePlan | None
    is_late: bool
    gate_url: str
    targets: list[Target]
    facts: list[tuple[Any, str]]
    may_place: Verdict | None  # nothing where the cards stand in the order of scores


@dataclass(frozen=True)
class Lane:
    """One column, from one card on."""

    phase: str
    label: Any
    color: str
    count: int
    cards: list[Card]
    after: int
    stock: int = 0  # in the whole column, whatever the filters hide
    limit: int | None = None
    key: str = ""  # of the swim-lane

    @property
    def shown(self) -> int:
        """How far the cards reach."""
        return self.after + len(self.cards)

    @property
    def more(self) -> int:
        """How many stand below."""
        return max(self.count - self.shown, 0)

    @property
    def is_over(self) -> bool:
        """More than agreed."""
        return self.limit is not None and self.stock > self.limit


def lanes(
    rows: Any,
    phases: list[str],
    limits: dict[str, BoardLimit],
    stocks: dict[str, int],
    look: Look,
) -> list[Lane]:
    """The columns; one query counts, three fill each."""
    counted = rows.order_by().filter(phase__in=phases).values_list("phase").annotate(n=Count("pk"))
    counts = dict(counted)
    found = [lane(rows, phase, look=look, count=counts.get(phase, 0)) for phase in phases]
    return [
        replace(each, limit=limits[each.phase].most, stock=stocks.get(each.phase, 0))
        if each.phase in limits
        else each
        for each in found
    ]


def limits_and_stocks(visible: Any) -> tuple[dict[str, BoardLimit], dict[str, int]]:
    """The limits, and what stands in their columns before any filter; one query, two where there is a limit."""
    limits = {each.phase: each for each in BoardLimit.objects.all()}
    if not limits:
        return {}, {}
    counted = visible.order_by().filter(phase__in=limits).values_list("phase").annotate(n=Count("pk"))
    return limits, dict(counted)


def lane(rows: Any, phase: str, *, look: Look, after: int = 0, count: int | None = None) -> Lane:
    """The next cards of a column."""
    mine = rows.filter(phase=phase).order_by(*look.order())
    found = (
        []
        if count == 0
        else list(backlog.with_scores(mine).prefetch_related("gate_plans")[after : after + CARDS])
    )
    return Lane(
        phase,
        Phase(phase).label,
        UseCase.COLORS[phase],
        mine.count() if count is None else count,
        [card(each, look) for each in found],
        after,
    )


def card(use_case: UseCase, look: Look) -> Card:
    """What stands on a card."""
    agreed = backlog.card_of(use_case)
    axes = [
        (letter, round(value))
        for letter, value in (
            ("V", agreed and agreed.value),
            ("F", agreed and agreed.feasibility),
            ("R", agreed and agreed.risk),
        )
        if value is not None
    ]
    ahead = backlog.NEXT_GATE.get(use_case.phase)
    plan = next((each for each in use_case.gate_plans.all() if each.gate == ahead), None)
    since = use_case.phase_since.date()
    box = None
    if use_case.phase == Phase.INITIALISATION:
        box = TimeBox(working_days(since, clock.today()), use_case.timebox_days)
    return Card(
        use_case,
        LETTERS[use_case.risk_tier],
        TIER_COLORS.get(use_case.risk_tier, "grey"),
        axes,
        max((clock.today() - since).days, 0),
        box,
        plan,
        bool(plan and plan.planned_on < clock.today()),
        gate_url(use_case),
        targets(use_case.phase),
        [(label, text) for name in look.fields for label, tell in [FIELDS[name]] if (text := tell(use_case))],
        rules.ranks.may_rank(look.reader, use_case) if look.is_by_hand else None,
    )


def chosen_fields(asked: list[str]) -> list[str]:
    """The further fields of an address, at most four, in the order they were asked for."""
    wanted = dict.fromkeys(name for each in asked for name in each.split(",") if name in FIELDS)
    return list(wanted)[:MOST_FIELDS]


def targets(phase: str) -> list[Target]:
    """Where the state table leads from a phase; whether it may go there is asked when it is asked for."""
    return [
        Target(steps[phase], WORDS.get(action, action))
        for action, steps in UseCase.LIFE.moves.items()
        if phase in steps and action != "ask"
    ]
