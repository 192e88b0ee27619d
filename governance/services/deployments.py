"""Putting versions into service and taking them out."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from governance.models import ApprovalRequest, Deployment, Finding, ModelVersion
from governance.rules import deployments as rules, versions as version_rules
from governance.services import approvals, champions, findings
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.states import IllegalMove
from portal.core.verdicts import require


@transaction.atomic
def promote(version: ModelVersion, *, by: User, reason: str = "") -> Deployment:
    """
    Make an approved version champion on the strength of its review.

    At high risk a promotion needs a decision of its own: `request_promotion`.
    """
    require(rules.may_promote(by, version))
    basis = champions.review_of(version)
    assert basis is not None  # an approved version has the review that approved it
    return champions.install(version, request=basis, reason=reason, by=by)


@transaction.atomic
def request_promotion(version: ModelVersion, *, by: User, reason: str) -> ApprovalRequest:
    """Ask that an approved version become champion."""
    require(rules.may_request_promotion(by, version))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why this version should serve now.")})
    asked = approvals.open_request(
        kind=ApprovalRequest.Kind.PROMOTION,
        use_case=version.model.use_case,
        version=version,
        comment=reason.strip(),
        by=by,
    )
    audit.record("deployment.requested", version, by=by, request=str(asked.pk))
    return asked


@transaction.atomic
def enter(version: ModelVersion, *, role: str, by: User, reason: str = "") -> Deployment:
    """Let an approved version run beside the champion, as challenger or in its shadow; it answers nobody."""
    require(version_rules.may_enter(by, version))
    if role not in {Deployment.Role.CHALLENGER, Deployment.Role.SHADOW}:
        raise ValidationError({"role": _("Choose challenger or shadow; a champion is promoted.")})
    basis = champions.review_of(version)
    assert basis is not None  # an approved version has the review that approved it
    try:
        with transaction.atomic():
            made = Deployment.objects.create(
                model=version.model,
                version=version,
                role=role,
                request=basis,
                reason=reason[:500],
                started_by=by,
            )
    except IntegrityError:
        raise IllegalMove(_("Somebody else gave it a role a moment ago. Reload the page.")) from None
    audit.record("deployment.entered", made, by=by, role=role, version=str(version.pk), request=str(basis.pk))
    return made


@transaction.atomic
def end(deployment: Deployment, *, reason: str, by: User) -> None:
    """Take a version out of service. Nothing takes its place: programs that call it hear so."""
    require(rules.may_end(by, deployment))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is taken out of service.")})
    champions.stop(deployment, reason=reason.strip(), by=by)
    use_case = deployment.model.use_case
    notices.tell(
        [use_case.product_owner, use_case.process_owner, use_case.operation_owner, use_case.monitoring_owner],
        text=N_("%(version)s is out of service."),
        url=reverse("governance:deployment_detail", args=[deployment.pk]),
        icon="rocket",
        by=by,
        version=deployment.version,
    )


@transaction.atomic
def alarm_integrity(deployment: Deployment, *, by: User | None) -> None:
    """The stored model is not the approved one: alarm once, with a finding that stops the next gate."""
    audit.record("model.integrity_failed", deployment, by=by, bundle=deployment.version.bundle_digest)
    version, use_case = deployment.version, deployment.model.use_case
    title = str(_("The stored file of %(version)s is not the approved one") % {"version": version})[:200]
    if Finding.objects.unsettled().filter(version=version, source=Finding.Source.INCIDENT).exists():
        return
    owner = use_case.operation_owner or use_case.product_owner or version.registered_by
    url = reverse("governance:deployment_detail", args=[deployment.pk])
    findings.add(
        use_case=use_case,
        version=version,
        source=Finding.Source.INCIDENT,
        severity=Finding.Severity.HIGH,
        title=title,
        owner=owner,
        url=url,
        by=None,
    )
    engineers = User.objects.with_duty(Duty.IT_ENGINEER)
    notices.tell(
        engineers,
        text=N_("Integrity alarm: the file of %(version)s is not the approved one. It is not used any more."),
        url=url,
        icon="alert",
        by=None,
        version=version,
    )
