"""A waiver ends: by its day or by a person. What it let go stands again."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _, gettext_noop as N_

from governance import gates
from governance.models import ApprovalRequest, Finding, ModelVersion, Waiver
from governance.rules import waivers as rules
from governance.rules.models import blocks_of
from governance.services import approvals, findings
from governance.services.waivers import page
from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.states import IllegalMove
from portal.core.verdicts import require


@transaction.atomic
def end(waiver: Waiver, *, reason: str, by: User) -> None:
    """Take a waiver back before its day."""
    require(rules.may_end(by, waiver))
    if not 1 <= len(reason.strip()) <= 500:
        raise ValidationError({"reason": _("Say in at most 500 characters why it ends now.")})
    if not close(waiver, reason.strip(), by=by):
        raise IllegalMove(_("This waiver is over already."))


@transaction.atomic
def end_over() -> int:
    """Close those whose day has passed; how many. Their effect ended with the day."""
    return sum(
        close(each, _("Its last day has passed"), by=None) for each in Waiver.objects.over().for_list()
    )


def close(waiver: Waiver, reason: str, *, by: User | None) -> bool:
    """End it once, and let what it held back stand again."""
    rows = Waiver.objects.filter(pk=waiver.pk, ended_at=None)
    if not rows.update(ended_at=clock.now(), ended_by=by, end_reason=reason):
        return False
    about = waiver.version or waiver.use_case
    audit.record("waiver.ended", about, by=by, gate=waiver.gate, code=waiver.code, reason=reason)
    if waiver.version is not None:
        block_again(waiver, waiver.version)
    else:
        ask_again(waiver)
    people = [waiver.use_case.product_owner, waiver.request.requested_by]
    text = N_("A waiver has ended, and what it let go stands again: %(what)s")
    notices.tell(people, text=text, url=page(waiver), icon="alert", by=by, what=waiver.request)
    return True


def ask_again(waiver: Waiver) -> None:
    """Where the gate was passed on the strength of it, the unmet requirement is a finding with its day."""
    passed = ApprovalRequest.objects.filter(
        use_case=waiver.use_case, kind=waiver.gate, state=ApprovalRequest.State.APPROVED,
        closed_at__gte=waiver.created_at,
    ).order_by("-closed_at")  # fmt: skip
    by_gate = passed.first()
    if by_gate is None:
        return  # the gate itself asks for it again
    modes = {waiver.code: by_gate.policy.get("requirements", {}).get(waiver.code, "prevent")}
    (found,) = gates.requirements(waiver.use_case, waiver.gate, modes=modes)
    if found.met or found.waiver is not None:
        return
    words = {"what": found.label}
    add(
        waiver,
        title=str(_("The waiver has ended and this is still missing: %(what)s") % words),
        detail=found.remedy,
    )


def add(waiver: Waiver, *, title: str, detail: str, request: ApprovalRequest | None = None) -> None:
    """A severe finding: it holds up the next gate, and its day is near."""
    use_case = waiver.use_case
    findings.add(
        use_case=use_case, version=waiver.version, request=request, title=title[:200], detail=str(detail),
        severity=Finding.Severity.HIGH, owner=use_case.product_owner or waiver.request.requested_by,
        url=page(waiver), source=Finding.Source.GUARDRAIL if waiver.version else Finding.Source.AUDIT, by=None,
    )  # fmt: skip


def block_again(waiver: Waiver, version: ModelVersion) -> None:
    """A candidate is blocked, a review is void; an approval stands on condition and falls when that is late."""
    version.refresh_from_db()
    if not blocks_of(version):
        return
    ModelVersion.objects.filter(pk=version.pk).update(block_waiver="", block_waived_by=None)
    if version.status in ModelVersion.UNDER_REVIEW:
        review = version.requests.open().filter(kind=ApprovalRequest.Kind.MODEL_REVIEW).first()
        if review is not None:
            approvals.void(review, by=None)
            version.refresh_from_db()
    if version.status == ModelVersion.Status.CANDIDATE:
        ModelVersion.LIFE.move(version, "block")
        audit.record("version.blocked", version, by=None)
    if version.status in ModelVersion.USABLE:
        if version.status == ModelVersion.Status.APPROVED:
            ModelVersion.LIFE.move(version, "bind_condition")
            audit.record("version.condition_returned", version, by=None)
        title = _("The waiver of a guardrail has ended while %(version)s is approved") % {"version": version}
        remedy = _("Ask for a new waiver, or put another version into service.")
        add(waiver, title=str(title), detail=str(remedy), request=waiver.request)
