"""Who answers the steps of a request, found before it opens: a question nobody can answer must not exist."""

from dataclasses import asdict
from itertools import combinations
from typing import Any

from django.utils.translation import gettext as _

from governance.models import ApprovalRequest
from governance.models.approvals import Step
from governance.policy_text import TierPolicy
from governance.rules import approvals as rules, preapproval
from governance.selectors import approvals as selectors
from portal.core.verdicts import Refused, Verdict, no


def pin(request: ApprovalRequest, policy: TierPolicy) -> None:
    """Copy the rules in force into the request, with the steps as they are now that people are known (R3)."""
    pinned = policy.of(request.kind)
    plan = [step for each in pinned["steps"] if (step := resolved(request, Step(**each)))]
    request.is_own_act = not plan
    if plan and preapproval.is_small(request, pinned):
        plan, request.is_preapproved = [Step(role="model_reviewer", certificate=plan[0].certificate)], True
        pinned["people"] = 2
    plan = [with_somebody(request, step, pinned["fallback"]) for step in plan]
    require_people(request, plan, pinned["people"])
    request.policy = pinned | {"steps": [asdict(step) for step in plan]}
    request.policy_version, request.pinned_policy = policy.version, policy.row


def resolved(request: ApprovalRequest, step: Step) -> Step | None:
    """The role of a step once people are known; nothing means the requester's own act."""
    if step.role not in {"sponsor_or_owner", "sponsor_or_executive"} or request.use_case is None:
        return step
    sponsor = request.use_case.sponsor
    if sponsor and sponsor.is_active and not rules.conflicts(sponsor, request):
        return another(step, "sponsor")
    return None if step.role == "sponsor_or_owner" and sponsor is None else another(step, "executive")


def another(step: Step, role: str, *, instead_of: str = "") -> Step:
    """The same step, answered by another role; a sponsor is one person."""
    quorum = 1 if role == "sponsor" else step.quorum
    return Step(role, quorum, step.takes, step.certificate, instead_of)


def with_somebody(request: ApprovalRequest, step: Step, fallback: str) -> Step:
    """R4: where too few are left, the fallback group answers, and the request says so. A certificate has no fallback."""
    if enough(request, step) or step.certificate or step.role == fallback:
        return step
    other = another(step, fallback, instead_of=step.role)
    return other if enough(request, other) else step


def enough(request: ApprovalRequest, step: Step) -> bool:
    """As many people without a stake as the step needs."""
    return len(selectors.deciders(request, step)) >= step.quorum


def require_people(request: ApprovalRequest, plan: list[Step], people: int) -> None:
    """
    R4 and R7: every step has its people, no two seats need the same person, and there are as many as the policy asks.

    Seats can be filled by different people when any choice of steps has as many people as seats (Hall's theorem).
    """
    found = [{person.pk for person in selectors.deciders(request, step)} for step in plan]
    seats = [step.quorum for step in plan]
    numbers = range(len(plan))
    for chosen in (each for size in numbers for each in combinations(numbers, size + 1)):
        if len(set().union(*(found[n] for n in chosen))) < sum(seats[n] for n in chosen):
            raise Refused(nobody(plan[chosen[-1]]))
    if plan and 1 + sum(seats) < people:
        raise Refused(too_few(people, 1 + sum(seats)))


def too_few(people: int, seats: int) -> Verdict:
    """A sponsor is one person: where the policy counted on more, the steps bring too few."""
    return no(
        _("The policy asks for %(people)s different people; the steps of this request bring %(seats)s.")
        % {"people": people, "seats": seats},
        _("A risk officer adds a step or a quorum to the policy."),
        code="approval.too_few",
    )


def nobody(step: Step) -> Verdict:
    """The refusal when a step could not be answered by enough people; it names who can help."""
    remedies: dict[str, Any] = {
        "model_reviewer": _(
            "The community lead has a reviewer trained and certified who never worked in this squad."
        ),
        "risk_officer": _("An administrator assigns the duty of risk officer to somebody outside the squad."),
        "executive": _("An administrator assigns the duty of executive to somebody outside the squad."),
    }
    return no(
        _("Nobody could decide this: everyone in that role is missing or has a stake in it."),
        remedies.get(step.role, _("Name a sponsor outside the squad.")),
        code="approval.no_decider",
    )
