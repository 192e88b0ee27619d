"""Reads: how often and how long a use case was in each phase, and what was decided on the way in and out."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from portal.core import clock
from portal.core.models import User
from projects.models import PhaseEvent, UseCase
from projects.rules.ways import address

Phase = UseCase.Phase


@dataclass(frozen=True)
class Move:
    """One way into a phase, or out of it."""

    at: datetime
    to: Any
    by: User | None
    gate: str
    url: str  # of the gate, where its whole decision stands
    deciders: tuple[str, ...]
    is_own_act: bool
    comment: str


@dataclass(frozen=True)
class Spell:
    """One stay in a phase; `left` is nothing while it goes on."""

    entered: Move
    left: Move | None

    @property
    def days(self) -> int:
        """How long, in whole days."""
        until = self.left.at if self.left else clock.now()
        return (until - self.entered.at).days


@dataclass(frozen=True)
class Stays:
    """Everything about one phase."""

    phase: str
    label: Any
    is_current: bool
    spells: list[Spell]


def stays(use_case: UseCase) -> list[Stays]:
    """Each phase the use case has been in after the draft, in the order it first came there."""
    events = list(use_case.phase_events.select_related("by").order_by("at", "pk"))
    moves = [move(use_case, event) for event in events if event.from_phase != event.to_phase]
    phases = [event.to_phase for event in events if event.from_phase != event.to_phase]
    found: dict[str, list[Spell]] = {}
    for phase, (entered, left) in zip(phases, pairwise([*moves, None]), strict=True):
        if entered and phase != Phase.DRAFT:
            found.setdefault(phase, []).append(Spell(entered, left))
    return [
        Stays(phase, Phase(phase).label, phase == use_case.phase, spells) for phase, spells in found.items()
    ]


def move(use_case: UseCase, event: PhaseEvent) -> Move:
    """One event in words; who decided at a gate stands in its evidence."""
    said = event.evidence
    return Move(
        event.at,
        Phase(event.to_phase).label,
        event.by,
        event.gate,
        address("governance:gate_detail", use_case.pk, event.gate) if event.gate else "",
        tuple(said.get("decided_by", ())),
        bool(said.get("own_act")),
        event.comment,
    )
