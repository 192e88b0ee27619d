"""What an answered request does to its subject. Called only by the service of approvals."""

from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext_noop as N_

from governance import gates, policies
from governance.models import ApprovalRequest, ModelVersion, Override, PolicyVersion
from governance.rules.gates import is_passable
from governance.rules.replacement import may_be_approved
from governance.services import champions, gate_outcomes, retirements, waivers
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import Verdict, require
from projects.services import shares


def passable(request: ApprovalRequest) -> Verdict:
    """Whether everything a gate requires is there now, by the rules the request has pinned."""
    modes = request.policy.get("requirements", {})
    return is_passable(gates.requirements(request.case, request.kind, modes=modes, waivers=request.waivers))


def approved(request: ApprovalRequest, *, by: User, conditional: bool) -> None:
    """The last step said yes."""
    if request.kind in ApprovalRequest.GATES:
        pass_gate(request, by=by)
    elif request.kind == ApprovalRequest.Kind.MODEL_REVIEW:
        require(may_be_approved(request))
        approve_version(request, by=by, conditional=conditional)
    elif request.kind == ApprovalRequest.Kind.POLICY:
        publish(request, by=by)
    elif request.kind == ApprovalRequest.Kind.TIER_CHANGE:
        lower_tier(request, by=by)
    elif request.kind in (ApprovalRequest.Kind.WAIVER, ApprovalRequest.Kind.BLOCK_WAIVER):
        waivers.grant(request, by=by)
    elif request.kind == ApprovalRequest.Kind.DATA_ACCESS:
        lend(request, by=by)
    elif request.kind == ApprovalRequest.Kind.RETIREMENT:
        retirements.decided(request, by=by)
        return  # applied on its day
    else:
        assert request.version is not None  # promotions are about a version
        require(may_be_approved(request))
        champions.install(request.version, request=request, reason=request.comment, by=by)
    ApprovalRequest.objects.filter(pk=request.pk).update(applied_at=clock.now())


def lend(request: ApprovalRequest, *, by: User) -> None:
    """The thing is open to whoever asked, until the day that was asked for."""
    assert request.thing is not None  # a constraint of the table
    shares.grant(
        request.thing,
        person=request.requested_by,
        purpose=request.proposal["purpose"],
        until=date.fromisoformat(request.proposal["until"]),
        by=by,
        evidence={"request": str(request.pk)},
    )


def pass_gate(request: ApprovalRequest, *, by: User) -> None:
    """Move the use case; the requirements are asked once more, in this transaction."""
    from projects.services import phases

    require(passable(request))
    note_what_was_unmet(request)
    if request.kind == ApprovalRequest.Kind.G4:
        reviewed(request, by=by)
        return
    emergency = gates.emergency_of(request.case) if request.kind == ApprovalRequest.Kind.G3 else None
    if emergency is not None and emergency.request_id != request.pk:
        confirm_after_emergency(request, emergency, by=by)
        return
    champion = gates.champion_of(request.case)
    evidence = {
        "request": str(request.pk),
        "policy": request.policy_version,
        "digest": request.subject_digest,
        "decided_by": [str(each.decided_by) for each in request.decisions.select_related("decided_by")],
        "own_act": request.is_own_act,
        "waivers": request.waivers | waivers.told(request.case, request.kind),
        "version": str(champion.version) if champion else "",
    }
    phases.move(
        request.case,
        gates.ACTION[request.kind],
        by=by,
        gate=request.kind,
        comment=request.comment,
        evidence=evidence,
    )


def confirm_after_emergency(request: ApprovalRequest, emergency: Override, *, by: User) -> None:
    """What two people put through is decided in the ordinary way now: it stays, and the hours end."""
    Override.LIFE.move(emergency, "end")
    audit.record("gate.confirmed", request.case, by=by, gate=request.kind, request=str(request.pk))


def note_what_was_unmet(request: ApprovalRequest) -> None:
    """What only warns or is observed is written down: who would have been stopped can be told later."""
    modes = request.policy.get("requirements", {})
    found = gates.requirements(request.case, request.kind, modes=modes, waivers=request.waivers)
    noted = [each.code for each in found if not each.met]
    ApprovalRequest.objects.filter(pk=request.pk).update(noted=noted)
    request.noted = noted


