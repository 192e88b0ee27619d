"""What each gate requires, answered all at once with the remedy for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy

from governance import policies
from governance.edge_checks import last_review
from governance.gate_checks import CHECKS
from governance.gate_facts import champion_of, facts
from governance.models import Override, Waiver
from portal.core import clock
from projects.models import UseCase

__all__ = ["champion_of", "facts"]  # read here by services
NEXT = {"backlog": "G1", "initialisation": "G2", "development": "G3", "production": "G5"}
AHEAD = {
    **{phase: [gate] for phase, gate in NEXT.items()},
    "production": ["G4", "G5", "G2"],
}  # G2 again: to be built anew
ACTION = {"G1": "initialise", "G2": "develop", "G3": "go_live", "G5": "retire"}
TITLES = {
    "G0": gettext_lazy("Gate 0: into the backlog"),
    "G1": gettext_lazy("Gate 1: start initialisation"),
    "G2": gettext_lazy("Gate 2: start development"),
    "G3": gettext_lazy("Gate 3: go to production"),
    "G4": gettext_lazy("Gate 4: production review"),
    "G5": gettext_lazy("Gate 5: retire"),
}


@dataclass(frozen=True)
class Requirement:
    """One requirement as a gate page shows it."""

    code: str
    label: str
    met: bool
    mode: str
    detail: str
    remedy: str
    url: str
    waived: str = ""
    waiver: Waiver | None = None  # granted by a decision, until a day

    @property
    def stops(self) -> bool:
        """Whether it stands in the way."""
        return (
            not self.met
            and self.waiver is None
            and self.mode not in {"warn", "observe"}
            and not (self.mode == "waive" and self.waived)
        )


def gate_of(use_case: UseCase) -> str:
    """The gate in front of a use case, or nothing; in production the review when it is due, else retirement."""
    gate = NEXT.get(use_case.phase, "")
    return "G4" if gate == "G5" and review_due(use_case) <= clock.today() else gate


def gates_ahead(use_case: UseCase) -> list[str]:
    """Every gate that may be asked for now; what went live by an emergency asks for its gate in the ordinary way."""
    ahead = AHEAD.get(use_case.phase, [])
    return ["G3", *ahead] if use_case.phase == "production" and emergency_of(use_case) else ahead


def emergency_of(use_case: UseCase) -> Override | None:
    """The override by which a use case went live, while it is in force."""
    return Override.objects.filter(
        request__use_case=use_case, request__kind="G3", state=Override.State.IN_FORCE
    ).first()


def review_due(use_case: UseCase) -> date:
    """The day on which production is looked at again: counted from going live, or from the last review."""
    start = last_review(use_case) or use_case.phase_since
    days = policies.for_use_case(use_case).production_review_days
    return timezone.localdate(start) + timedelta(days=days)


def requirements(
    use_case: UseCase,
    gate: str,
    *,
    modes: Mapping[str, str] | None = None,
    waivers: Mapping[str, str] | None = None,
) -> list[Requirement]:
    """Every requirement of a gate with its state now; `modes` are those a request has pinned."""
    chosen = modes if modes is not None else policies.for_use_case(use_case).requirements[gate]
    given = waivers or {}
    granted = {
        each.code: each
        for each in Waiver.objects.in_force().filter(use_case=use_case, gate=gate, version=None)
    }
    found = []
    for code, mode in chosen.items():
        answer = CHECKS[code](use_case)
        found.append(
            Requirement(
                code,
                answer.label,
                answer.met,
                mode,
                answer.detail,
                answer.remedy,
                answer.url,
                given.get(code, ""),
                granted.get(code) if not answer.met else None,
            )
        )
    return found
