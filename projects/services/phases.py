"""The only writer of a use case's phase."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as N_

from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects import rules
from projects.models import PhaseEvent, SquadMember, UseCase
from projects.selectors import spending, watching
from projects.services import stops
from projects.services.words import ask_for

VERBS = {
    "submit": "use_case.submitted",
    "withdraw": "use_case.withdrawn",
    "ask": "use_case.questioned",
    "accept": "use_case.accepted",
    "decline": "use_case.declined",
    "mark_duplicate": "use_case.marked_duplicate",
    "join": "use_case.joined",
    "initialise": "use_case.initialised",
    "develop": "use_case.developed",
    "go_live": "use_case.went_live",
    "retire": "use_case.retired",
    "stop": "use_case.stopped",
    "reopen": "use_case.reopened",
}
TEXTS = {
    "submit": N_("A proposal waits for triage: %(title)s"),
    "ask": N_("There is a question about your proposal %(title)s"),
    "accept": N_("Accepted into the backlog: %(title)s. Product owner: %(owner)s"),
    "decline": N_("Not taken up: %(title)s. The reason stands on its page."),
    "mark_duplicate": N_("Your proposal %(title)s goes on together with another use case."),
    "initialise": N_("%(title)s has entered initialisation."),
    "develop": N_("%(title)s has entered development."),
    "go_live": N_("%(title)s is in production."),
    "retire": N_("%(title)s was retired."),
    "stop": N_("%(title)s was stopped. What was learned stands on its page."),
    "reopen": N_("%(title)s was re-opened."),
}


@transaction.atomic
def move(
    use_case: UseCase,
    action: str,
    *,
    by: User | None,
    gate: str = "",
    comment: str = "",
    evidence: dict[str, Any] | None = None,
    **also: Any,
) -> PhaseEvent:
    """
    Make one move of `UseCase.LIFE`, set the fields in `also` with it, and write its `PhaseEvent`.

    A gated move needs the gate's code, which only the app that decides gates gives. Raises `Refused`
    when a rule says no and `IllegalMove` when the phase does not allow it (any more). Those concerned are told.
    """
    require(rules.phases.may_move(by, use_case, action, gate))
    now = clock.now()
    also = {"snoozed_until": None, "snoozed_reason": "", **also}
    before, after = UseCase.LIFE.move(use_case, action, phase_since=now, **also)
    event = PhaseEvent.objects.create(
        use_case=use_case,
        from_phase=before,
        to_phase=after,
        action=action,
        at=now,
        by=by,
        gate=gate,
        comment=comment,
        evidence=evidence or {},
    )
    audit.record(VERBS[action], use_case, by=by, before=before, after=after, gate=gate, comment=comment)
    tell(use_case, action, by=by)
    return event


def tell(use_case: UseCase, action: str, *, by: User | None) -> None:
    """Let those know whom the move concerns."""
    if action not in TEXTS:
        return
    notices.tell(
        concerned(use_case, action),
        text=TEXTS[action],
        url=f"/use-cases/{use_case.pk}/",
        icon="use-case",
        by=by,
        title=use_case,
        owner=use_case.product_owner or "",
    )


def concerned(use_case: UseCase, action: str) -> list[User | None]:
    """Portfolio managers for a new proposal, its author for triage, the whole team from there on."""
    if action == "submit":
        return list(User.objects.with_duty(Duty.PORTFOLIO_MANAGER))
    people = [use_case.submitter, use_case.product_owner]
    if action in {"ask", "decline", "mark_duplicate"}:
        return people
    squad = SquadMember.objects.current().filter(use_case=use_case).select_related("user")
    involved = [*people, use_case.sponsor, *(member.user for member in squad)]
    return [*watching.audience(use_case, involved, is_decision=True)]


@transaction.atomic
def stop(use_case: UseCase, *, reason: str, lessons: str, by: User) -> PhaseEvent:
    """End a use case before production, with its reason and what was learned; a success of failing fast."""
    require(rules.phases.may_stop(by, use_case))
    return end(use_case, reason=reason, lessons=lessons, by=by)


@transaction.atomic
def stop_at_gate(use_case: UseCase, *, gate: str, reason: str, lessons: str, by: User) -> PhaseEvent:
    """The same, as the answer of a gate's decider; called from governance only."""
    return end(use_case, reason=reason, lessons=lessons, by=by, gate=gate)


def end(use_case: UseCase, *, reason: str, lessons: str, by: User, gate: str = "") -> PhaseEvent:
    """The money saved and every open proposal to stop go with the move."""
    said = ask_for(reason=reason, lessons=lessons)
    saved = spending.saving(use_case)
    evidence = {
        "days_in_phase": (clock.now() - use_case.phase_since).days,
        **(saved.facts() if saved else {}),
    }
    stops.answered_by_stopping(use_case, by=by)
    return move(
        use_case,
        "stop",
        by=by,
        gate=gate,
        comment=said["reason"][:2000],
        evidence=evidence,
        end_reason=said["reason"],
        lessons=said["lessons"],
        held_until=None,
        held_reason="",
        pivot_until=None,
        pivot_reason="",
    )


@transaction.atomic
def reopen(use_case: UseCase, *, reason: str, by: User) -> PhaseEvent:
    """Begin a new spell; the old one stays in the history."""
    require(rules.phases.may_reopen(by, use_case))
    said = ask_for(reason=reason)
    return move(use_case, "reopen", by=by, comment=said["reason"])
