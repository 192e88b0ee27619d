"""The state of a thing at the end of a day: read from the trail, and from rows that say since when and until when."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model as DbModel, Q
from django.utils.translation import gettext as _

from governance.audit_words import sentence
from governance.models import ApprovalRequest, Deployment, Finding, Model, ModelVersion
from governance.selectors.registry import end_of
from governance.selectors.story import about
from portal.core.models import AuditEvent, User
from projects.models import PhaseEvent, UseCase

Details = dict[str, Any]
# Which state each event of the trail leaves its subject in.
VERSION: dict[str, str | Callable[[Details], str]] = {
    "version.registered": "candidate", "version.taken_over": "candidate", "version.blocked": "blocked",
    "version.block_lifted": "candidate", "version.submitted": "submitted", "version.review_begun": "in_review",
    "version.approved": lambda details: "approved_conditionally" if details.get("conditional") else "approved",
    "version.changes_requested": "changes_requested", "version.rejected": "rejected", "version.revoked": "revoked",
    "version.expired": "expired", "version.archived": "archived", "version.condition_lifted": "approved",
    "version.condition_returned": "approved_conditionally",
    # Told of its review: the version goes back to its author.
    "approval.withdrawn": "candidate", "approval.voided": "candidate", "approval.expired": "candidate",
}  # fmt: skip
REQUEST: dict[str, str | Callable[[Details], str]] = {
    "approval.requested": "open", "approval.approved": "approved", "approval.approved_with_findings": "approved",
    "approval.own_act": "approved", "override.confirmed": "approved", "approval.rejected": "rejected",
    "approval.changes_requested": "changes_requested", "approval.withdrawn": "withdrawn", "approval.expired": "expired",
    "approval.voided": "void",
}  # fmt: skip
FINDING: dict[str, str | Callable[[Details], str]] = {
    "finding.raised": "open", "finding.started": "in_progress", "finding.resolved": "resolved",
    "finding.reopened": "in_progress", "finding.verified": "verified", "finding.accepted": "accepted",
    "finding.lapsed": "open",
}  # fmt: skip
SETTLED = {"verified", "accepted"}


@dataclass(frozen=True)
class Fact:
    """One thing that was so: a code for programs, a label for readers, and the values, none of them or several."""

    code: str
    label: str
    values: list[str]


def state_on(thing: Any, day: date) -> list[Fact]:
    """What was so at the end of that day, where the reader lives."""
    moment = end_of(day)
    if thing.created_at > moment:
        return [Fact("state", _("State"), [_("It did not exist yet.")])]
    facts = [*own(thing, moment), *standing(thing, moment)]
    last = AuditEvent.objects.filter(about([thing]), at__lte=moment).order_by("-seq").first()
    if last:
        words = f"{sentence(last.verb)} · {last.actor} · {last.at:%Y-%m-%d %H:%M}"
        facts.append(Fact("last_event", _("Last event"), [words]))
    return facts


def own(thing: Any, moment: datetime) -> list[Fact]:
    """The state of the thing itself."""
    match thing:
        case UseCase():
            return of_use_case(thing, moment)
        case ModelVersion():
            code = version_states([thing], moment).get(str(thing.pk), "candidate")
            return [Fact("status", _("Review status"), [str(ModelVersion.Status(code).label)])]
        case ApprovalRequest():
            code = last_states([thing], REQUEST, moment).get(str(thing.pk), "open")
            said = thing.decisions.filter(decided_at__lte=moment).select_related("decided_by")
            votes = [f"{each.decided_by}: {each.get_answer_display()}" for each in said]
            state = Fact("state", _("State"), [str(ApprovalRequest.State(code).label)])
            return [state, Fact("answers", _("Answers"), votes)]
        case Finding():
            code = last_states([thing], FINDING, moment).get(str(thing.pk), "open")
            return [Fact("state", _("State"), [str(Finding.State(code).label)])]
        case Deployment():
            is_over = thing.ended_at is not None and thing.ended_at <= moment
            words = _("Out of service") if is_over else thing.get_role_display()
            return [Fact("role", _("Role"), [str(words)])]
    return []


def of_use_case(use_case: UseCase, moment: datetime) -> list[Fact]:
    """Phase, risk tier and product owner."""
    moved = PhaseEvent.objects.filter(use_case=use_case, at__lte=moment).order_by("-at", "-id").first()
    phase = UseCase.Phase(moved.to_phase) if moved else UseCase.Phase.DRAFT
    tier, owner = UseCase.Tier.UNASSESSED.value, None
    events = AuditEvent.objects.about(use_case).filter(at__lte=moment).order_by("seq")
    for each in events.filter(verb__in=["use_case.tier_set", "use_case.owner_named"]):
        if each.verb == "use_case.tier_set":
            tier = each.details.get("after") or tier
        else:
            tier, owner = each.details.get("tier") or tier, each.details.get("after")
    named = User.objects.filter(pk=owner).first() if owner else None
    return [
        Fact("phase", _("Phase"), [str(phase.label)]),
        Fact("risk_tier", _("Risk tier"), [str(UseCase.Tier(tier).label)]),
        Fact("product_owner", _("Product owner"), [str(named)] if named else []),
    ]


def last_states(things: Iterable[DbModel], told: dict[str, Any], moment: datetime) -> dict[str, str]:
    """Key -> the state the last event before the moment left each of them in."""
    rows = AuditEvent.objects.filter(about(things), verb__in=told, at__lte=moment).order_by("seq")
    found = {}
    for key, verb, details in rows.values_list("target_id", "verb", "details"):
        state = told[verb]
        found[key] = state if isinstance(state, str) else state(details)
    return found


def version_states(versions: Iterable[ModelVersion], moment: datetime) -> dict[str, str]:
    """Key -> status; the end of an unanswered review is told of its request."""
    versions = list(versions)
    reviews = ApprovalRequest.objects.filter(version__in=versions, kind=ApprovalRequest.Kind.MODEL_REVIEW)
    whose = {str(pk): str(version) for pk, version in reviews.values_list("pk", "version")}
    things = [*versions, *(ApprovalRequest(pk=pk) for pk in whose)]
    rows = AuditEvent.objects.filter(about(things), verb__in=VERSION, at__lte=moment).order_by("seq")
    found = {}
    for key, verb, details in rows.values_list("target_id", "verb", "details"):
        state = VERSION[verb]
        found[whose.get(key, key)] = state if isinstance(state, str) else state(details)
    return found


def standing(thing: Any, moment: datetime) -> list[Fact]:
    """Versions with their status, roles, open requests and open findings of a use case, a model or a version."""
    path = {UseCase: "use_case", Model: "model", ModelVersion: "version"}.get(type(thing))
    if path is None:
        return []
    through = {"use_case": "model__use_case", "model": "model", "version": "version"}[path]
    of_case = {"use_case": "use_case", "model": "version__model", "version": "version"}[path]
    then = Q(created_at__lte=moment)
    served = Deployment.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=moment), started_at__lte=moment, **{through: thing}
    ).select_related("version__model")
    asked = ApprovalRequest.objects.of_cases().filter(then, **{of_case: thing})
    asked = asked.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=moment))
    findings = list(Finding.objects.filter(then, **{of_case: thing}))
    states = last_states(findings, FINDING, moment)
    unsettled = [each.title for each in findings if states.get(str(each.pk), "open") not in SETTLED]
    return [
        *versions_of(thing, moment),
        Fact(
            "in_service", _("In service"), [f"{each.version} ({each.get_role_display()})" for each in served]
        ),
        Fact("open_requests", _("Open requests"), [str(each.get_kind_display()) for each in asked]),
        Fact("open_findings", _("Open findings"), unsettled),
    ]


def versions_of(thing: Any, moment: datetime) -> list[Fact]:
    """Every version that was there, with its status; a version says its own already."""
    if isinstance(thing, ModelVersion):
        return []
    path = "model__use_case" if isinstance(thing, UseCase) else "model"
    there = ModelVersion.objects.filter(created_at__lte=moment, **{path: thing})
    there = there.select_related("model").order_by("model__name", "number")
    states = version_states(there, moment)
    words = [f"{each}: {ModelVersion.Status(states.get(str(each.pk), 'candidate')).label}" for each in there]
    return [Fact("versions", _("Versions"), words)]
