"""Asking to move a use case to another phase, as on the board: one door to the services that decide."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from governance import gates as requirements
from governance.services import gates
from portal.core.models import User
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused, Verdict, no, require
from projects import rules
from projects.models import UseCase
from projects.services import use_cases

MOVED, ASKED, FORM, REFUSED, CONFLICT = "moved", "asked", "form", "refused", "conflict"
# What these moves need is written on a page of its own.
PAGES = {
    "ask": "projects:triage_decide",
    "accept": "projects:triage_decide",
    "decline": "projects:triage_decide",
    "mark_duplicate": "projects:triage_decide",
    "join": "projects:use_case_detail",
    "stop": "projects:use_case_act",
    "reopen": "projects:use_case_act",
}


@dataclass(frozen=True)
class Answer:
    """What became of it: moved, a decision asked, a page to fill in, or refused with all that is missing."""

    outcome: str
    sentence: str
    url: str = ""
    verdict: Verdict | None = None
    unmet: list[requirements.Requirement] = field(default_factory=list)


def action_to(use_case: UseCase, to: str) -> str:
    """The move of the state table that leads there, or nothing."""
    moves = UseCase.LIFE.moves.items()
    return next((action for action, steps in moves if steps.get(use_case.phase) == to), "")


def ask(use_case: UseCase, *, to: str, user: User) -> Answer:
    """
    Ask for a move by the service that makes it. Nothing is raised for a refusal: it is the answer,
    with every unmet requirement of the gate, and nothing has changed.
    """
    use_case.refresh_from_db()
    action = action_to(use_case, to)
    if not action:
        return conflict(no_way(use_case, to))
    try:
        with transaction.atomic():
            return carry_out(use_case, action, user)
    except Refused as refused:
        return refusal(use_case, refused.verdict, action)
    except IllegalMove as problem:
        return conflict(no(str(problem), _("Reload the page."), code="illegal_move"))


def carry_out(use_case: UseCase, action: str, user: User) -> Answer:
    """The one service call that this move stands for."""
    if gate := rules.phases.GATES.get(action):
        asked = gates.request(use_case, gate=gate, by=user)
        url = reverse("governance:approval_detail", args=[asked.pk])
        use_case.refresh_from_db()
        if asked.is_own_act:
            return Answer(MOVED, _("Moved to “%(phase)s”.") % {"phase": use_case.get_phase_display()}, url)
        return Answer(ASKED, _("The decision is asked. The card moves when it is taken."), url)
    if action in PAGES:
        require(rules.phases.may_move(user, use_case, action))
        words = _("This move needs a few words: fill in the page.")
        return Answer(FORM, words, page_of(use_case, action))
    {"submit": use_cases.submit, "withdraw": use_cases.withdraw}[action](use_case, by=user)
    return Answer(MOVED, _("Moved to “%(phase)s”.") % {"phase": use_case.get_phase_display()})


def page_of(use_case: UseCase, action: str) -> str:
    """Where the words are asked for."""
    route = PAGES[action]
    return reverse(route, args=[use_case.pk, action] if route.endswith("act") else [use_case.pk])


def no_way(use_case: UseCase, to: str) -> Verdict:
    """No move of the table leads there."""
    if to == use_case.phase:
        return no(_("It is there already."), code="move.there_already")
    moves = UseCase.LIFE.moves.values()
    places = {steps[use_case.phase] for steps in moves if use_case.phase in steps}
    names = ", ".join(str(UseCase.Phase(place).label) for place in UseCase.Phase.values if place in places)
    known: Any = dict(UseCase.Phase.choices).get(to, to)
    return no(
        _("No move leads from “%(here)s” to “%(there)s”.")
        % {"here": use_case.get_phase_display(), "there": known},
        _("From here it goes to: %(places)s.") % {"places": names} if names else "",
        code="no_such_move",
    )


def conflict(verdict: Verdict) -> Answer:
    """The phase does not allow it, whoever asks."""
    return Answer(CONFLICT, str(verdict.reason), verdict=verdict)


def refusal(use_case: UseCase, verdict: Verdict, action: str = "") -> Answer:
    """A refusal with every requirement of the gate that stands in the way."""
    gate = rules.phases.GATES.get(action, "")
    missing = []
    if gate in requirements.gates_ahead(use_case):
        missing = [each for each in requirements.requirements(use_case, gate) if each.stops]
    url = reverse("governance:gate_detail", args=[use_case.pk, gate]) if gate else verdict.url
    return Answer(REFUSED, str(verdict.reason), url, verdict, missing)
