"""What differs between two policies, who is held to which, and who would be stopped by a draft."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from governance import gates, policies, policy_text
from governance.gate_checks import CHECKS
from governance.models import ApprovalRequest, PolicyPin, PolicyVersion
from governance.policy_text import TierPolicy
from portal.core.models import User
from projects.models import UseCase

STRICTNESS = {"observe": 0, "warn": 1, "waive": 2, "prevent": 3}
MOST = 200


@dataclass(frozen=True)
class Change:
    """One place that differs; `effect` is tightened, loosened or changed."""

    path: str
    before: str
    after: str
    effect: str


def flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of a document with its place."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from flat(each, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        yield path, " → ".join(spoken(each) for each in value)
    else:
        yield path, value


def spoken(step: Any) -> str:
    """A step in one word, with what is special about it."""
    if not isinstance(step, dict):
        return str(step)
    special = [str(step["quorum"])] if step.get("quorum", 1) != 1 else []
    special += [str(step[name]) for name in ("takes", "certificate") if step.get(name)]
    return str(step.get("role")) + (f" ({', '.join(special)})" if special else "")


def changes(before: PolicyVersion, after: PolicyVersion) -> list[Change]:
    """Place by place, the version's own name left out."""
    old, new = (dict(flat(policy_text.parse(each.text))) for each in (before, after))
    found = []
    for path in [*old, *(each for each in new if each not in old)]:
        if path != "version" and old.get(path) != new.get(path):
            found.append(Change(path, shown(old.get(path)), shown(new.get(path)), effect(path, old, new)))
    return found


def shown(value: Any) -> str:
    """A value as it stands, or a dash."""
    return "–" if value is None else str(value)


# More of these asks for less, or for less soon.
LOOSER = (
    "review_months",
    "production_review_days",
    "days.",
    "guardrails.",
    "override_hours",
    "preapproved.",
    "timetable.",
)


def effect(path: str, old: dict[str, Any], new: dict[str, Any]) -> str:
    """Whether more or less is asked at this place."""
    before, after = old.get(path), new.get(path)
    rise: float
    if path.startswith("requirements."):
        rise = STRICTNESS.get(str(after), -1) - STRICTNESS.get(str(before), -1)
    elif path.startswith("guardrails.") and None in (before, after):
        rise = 1 if before is None else -1
    elif isinstance(before, int | float) and isinstance(after, int | float):
        rise = (before - after) if path.startswith(LOOSER) else (after - before)
    else:
        return "changed"
    return "tightened" if rise > 0 else "loosened"


@dataclass(frozen=True)
class Stopped:
    """A use case whose next gate a policy would hold up."""

    use_case: UseCase
    gate: str
    missing: list[gates.Requirement]


def would_be_stopped(policy: PolicyVersion, user: User) -> list[Stopped]:
    """
    Observe mode: of the use cases of this tier that the reader sees, those that could ask for their next
    gate today and could not under this policy. Nothing is stopped by looking.
    """
    rules = read(policy)
    if rules is None:
        return []
    found = []
    of_tier = UseCase.objects.visible_to(user).filter(risk_tier=policy.tier, phase__in=list(gates.NEXT))
    for use_case in of_tier.order_by("ref")[:MOST]:
        gate = gates.gate_of(use_case)
        now = gates.requirements(use_case, gate)
        if any(each.stops for each in now):
            continue  # it is stopped already
        then = gates.requirements(use_case, gate, modes=rules.requirements[gate])
        missing = [each for each in then if each.stops]
        if missing:
            found.append(Stopped(use_case, gate, missing))
    return found


@dataclass(frozen=True)
class Passed:
    """A gate that was passed although something only observed or advised was missing."""

    request: ApprovalRequest
    unmet: list[str]
    words: list[str]


def passed_without(policy: PolicyVersion, user: User) -> list[Passed]:
    """Who would have been stopped: gates passed under this policy with something unmet that only warns or is observed."""
    rows = ApprovalRequest.objects.visible_to(user).filter(
        pinned_policy=policy, state=ApprovalRequest.State.APPROVED, kind__in=ApprovalRequest.GATES
    )
    found: list[Passed] = []
    labels: dict[str, str] = {}
    for row in rows.for_list().exclude(noted=[]).order_by("-closed_at")[:MOST]:
        codes = {code: mode for code, mode in row.policy.get("requirements", {}).items() if code in row.noted}
        for code in codes.keys() - labels.keys():
            labels[code] = str(CHECKS[code](row.use_case).label) if row.use_case and code in CHECKS else code
        words = [labels[code] for code in codes]
        found.append(Passed(row, [f"{code} ({mode})" for code, mode in codes.items()], words))
    return found


def read(policy: PolicyVersion) -> TierPolicy | None:
    """Its rules, or nothing while a draft has mistakes."""
    try:
        return policies.parsed(policy)
    except policies.BadPolicy:
        return None


def held_to(policy: PolicyVersion, user: User) -> list[UseCase]:
    """Use cases whose newest pin is this version, of those the reader sees."""
    visible = UseCase.objects.visible_to(user).filter(risk_tier=policy.tier)
    pins = PolicyPin.objects.filter(policy__tier=policy.tier, use_case__in=visible.values("pk"))
    newest: dict[Any, PolicyPin] = {}
    for pin in pins.select_related("use_case", "policy"):
        newest.setdefault(pin.use_case_id, pin)
    return [pin.use_case for pin in newest.values() if pin.policy_id == policy.pk]


def counted() -> Any:
    """All versions with how many use cases were ever pinned to each."""
    return PolicyVersion.objects.for_list().annotate(uses=Count("pins__use_case", distinct=True))
