"""Emergency override: two people, a reason, some hours, and a high finding (R8)."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from governance import manifests
from governance.models import ApprovalRequest, Deployment, Finding, ModelVersion, Override
from governance.rules import overrides as rules
from governance.services import approvals, champions, findings, outcomes
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.states import IllegalMove
from portal.core.verdicts import require
from projects.models import UseCase


def page(override: Override) -> str:
    """It stands on the page of its request."""
    return reverse("governance:approval_detail", args=[override.request_id])


@transaction.atomic
def propose(request: ApprovalRequest, *, reason: str, by: User) -> Override:
    """Ask a second person to put this through now; nothing happens before they confirm."""
    request.refresh_from_db()
    require(rules.may_propose(by, request))
    if not 20 <= len(reason.strip()) <= 2000:
        raise ValidationError({"reason": _("Describe the emergency in 20 to 2,000 characters.")})
    digest = manifests.subject_digest(request)
    if digest != request.subject_digest:
        raise IllegalMove(_("What was submitted has changed since; it must be submitted again."))
    try:
        with transaction.atomic():
            made = Override.objects.create(
                request=request, reason=reason.strip(), subject_digest=digest, proposed_by=by
            )
    except IntegrityError:
        raise IllegalMove(_("An override is proposed already.")) from None
    audit.record("override.proposed", request, by=by, reason=reason.strip(), digest=digest)
    people = User.objects.with_duty(Duty.RISK_OFFICER) | User.objects.with_duty(Duty.EXECUTIVE)
    text = N_("An emergency override waits for a second person: %(what)s.")
    notices.tell(people.distinct(), text=text, url=page(made), icon="alert", by=by, what=request)
    return made


@transaction.atomic
def confirm(override: Override, *, by: User) -> Override:
    """The second person: it takes effect for some hours, and a high finding says what must follow."""
    override.refresh_from_db()
    request = override.request
    request.refresh_from_db()
    require(rules.may_confirm(by, override))
    if manifests.subject_digest(request) != override.subject_digest:
        raise IllegalMove(_("What was submitted has changed since; it must be submitted again."))
    hours = int(request.policy.get("override_hours", 72))
    ends_at = clock.now() + timedelta(hours=hours)
    Override.LIFE.move(override, "confirm", confirmed_by=by, confirmed_at=clock.now(), ends_at=ends_at)
    ApprovalRequest.LIFE.move(request, "approve", closed_at=clock.now())
    outcomes.approved(request, by=by, conditional=False)
    if request.kind == ApprovalRequest.Kind.MODEL_REVIEW:
        ModelVersion.objects.filter(requests=request).update(valid_until=ends_at)
    audit.record(
        "override.confirmed",
        request,
        by=by,
        proposed_by=override.proposed_by.pk,
        ends_at=ends_at,
        reason=override.reason,
    )
    open_finding(override, by=by)
    notices.tell(
        approvals.concerned(request),
        text=N_("%(what)s was put through by an emergency override; it holds until %(ends)s."),
        url=page(override),
        icon="alert",
        by=by,
        what=request,
        ends=ends_at.date(),
    )
    return override


def open_finding(override: Override, *, by: User) -> None:
    """What must be put right: the decision that the policy asks for."""
    request = override.request
    assert request.use_case is not None  # overrides are about models and gates
    findings.add(
        request=request,
        title=str(_("Emergency override: %(what)s") % {"what": request})[:200],
        detail=override.reason,
        severity=Finding.Severity.HIGH,
        owner=request.use_case.product_owner or request.requested_by,
        due_on=override.ends_at.date() if override.ends_at else None,
        url=page(override),
        source=Finding.Source.INCIDENT,
        by=by,
    )


@transaction.atomic
def drop(override: Override, *, by: User) -> None:
    """Take a proposal back."""
    require(rules.may_drop(by, override))
    Override.LIFE.move(override, "drop")
    audit.record("override.dropped", override.request, by=by)


@transaction.atomic
def end_overdue() -> int:
    """Take back what overrides have put into service when their hours are over; how many ended."""
    count = 0
    late = Override.objects.for_list().filter(state=Override.State.IN_FORCE, ends_at__lte=clock.now())
    for override in late:
        Override.LIFE.move(override, "end")
        if override.request.version is None:
            send_back(override)
        else:
            stop_serving(override)
        audit.record("override.ended", override.request, by=None)
        text = N_("The emergency override of %(what)s is over.")
        notices.tell(
            approvals.concerned(override.request), text=text, url=page(override), icon="alert", by=None,
            what=override.request,
        )  # fmt: skip
        count += 1
    return count


def stop_serving(override: Override) -> None:
    """What it put into service leaves it; the last approved version serves again."""
    version = override.request.version
    serving = Deployment.objects.current().filter(version=version)
    if override.request.kind == ApprovalRequest.Kind.PROMOTION:
        serving = serving.filter(request=override.request)
    for deployment in list(serving):
        champions.stop(deployment, reason=_("The emergency override is over"), by=None)
        champions.fall_back(deployment.model, by=None, without=version)


def send_back(override: Override) -> None:
    """A use case that went live by it alone goes back to development; a review of production is due again by itself."""
    from projects.services import phases

    request = override.request
    use_case = request.case
    use_case.refresh_from_db()
    if request.kind == ApprovalRequest.Kind.G3 and use_case.phase == UseCase.Phase.PRODUCTION:
        phases.move(
            use_case, "develop", by=None, gate="G2", comment=_("The emergency override is over"),
            evidence={"override": str(override.pk), "request": str(request.pk)},
        )  # fmt: skip
