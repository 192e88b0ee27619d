"""How much work went into a use case, and what stopping it saves."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from portal.core import clock
from projects.models import PhaseEvent, SquadMember, UseCase
from projects.worktime import TimeBox, working_days

DAYS_A_MONTH = 20


def person_days(use_case: UseCase, since: date) -> float:
    """Working days of every member from a day until today, each times the share of their time."""
    today = clock.today()
    rows = SquadMember.objects.filter(use_case=use_case).values_list("allocation", "starts_on", "ends_on")
    return sum(
        share / 100 * working_days(max(starts, since), min(ends or today, today))
        for share, starts, ends in rows
    )


def began(use_case: UseCase) -> date | None:
    """The day on which work began in the present spell, or nothing when it has not."""
    events = PhaseEvent.objects.filter(use_case=use_case).order_by("-at", "-pk")
    found = None
    for event in events:
        if event.action in {"accept", "reopen"}:
            break
        if event.action == "initialise":
            found = event.at.date()
    return found


def day_box(use_case: UseCase) -> TimeBox | None:
    """How many of the person-days set for framing are used; nothing outside initialisation."""
    if use_case.phase != UseCase.Phase.INITIALISATION:
        return None
    used = person_days(use_case, use_case.phase_since.date())
    return TimeBox(int(used), use_case.timebox_person_days)


@dataclass(frozen=True)
class Saving:
    """Work that will not be done, and its price; `basis` names what was planned: estimate or time box."""

    spent: float
    planned: float
    basis: str
    day_rate: int

    @property
    def days(self) -> float:
        """Person-days not spent."""
        return max(self.planned - self.spent, 0)

    @property
    def money(self) -> int:
        """Those days in euros."""
        return round(self.days * self.day_rate)

    def facts(self) -> dict[str, float | str]:
        """As the phase event keeps it."""
        return {
            "person_days": round(self.spent, 1),
            "planned_days": round(self.planned, 1),
            "basis": self.basis,
            "day_rate": self.day_rate,
            "saved": self.money,
        }


def saving(use_case: UseCase) -> Saving | None:
    """What a stop now saves: planned minus spent. Nothing where no work has begun or no plan is known."""
    since = began(use_case)
    if since is None:
        return None
    estimate = getattr(use_case, "estimate", None)
    if estimate and estimate.effort_months:
        planned, basis = estimate.effort_months * DAYS_A_MONTH, "estimate"
    elif use_case.phase == UseCase.Phase.INITIALISATION:
        planned, basis = use_case.timebox_person_days, "timebox"
    else:
        return None
    return Saving(person_days(use_case, since), planned, basis, settings.DAY_RATE)


def saved(use_case: UseCase) -> int | None:
    """The money that stopping it saved, as its last event keeps it; nothing for what was not stopped at work."""
    if use_case.phase != UseCase.Phase.STOPPED:
        return None
    event = PhaseEvent.objects.filter(use_case=use_case, action="stop").order_by("-at", "-pk").first()
    money = event.evidence.get("saved") if event else None
    return int(money) if money else None
