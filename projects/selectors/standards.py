"""What is missing of a use case against its template, or against the standards of the house."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from projects import standards
from projects.models import Dataset, KillCriterion, ScoreCard, SquadMember, SquadRole, UseCase


@dataclass(frozen=True)
class Found:
    """One standard and whether this use case meets it."""

    code: str
    label: Any
    met: bool
    detail: str
    remedy: Any
    url: str


@dataclass(frozen=True)
class Report:
    """All standards that count for a use case."""

    found: list[Found]
    is_house: bool

    @property
    def missing(self) -> list[Found]:
        """What is not there yet."""
        return [each for each in self.found if not each.met]

    @property
    def percent(self) -> int:
        """Share that is met."""
        met = len(self.found) - len(self.missing)
        return round(100 * met / len(self.found)) if self.found else 100


def report(use_case: UseCase) -> Report:
    """Every standard of its template; of the house when it has none. A constant number of queries."""
    template = use_case.template
    codes = template.standards if template else standards.HOUSE
    roles = template.roles if template else []
    missing = missing_roles(use_case, roles)
    met = of_fields(use_case) | of_work(use_case) | {"roles": not missing}
    found = [
        Found(
            each.code,
            each.label,
            met[each.code],
            ", ".join(missing) if each.code == "roles" else "",
            each.remedy,
            address(each.route, use_case),
        )
        for each in standards.STANDARDS
        if each.code in codes
    ]
    return Report(found, template is None)


def address(route: str, use_case: UseCase) -> str:
    """The page of a remedy."""
    if route == "dataset_new":
        return f"{reverse('projects:dataset_new')}?use_case={use_case.pk}"
    return reverse(f"projects:{route}", args=[use_case.pk])


def missing_roles(use_case: UseCase, roles: list[str]) -> list[str]:
    """The names of roles that nobody holds now."""
    if not roles:
        return []
    held = set(SquadMember.objects.current().filter(use_case=use_case).values_list("role", flat=True))
    return [str(SquadRole(role).label) for role in roles if role not in held and role in SquadRole.values]


def of_fields(use_case: UseCase) -> dict[str, bool]:
    """What stands in the use case itself."""
    owners = (use_case.improvement_owner_id, use_case.operation_owner_id, use_case.monitoring_owner_id)
    return {
        "decision": bool(use_case.decision_supported.strip()),
        "action": bool(use_case.action_taken.strip()),
        "process": bool(use_case.process.strip()) and use_case.process_owner_id is not None,
        "end_users": bool(use_case.end_users.strip()),
        "metric": bool(use_case.success_metric.strip())
        and use_case.metric_baseline is not None
        and use_case.metric_target is not None,
        "ai_kind": use_case.ai_kind != UseCase.Kind.UNKNOWN,
        "sponsor": use_case.sponsor_id is not None,
        "owners": None not in owners,
        "tier": use_case.risk_tier != UseCase.Tier.UNASSESSED,
        "make_or_buy": use_case.make_or_buy != UseCase.MakeOrBuy.UNDECIDED,
    }


def of_work(use_case: UseCase) -> dict[str, bool]:
    """What stands beside it."""
    estimate = getattr(use_case, "estimate", None)
    return {
        "score": ScoreCard.objects.filter(use_case=use_case, state=ScoreCard.State.AGREED).exists(),
        "estimate": bool(estimate and estimate.effort_months),
        "kill_criteria": KillCriterion.objects.filter(use_case=use_case).exists(),
        "lead": SquadMember.objects.current().filter(use_case=use_case, is_lead=True).exists(),
        "data": Dataset.objects.filter(use_case=use_case).exists(),
    }
