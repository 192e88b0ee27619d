"""R8: who may put something through in an emergency: the votes are put aside, what a gate requires never is."""

from django.utils.translation import gettext as _

from governance.models import ApprovalRequest, Override
from governance.rules import approvals
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no

KINDS = (ApprovalRequest.Kind.MODEL_REVIEW, ApprovalRequest.Kind.PROMOTION)


def may_propose(user: User, request: ApprovalRequest) -> Verdict:
    """A risk officer or an executive without a stake, on an open request that the policy leaves to an emergency."""
    if not is_overridable(request):
        return is_overridable(request)
    verdict = first_no(approvals.is_open(request), may_take_part(user, request))
    if verdict and request.overrides.filter(state=Override.State.PROPOSED).exists():
        return no(
            _("An override is proposed already."), _("A second person confirms it."), code="override.proposed"
        )
    return verdict


def is_overridable(request: ApprovalRequest) -> Verdict:
    """A decision on a model, or on a gate that the policy it has pinned names."""
    if request.kind in KINDS or request.kind in request.policy.get("override_gates", []):
        return YES
    if request.kind in ApprovalRequest.GATES:
        return no(
            _("The policy does not leave this gate to an emergency override."),
            _("Call the deciders, or hand the seat to somebody who is there."),
            code="override.kind",
        )
    return no(
        _("Only decisions on models and some gates can be overridden in an emergency."), code="override.kind"
    )


def may_confirm(user: User, override: Override) -> Verdict:
    """Another such person, while it waits."""
    if override.state != Override.State.PROPOSED:
        return no(
            _("This override is “%(state)s”.") % {"state": override.get_state_display()},
            code="override.state",
        )
    if override.proposed_by_id == user.pk:
        return no(_("You proposed it; a second person confirms."), code="override.two_people")
    return first_no(
        approvals.is_open(override.request),
        may_take_part(user, override.request),
        is_still_first(override),
    )


def is_still_first(override: Override) -> Verdict:
    """The first person may have joined the squad, or lost the duty, since; then there are no two people."""
    if may_take_part(override.proposed_by, override.request):
        return YES
    return no(
        _("%(name)s, who proposed it, could not propose it any more.") % {"name": override.proposed_by},
        _("Somebody else proposes it anew."),
        code="override.two_people",
    )


def may_take_part(user: User, request: ApprovalRequest) -> Verdict:
    """By duty, without a stake (R1), and not after an answer of one's own."""
    if not user.has_duty(Duty.RISK_OFFICER, Duty.EXECUTIVE):
        return no(
            _("Risk officers and executives override in an emergency."),
            _("Call one of them."),
            code="override.duty",
        )
    return first_no(approvals.no_conflict(user, request), approvals.one_voice(user, request))


def may_drop(user: User, override: Override) -> Verdict:
    """Whoever proposed it, while it waits."""
    if override.state == Override.State.PROPOSED and override.proposed_by_id == user.pk:
        return YES
    return no(
        _("Only the person who proposed an override takes it back, while it waits."),
        code="override.drop_not_yours",
    )
