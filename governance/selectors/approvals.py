"""Who can decide a request, and what waits for whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.models import ApprovalRequest, Decision, Delegation, JustificationAnswer
from governance.models.approvals import Step
from governance.rules import approvals as rules
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import Verdict
from projects.models import GuardrailResult
from projects.rules.shares import keepers

LABELS: dict[str, Any] = {
    "model_reviewer": _("Model reviewer"),
    "sponsor": _("Sponsor"),
    "data_owner": _("Owner or steward of the data"),
    "executive": _("Executive"),
    "risk_officer": _("Risk officer"),
}
# As a policy names them, before people are known.
ROLE_WORDS: dict[str, Any] = {
    "sponsor_or_owner": _("Sponsor, else the product owner's own act"),
    "sponsor_or_executive": _("Sponsor, else an executive"),
}


def candidates(request: ApprovalRequest, step: Step) -> QuerySet[User]:
    """Everybody who fills a role in person, before conflicts are looked at."""
    match step.role:
        case "model_reviewer":
            found = User.objects.with_duty(Duty.MODEL_REVIEWER)
        case "risk_officer":
            found = User.objects.with_duty(Duty.RISK_OFFICER)
        case "executive":
            found = User.objects.with_duty(Duty.EXECUTIVE)
        case "data_owner" if request.thing is not None:
            found = User.objects.active().filter(pk__in=[person.pk for person in keepers(request.thing)])
        case "sponsor" if request.use_case is not None:
            found = User.objects.active().filter(pk=request.use_case.sponsor_id)
        case _:
            return User.objects.none()
    found = found.filter(is_service=False)
    return found.holding(step.certificate).distinct() if step.certificate else found


def deciders(request: ApprovalRequest, step: Step) -> list[User]:
    """People who could answer a step: in the role, without a stake."""
    return [person for person in candidates(request, step) if not rules.conflicts(person, request)]


def still_asked(request: ApprovalRequest, step: Step) -> list[User]:
    """Of those, who has not answered yet, and nobody in their place."""
    answered = {pk for each in request.decisions.all() for pk in (each.decided_by_id, each.on_behalf_of_id)}
    return [person for person in deciders(request, step) if person.pk not in answered]


def delegates(request: ApprovalRequest, step: Step) -> list[User]:
    """Who may answer this step in somebody's place today."""
    givers = [person.pk for person in still_asked(request, step)]
    rows = Delegation.objects.current().filter(given_by__in=givers).select_related("given_to")
    return [row.given_to for row in rows if rules.may_judge(row.given_to, request, step)]


@dataclass(frozen=True)
class StepRow:
    """One step as the page of a request shows it."""

    number: int
    step: Step
    label: Any
    state: str
    answers: list[Decision]
    people: list[User]  # who may answer it now
    missing: int
    waiting_since: datetime | None


def steps(request: ApprovalRequest) -> list[StepRow]:
    """Every step with its answers, who may still answer it, and how many answers are missing."""
    said = list(request.decisions.all())
    found, since = [], request.created_at
    for number, step in enumerate(request.plan, start=1):
        answers = [each for each in said if each.step == number]
        counted = [each for each in answers if each.answer != Decision.Answer.ABSTAIN]
        state = state_of(request, number, answers)
        is_on = state == "current"
        found.append(
            StepRow(
                number, step, LABELS.get(step.role, step.role), state, answers,
                [*still_asked(request, step), *delegates(request, step)] if is_on else [],
                max(0, step.quorum - len(counted)) if is_on else 0, since if is_on else None,
            )
        )  # fmt: skip
        since = max((each.decided_at for each in answers), default=since)
    return found


def state_of(request: ApprovalRequest, number: int, answers: list[Decision]) -> str:
    """Where a step stands."""
    if any(each.answer in Decision.ENDS for each in answers):
        return "failed"
    if request.state == ApprovalRequest.State.OPEN and request.active_step == number:
        return "current"
    if request.state == ApprovalRequest.State.APPROVED or number < request.active_step:
        return "done" if answers else "skipped"
    return "todo"


def dissent(request: ApprovalRequest) -> list[Decision]:
    """Answers against, kept with their reasons also when the outcome is a yes."""
    return [each for each in request.decisions.all() if each.answer in Decision.DISSENT]


def excluded(request: ApprovalRequest) -> list[tuple[User, str]]:
    """Who fills the role of the active step and may not answer, each with the reason."""
    step = request.active
    if step is None:
        return []
    pairs = ((person, rules.conflicts(person, request)) for person in candidates(request, step))
    return [(person, "; ".join(found)) for person, found in pairs if found]


def could_decide(user: User, requests: Iterable[ApprovalRequest]) -> list[ApprovalRequest]:
    """Those open requests whose turn is this person's."""
    return [each for each in requests if rules.may_decide(user, each)]


@dataclass(frozen=True)
class InboxRow:
    """One request as the inbox shows it."""

    request: ApprovalRequest
    verdict: Verdict
    age_days: int


@dataclass(frozen=True)
class JustificationRow:
    """One guardrail that was justified, with the reviewer's answer if there is one."""

    guardrail: GuardrailResult
    answer: JustificationAnswer | None


def justifications(request: ApprovalRequest) -> list[JustificationRow]:
    """What the reviewer answers one by one."""
    if request.version is None:
        return []
    asked = GuardrailResult.objects.filter(
        experiment=request.version.trial.experiment,
        is_current=True,
        is_alerted=True,
        severity=GuardrailResult.Severity.JUSTIFY,
    ).select_related("justified_by")
    given = {each.guardrail_id: each for each in request.answers.select_related("answered_by")}
    return [JustificationRow(each, given.get(each.pk)) for each in asked]


def age(since: datetime, now: datetime) -> int:
    """Whole days."""
    return max(0, (now - since).days)
