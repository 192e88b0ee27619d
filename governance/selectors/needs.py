"""Would this need approval? The steps that a request would have today, and who could answer them."""

from collections.abc import Iterator
from dataclasses import dataclass

from governance import gates, policies
from governance.models import ApprovalRequest, ModelVersion
from governance.policy_text import TierPolicy
from governance.selectors import approval_plans, approvals
from portal.core.models import User
from portal.core.verdicts import YES, Refused, Verdict
from projects.models import UseCase

Kind = ApprovalRequest.Kind


@dataclass(frozen=True)
class NeededStep:
    """One step, and how many people could answer it."""

    role: str
    label: str
    quorum: int
    takes: str
    people: list[User]


@dataclass(frozen=True)
class Need:
    """What one act would ask for."""

    kind: str
    label: str
    needed: bool
    policy: str
    days: int
    steps: list[NeededStep]
    possible: Verdict  # no where too few people could answer, with what to do


def of_use_case(use_case: UseCase, user: User) -> list[Need]:
    """Every act that may come next on this use case, asked by this person."""
    policy = policies.for_use_case(use_case)
    version = ModelVersion.objects.filter(model__use_case=use_case).for_list().order_by("-created_at").first()
    return [of_kind(use_case, kind, policy, user, version) for kind in kinds(use_case, version)]


def of_gate(use_case: UseCase, gate: str, user: User) -> Need:
    """One gate."""
    return of_kind(use_case, gate, policies.for_use_case(use_case), user, None)


def kinds(use_case: UseCase, version: ModelVersion | None) -> Iterator[str]:
    """The gates ahead, what a model asks, and a lower tier."""
    yield from gates.gates_ahead(use_case)
    if version is not None:
        yield from (Kind.MODEL_REVIEW, Kind.PROMOTION)
    yield Kind.TIER_CHANGE


def of_kind(
    use_case: UseCase, kind: str, policy: TierPolicy, user: User, version: ModelVersion | None
) -> Need:
    """The request as it would open, never saved."""
    label = str(Kind(kind).label)
    if kind == Kind.PROMOTION and policy.promotion == "direct":
        return Need(kind, label, False, policy.version, 0, [], YES)
    about = version if kind in (Kind.MODEL_REVIEW, Kind.PROMOTION) else None
    request = ApprovalRequest(kind=kind, use_case=use_case, version=about, requested_by=user)
    possible = YES
    try:
        approval_plans.pin(request, policy)
    except Refused as refused:
        possible = refused.verdict
        request.policy = policy.of(kind) | {"steps": []}
    steps = [
        NeededStep(
            step.role, str(approvals.LABELS.get(step.role, step.role)), step.quorum, step.takes,
            approvals.deciders(request, step),
        )
        for step in request.plan
    ]  # fmt: skip
    return Need(
        kind,
        label,
        bool(steps) or not possible,
        policy.version,
        request.policy["days"] if steps else 0,
        steps,
        possible,
    )
