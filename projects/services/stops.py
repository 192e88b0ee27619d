"""Failing fast: the portal proposes to stop, people answer."""

from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects import rules
from projects.models import KillCriterion, StopProposal, UseCase
from projects.selectors import next_steps, spending
from projects.services.words import ask_for

Cause = StopProposal.Cause
LOOKED_AT = (UseCase.Phase.INITIALISATION, UseCase.Phase.DEVELOPMENT)


def reasons(use_case: UseCase) -> Iterator[tuple[str, str]]:
    """Why to stop now: cause and detail. On hold, time does not run out."""
    for each in use_case.kill_criteria.all():
        if each.result == KillCriterion.Result.MISSED:
            yield Cause.CRITERION_MISSED, each.statement
        elif each.result == KillCriterion.Result.PENDING and each.deadline < clock.today():
            yield Cause.DEADLINE_PASSED, each.statement
    if use_case.pivot_until is not None and use_case.pivot_until < clock.today():
        yield Cause.PIVOT_LATE, use_case.pivot_reason
    if use_case.held_until is not None and use_case.held_until >= clock.today():
        return
    time, days = next_steps.timebox(use_case), spending.day_box(use_case)
    if time and time.state == "over":
        yield Cause.TIME_OVER, ""
    if days and days.state == "over":
        yield Cause.DAYS_OVER, ""


@transaction.atomic
def look_at(use_case: UseCase) -> list[StopProposal]:
    """
    Write down each new reason to stop in this spell and tell owner and sponsor; settle those that fell away.

    Safe to run at any time: a reason answered once is not raised again in the same spell.
    """
    found = list(reasons(use_case)) if use_case.phase in LOOKED_AT else []
    for each in StopProposal.objects.filter(use_case=use_case, state=StopProposal.State.OPEN):
        if each.phase_since != use_case.phase_since or (each.cause, each.detail) not in found:
            StopProposal.LIFE.move(each, "settle", answered_at=clock.now())
            audit.record("stop.settled", use_case, by=None, cause=each.cause, detail=each.detail)
    made = []
    for cause, detail in found:
        proposal, is_new = StopProposal.objects.get_or_create(
            use_case=use_case, phase_since=use_case.phase_since, cause=cause, detail=detail
        )
        if is_new:
            audit.record("stop.proposed", use_case, by=None, cause=cause, detail=detail)
            made.append(proposal)
    if made:
        tell(use_case)
    return made


def tell(use_case: UseCase) -> None:
    """Owner and sponsor hear it once for all new reasons."""
    notices.tell(
        [use_case.product_owner, use_case.sponsor],
        text=N_("Think about stopping %(title)s: a limit you set yourselves was passed."),
        url=f"/use-cases/{use_case.pk}/kill-criteria/",
        icon="hand-stop",
        by=None,
        title=use_case,
    )


def propose_due() -> int:
    """Look at everything in initialisation and development; the timetable calls this."""
    running = UseCase.objects.filter(phase__in=LOOKED_AT) | UseCase.objects.filter(
        stop_proposals__state=StopProposal.State.OPEN
    )
    return sum(
        len(look_at(use_case)) for use_case in running.distinct().select_related("product_owner", "sponsor")
    )


@transaction.atomic
def go_on(proposal: StopProposal, *, reason: str, by: User) -> StopProposal:
    """Decide to go on in spite of it, with the reason."""
    require(rules.stops.may_go_on(by, proposal))
    said = ask_for(reason=reason)
    StopProposal.LIFE.move(proposal, "go_on", answered_by=by, answered_at=clock.now(), reason=said["reason"])
    audit.record(
        "stop.went_on",
        proposal.use_case,
        by=by,
        cause=proposal.cause,
        detail=proposal.detail,
        reason=said["reason"],
    )
    notices.tell(
        [proposal.use_case.product_owner],
        text=N_("%(title)s goes on in spite of a proposal to stop."),
        url=f"/use-cases/{proposal.use_case_id}/kill-criteria/",
        by=by,
        title=proposal.use_case,
    )
    return proposal


def answered_by_stopping(use_case: UseCase, *, by: User) -> None:
    """The use case was stopped: every open proposal has its answer."""
    for each in StopProposal.objects.filter(use_case=use_case, state=StopProposal.State.OPEN):
        StopProposal.LIFE.move(each, "stop", answered_by=by, answered_at=clock.now())
        audit.record("stop.followed", use_case, by=by, cause=each.cause, detail=each.detail)
