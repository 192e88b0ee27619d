"""Who may decide what."""

from collections.abc import Callable

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from governance.models import ApprovalRequest, Delegation
from governance.models.approvals import Step
from governance.rules.conflicts import conflicts
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.models.credentials import Right
from portal.core.services import credentials
from portal.core.verdicts import YES, Verdict, first_no, no
from projects.rules.shares import is_keeper


def may_decide(user: User, request: ApprovalRequest) -> Verdict:
    """The right person for the step whose turn it is, with no stake in it, on an open request."""
    return first_no(is_open(request), may_judge(user, request, request.active))


def is_open(request: ApprovalRequest) -> Verdict:
    """Nothing is decided twice."""
    if request.state == ApprovalRequest.State.OPEN:
        return YES
    return no(
        _("This request is closed: %(state)s.") % {"state": request.get_state_display()},
        code="approval.closed",
    )


def may_judge(user: User, request: ApprovalRequest, step: Step | None) -> Verdict:
    """Whether this person could answer this step, apart from the state of the request."""
    return first_no(no_conflict(user, request), has_seat(user, request, step), one_voice(user, request))


def no_conflict(user: User, request: ApprovalRequest) -> Verdict:
    """R1; administrators have no exemption, a duty none either."""
    found = conflicts(user, request)
    if not found:
        return YES
    reason = _("You may not decide this: %(why)s.") % {"why": "; ".join(found)}
    return no(reason, _("Somebody who did not work on it must decide."), code="approval.own_work")


def one_voice(user: User, request: ApprovalRequest) -> Verdict:
    """R2: one person answers a request once, and a seat is filled once, whoever sits on it."""
    for each in request.decisions.all():
        if each.decided_by_id == user.pk:
            return no(
                _("You have answered this request; another person takes the next step."),
                code="approval.one_voice",
            )
        if each.on_behalf_of_id == user.pk:
            return no(
                _("%(name)s has answered in your place.") % {"name": each.decided_by},
                code="approval.one_voice",
            )
    return YES


def has_seat(user: User, request: ApprovalRequest, step: Step | None) -> Verdict:
    """Whether the person fills the role of a step, or sits in the place of somebody who does (R9)."""
    if step is None:
        return no(_("No step of this request waits for a decision."), code="approval.closed")
    own = fills(user, request, step)
    return YES if own or in_whose_place(user, request, step) else own


def in_whose_place(user: User, request: ApprovalRequest, step: Step) -> User | None:
    """
    R9: whose seat a delegate takes, or nobody. One hop: only who fills the role in person gives it on; and
    only who could decide in person: a stake, or an answer given already, goes with the seat.
    """
    if fills(user, request, step) or not holds_what_the_step_asks(user, step):
        return None
    answered = {pk for each in request.decisions.all() for pk in (each.decided_by_id, each.on_behalf_of_id)}
    for delegation in Delegation.objects.current().filter(given_to=user).select_related("given_by"):
        giver = delegation.given_by
        if (
            giver.is_active
            and giver.pk not in answered
            and fills(giver, request, step)
            and not conflicts(giver, request)
        ):
            return giver
    return None


def holds_what_the_step_asks(user: User, step: Step) -> bool:
    """A certificate is personal: nobody gives it on with a seat."""
    return not step.certificate or credentials.holds(user, step.certificate)


def fills(user: User, request: ApprovalRequest, step: Step) -> Verdict:
    """Whether the person fills the role in person."""
    if not user.is_active:
        return no(_("This account is closed."), code="approval.duty")
    found = (
        ROLES[step.role](user, request)
        if step.role in ROLES
        else no(_("Nobody has this role."), code="approval.no_such_role")
    )
    return found if not found or holds_what_the_step_asks(user, step) else no_certificate()


def is_sponsor(user: User, request: ApprovalRequest) -> Verdict:
    """Of this use case."""
    if request.use_case is not None and request.use_case.sponsor_id == user.pk:
        return YES
    return no(
        _("The sponsor of the use case decides this step."),
        _("It waits in the sponsor's inbox."),
        code="approval.duty",
    )


def is_data_owner(user: User, request: ApprovalRequest) -> Verdict:
    """Who answers for the dataset or artifact that is asked for."""
    if request.thing is not None and is_keeper(user, request.thing):
        return YES
    return no(
        _("The owner of the artifact decides this step.")
        if request.artifact_id
        else _("The owner or the steward of the dataset decides this step."),
        _("It waits in their inbox."),
        code="approval.duty",
    )


def is_executive(user: User, request: ApprovalRequest) -> Verdict:
    """By duty."""
    if user.has_duty(Duty.EXECUTIVE):
        return YES
    return no(
        _("An executive decides this step."), _("It waits in the executives' inbox."), code="approval.duty"
    )


def is_risk_officer(user: User, request: ApprovalRequest) -> Verdict:
    """By duty."""
    if user.has_duty(Duty.RISK_OFFICER):
        return YES
    return no(
        _("A risk officer decides this step."),
        _("It waits in the risk officers' inbox."),
        code="approval.duty",
    )


def is_certified_reviewer(user: User, request: ApprovalRequest | None) -> Verdict:
    """The duty and the certificate, both at this moment; it asks nothing of the request."""
    if not user.has_duty(Duty.MODEL_REVIEWER):
        return no(
            _("Only model reviewers decide on models."),
            _("A community lead proposes reviewers; an administrator assigns the duty."),
            code="approval.duty",
        )
    return YES if credentials.holds(user, Right.APPROVE_MODEL) else no_certificate()


def no_certificate() -> Verdict:
    """Where it is earned."""
    return no(
        _("You hold no valid certificate for reviewing models."), _("Take or renew the certificate of the reviewer."),
        learning(), code="approval.certificate",
    )  # fmt: skip


ROLES: dict[str, Callable[[User, ApprovalRequest], Verdict]] = {
    "model_reviewer": is_certified_reviewer,
    "risk_officer": is_risk_officer,
    "sponsor": is_sponsor,
    "data_owner": is_data_owner,
    "executive": is_executive,
}


def learning() -> str:
    """Where the certificate is earned."""
    try:
        return reverse("training:right", args=[Right.APPROVE_MODEL])
    except NoReverseMatch:
        return ""


def may_withdraw(user: User, request: ApprovalRequest) -> Verdict:
    """Whoever asked, and the product owner, while it is open."""
    if not is_open(request):
        return is_open(request)
    owner = request.use_case.product_owner_id if request.use_case else None
    if user.pk in {request.requested_by_id, owner}:
        return YES
    return no(
        _("Only the person who asked or the product owner withdraws a request."),
        code="approval.withdraw_not_yours",
    )


def may_answer_justification(user: User, request: ApprovalRequest) -> Verdict:
    """Whoever may decide the review."""
    if request.kind != ApprovalRequest.Kind.MODEL_REVIEW:
        return no(
            _("Justifications belong to the review of a model."),
            code="approval.justifications_belong_review_model",
        )
    return may_decide(user, request)