def publish(request: ApprovalRequest, *, by: User) -> None:
    """The draft is sealed and in force; the version before it retires, and keeps those that are pinned to it."""
    draft = request.policy_draft
    assert draft is not None  # a constraint of the table
    draft.refresh_from_db()
    for before in PolicyVersion.objects.published().filter(tier=draft.tier):
        PolicyVersion.LIFE.move(before, "retire", retired_at=clock.now())
        audit.record("policy.retired", before, by=by)
    seal = policies.checksum(draft.text)
    PolicyVersion.LIFE.move(draft, "publish", checksum=seal, published_by=by, published_at=clock.now())
    audit.record("policy.published", draft, by=by, checksum=seal, request=str(request.pk))


def lower_tier(request: ApprovalRequest, *, by: User) -> None:
    """The change that was kept aside is made now (R14)."""
    from projects.services import use_cases

    said = request.proposal
    use_cases.apply_risk_tier(
        request.case,
        tier=said["tier"],
        reason=said["reason"],
        by=by,
        evidence={"request": str(request.pk)},
    )


def reviewed(request: ApprovalRequest, *, by: User) -> None:
    """Production was looked at: it stays in its phase, the course is written down, the next review gets its day."""
    audit.record(
        "gate.reviewed",
        request.case,
        by=by,
        request=str(request.pk),
        course=request.course,
        next_review=gates.review_due(request.case),
    )


def approve_version(request: ApprovalRequest, *, by: User, conditional: bool) -> None:
    """The version may be used, until its approval runs out."""
    version = version_of(request)
    sample(request)
    months = int(request.policy.get("review_months", 6))
    verb = "approve_with_findings" if conditional else "approve"
    ModelVersion.LIFE.move(
        version,
        verb,
        decided_at=clock.now(),
        valid_until=clock.now() + timedelta(days=round(months * 365.25 / 12)),
    )
    audit.record(
        "version.approved",
        version,
        by=by,
        conditional=conditional,
        request=str(request.pk),
        digest=version.manifest_digest,
    )


def sample(request: ApprovalRequest) -> None:
    """R15: of what went the short track, one in so many is looked at afterwards by somebody else."""
    if not request.is_preapproved:
        return
    every = int(request.policy["preapproved"]["sample_every"])
    before = ApprovalRequest.objects.filter(is_preapproved=True, state=ApprovalRequest.State.APPROVED)
    if before.exclude(pk=request.pk).count() % every:
        return
    ApprovalRequest.objects.filter(pk=request.pk).update(is_sampled=True)
    request.is_sampled = True
    audit.record("approval.sampled", request, by=None, one_in=every)
    notices.tell(
        User.objects.with_duty(Duty.RISK_OFFICER),
        text=N_("Look at this sample of the pre-approved changes: %(what)s."),
        url=reverse("governance:approval_detail", args=[request.pk]),
        icon="checklist",
        by=None,
        what=request,
    )


def refused(request: ApprovalRequest, *, by: User) -> None:
    """The answer was no, or not yet."""
    if request.kind in ApprovalRequest.GATES:
        gate_outcomes.follow(request, decider=by)
    if request.kind != ApprovalRequest.Kind.MODEL_REVIEW:
        return
    version = version_of(request)
    verb = "reject" if request.state == ApprovalRequest.State.REJECTED else "request_changes"
    ModelVersion.LIFE.move(version, verb, decided_at=clock.now())
    audit.record(
        f"version.{'rejected' if verb == 'reject' else 'changes_requested'}",
        version,
        by=by,
        request=str(request.pk),
    )


def taken_back(request: ApprovalRequest, verb: str) -> None:
    """A review that ended without an answer gives the version back to its author."""
    if request.kind == ApprovalRequest.Kind.MODEL_REVIEW:
        ModelVersion.LIFE.move(version_of(request), verb)


def version_of(request: ApprovalRequest) -> ModelVersion:
    """The version under review, as the database has it now."""
    assert request.version is not None  # reviews are about a version
    request.version.refresh_from_db(fields=["status"])
    return request.version
