"""How use cases flow from phase to phase, counted by the database over the append-only history of moves."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, F, FloatField, Func, Max, Min, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from portal.core import clock
from projects.models import PhaseEvent, UseCase

CLOSED = ("stopped", "declined", "duplicate")
DAY = 86400


class Days(Func):
    """Days between two moments, the later one first."""

    output_field = FloatField()
    arity = 2

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """SQLite keeps moments as text."""
        return self.as_sql(
            compiler, connection, template="julianday(%(expressions)s)", arg_joiner=") - julianday(", **more
        )

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """PostgreSQL subtracts them."""
        template = f"EXTRACT(EPOCH FROM (%(expressions)s))::float8 / {DAY}"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" - ", **more)


@dataclass(frozen=True)
class Flow:
    """
    Moves counted, by the phases they lead from and to.

    A move begins in the phase in which the one before it ended (`projects.services.phases` is their only writer),
    so a pair of phases is one stay and where it led.
    """

    moves: Counter[tuple[str, str]]

    def entered(self, phase: str) -> int:
        """Stays in a phase begun so far."""
        return sum(count for (_from, to), count in self.moves.items() if to == phase)


class Way(NamedTuple):
    """How long one use case took from the backlog to production, or is on its way (F5)."""

    days: float
    arrived: bool
    built: bool


def flow(use_cases: QuerySet[UseCase]) -> Flow:
    """The moves of these use cases, counted."""
    pair = ("phase_events__from_phase", "phase_events__to_phase")
    rows = use_cases.order_by().values_list(*pair).annotate(times=Count("phase_events"))
    return Flow(Counter({(before, after): times for before, after, times in rows}))


def ways(use_cases: QuerySet[UseCase]) -> list[Way]:
    """
    From the first entry into the backlog to the first into production, one per use case that was accepted.

    What has not arrived is censored: when it closed, or now.
    """

    def first(phase: str) -> Min:
        return Min("phase_events__at", filter=Q(phase_events__to_phase=phase))

    closed = Max("phase_since", filter=Q(phase__in=CLOSED))
    until = Coalesce(first("production"), closed, Value(clock.now()))
    per_case = use_cases.order_by().values("pk").annotate(begun=first("backlog")).filter(begun__isnull=False)
    measured = per_case.annotate(
        days=Days(until, F("begun")),
        arrived=Count("pk", filter=Q(phase_events__to_phase="production")),
        built=Count("pk", filter=Q(phase_events__to_phase="development")),
    )
    rows = measured.values_list("days", "arrived", "built")
    return [Way(days, arrived > 0, built > 0) for days, arrived, built in rows]


def stops(use_cases: QuerySet[UseCase]) -> dict[Any, tuple[str, datetime]]:
    """Of what is stopped: the phase it was stopped in, and when."""
    stopped = use_cases.filter(phase="stopped").order_by().values("pk")
    events = PhaseEvent.objects.filter(use_case__in=stopped, to_phase="stopped").order_by("at", "pk")
    return {key: (phase, at) for key, phase, at in events.values_list("use_case", "from_phase", "at")}


def last_entries(use_cases: Iterable[Any], phase: str) -> dict[Any, datetime]:
    """When each of these last entered a phase."""
    events = PhaseEvent.objects.filter(use_case__in=use_cases, to_phase=phase).order_by()
    return dict(events.values_list("use_case").annotate(at=Max("at")))


def histories(use_cases: Iterable[Any]) -> dict[Any, list[tuple[str, datetime]]]:
    """The phases of these few use cases in order."""
    found: dict[Any, list[tuple[str, datetime]]] = {}
    events = PhaseEvent.objects.filter(use_case__in=use_cases).order_by("at", "pk")
    for key, phase, at in events.values_list("use_case", "to_phase", "at"):
        found.setdefault(key, []).append((phase, at))
    return found
