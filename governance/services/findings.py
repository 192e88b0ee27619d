"""Findings: raised, worked on, verified by somebody else."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from governance.models import ApprovalRequest, Finding, ModelVersion
from governance.rules import findings as rules
from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects.models import UseCase


@transaction.atomic
def raise_finding(
    use_case: UseCase, *, title: str, severity: str, owner: User, by: User, due_on: date | None = None, detail: str = "",
    version: ModelVersion | None = None,
) -> Finding:  # fmt: skip
    """Write down what must be put right, by whom and until when."""
    require(rules.may_raise(by, use_case))
    if version and version.model.use_case_id != use_case.pk:
        raise ValidationError({"version": _("This version belongs to another use case.")})
    return add(
        use_case=use_case,
        version=version,
        title=title,
        severity=severity,
        owner=owner,
        due_on=due_on,
        detail=detail,
        source=Finding.Source.AUDIT,
        by=by,
    )


@transaction.atomic
def add(
    *, title: str, severity: str, owner: User, by: User | None, use_case: UseCase | None = None, due_on: date | None = None,
    detail: str = "", url: str = "", source: str = Finding.Source.REVIEW, version: ModelVersion | None = None,
    request: ApprovalRequest | None = None,
) -> Finding:  # fmt: skip
    """Add a finding; called by the service of approvals, by monitors and by `raise_finding`."""
    if severity not in Finding.Severity.values:
        raise ValidationError({"severity": _("Choose how severe it is.")})
    due_on = due_on or clock.today() + timedelta(days=Finding.DAYS[Finding.Severity(severity)])
    check(title=title, due_on=due_on, owner=owner)
    if request:
        use_case, version = request.use_case, version or request.version
    if use_case is None:
        raise ValidationError({"use_case": _("A finding belongs to a use case.")})
    finding = Finding.objects.create(
        use_case=use_case, version=version, request=request, source=source, severity=severity, title=title.strip(),
        detail=detail.strip()[:4000], url=url, raised_by=by, owner=owner, due_on=due_on,
    )  # fmt: skip
    audit.record(
        "finding.raised", finding, by=by, severity=severity, owner=owner.pk, due=str(due_on), source=source
    )
    notices.tell(
        [owner],
        text=N_("A finding is yours until %(due)s: %(title)s"),
        url=page(finding),
        icon="finding",
        by=by,
        due=due_on,
        title=finding.title,
    )
    return finding


def check(*, title: str, due_on: date, owner: User) -> None:
    """A finding says what, who and when."""
    errors = {}
    if not title.strip() or len(title.strip()) > 200:
        errors["title"] = _("Say in at most 200 characters what must be put right.")
    if due_on < clock.today():
        errors["due_on"] = _("The day must not be in the past.")
    if not owner.is_active or owner.is_service:
        errors["owner"] = _("The owner must be an active person.")
    if errors:
        raise ValidationError(errors)


def page(finding: Finding) -> str:
    """Where a finding is worked on."""
    return reverse("governance:finding_detail", args=[finding.pk])


@transaction.atomic
def start(finding: Finding, *, by: User) -> None:
    """Begin work on it."""
    require(rules.may_start(by, finding))
    Finding.LIFE.move(finding, "start")
    audit.record("finding.started", finding, by=by)


@transaction.atomic
def resolve(finding: Finding, *, resolution: str, by: User) -> None:
    """Say what was done; somebody else verifies it."""
    require(rules.may_work_on(by, finding))
    if not resolution.strip() or len(resolution) > 4000:
        raise ValidationError({"resolution": _("Say what was done, in at most 4,000 characters.")})
    Finding.LIFE.move(finding, "resolve", resolution=resolution.strip(), resolved_by=by)
    audit.record("finding.resolved", finding, by=by, resolution=resolution)
    notices.tell(
        [finding.raised_by],
        text=N_("To be verified: %(title)s"),
        url=page(finding),
        icon="finding",
        by=by,
        title=finding.title,
    )


@transaction.atomic
def verify(finding: Finding, *, by: User) -> None:
    """Confirm that it is put right. The last finding of a conditional approval lifts the condition."""
    require(rules.may_verify(by, finding))
    Finding.LIFE.move(finding, "verify", verified_by=by, settled_at=clock.now())
    audit.record("finding.verified", finding, by=by)
    notices.tell(
        [finding.owner],
        text=N_("Verified: %(title)s"),
        url=page(finding),
        icon="finding",
        by=by,
        title=finding.title,
    )
    lift_condition(finding, by=by)


@transaction.atomic
def reopen(finding: Finding, *, reason: str, by: User) -> None:
    """It is not put right yet."""
    require(rules.may_verify(by, finding))
    if not reason.strip():
        raise ValidationError({"reason": _("Say what is still missing.")})
    Finding.LIFE.move(finding, "reopen", resolved_by=None)
    audit.record("finding.reopened", finding, by=by, reason=reason)
    notices.tell(
        [finding.owner],
        text=N_("Not put right yet: %(title)s"),
        url=page(finding),
        icon="finding",
        by=by,
        title=finding.title,
    )


@transaction.atomic
def accept(finding: Finding, *, reason: str, until: date, by: User) -> None:
    """A risk officer takes the risk in person, with a reason and an end."""
    require(rules.may_accept(by, finding))
    errors = {}
    if not reason.strip():
        errors["reason"] = _("Say why the risk is accepted.")
    if not clock.today() < until <= clock.today() + timedelta(days=366):
        errors["until"] = _("Choose a day within the next year.")
    if errors:
        raise ValidationError(errors)
    Finding.LIFE.move(
        finding,
        "accept",
        accepted_by=by,
        accepted_until=until,
        acceptance_reason=reason.strip()[:2000],
        settled_at=clock.now(),
    )
    audit.record("finding.accepted", finding, by=by, until=str(until), reason=reason)
    notices.tell(
        [finding.owner, finding.raised_by],
        text=N_("Risk accepted: %(title)s"),
        url=page(finding),
        icon="finding",
        by=by,
        title=finding.title,
    )
    lift_condition(finding, by=by)


def lift_condition(finding: Finding, *, by: User) -> None:
    """An approval with findings becomes a plain one when none of them is open."""
    version = finding.version
    if (
        finding.request is None
        or version is None
        or version.status != ModelVersion.Status.APPROVED_CONDITIONALLY
    ):
        return
    if not Finding.objects.unsettled().filter(request=finding.request).exists():
        ModelVersion.LIFE.move(version, "lift_condition")
        audit.record("version.condition_lifted", version, by=by)
