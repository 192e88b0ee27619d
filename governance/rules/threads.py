"""Who talks at the review desk."""

from django.utils.translation import gettext as _

from governance.models import ApprovalRequest, DeskThread
from governance.rules.models import works_on
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no
from projects.models import SquadMember
from projects.rules.shares import keepers


def takes_part(user: User, request: ApprovalRequest) -> Verdict:
    """Those who asked, those who build or own it, and those who judge."""
    if user.has_duty(Duty.MODEL_REVIEWER, Duty.RISK_OFFICER, Duty.EXECUTIVE):
        return YES
    case = request.use_case
    owners = {case.product_owner_id, case.sponsor_id} if case else set()
    if request.thing:
        owners |= {person.pk for person in keepers(request.thing)}
    if user.pk in owners | {request.requested_by_id}:
        return YES
    if request.version and works_on(user, request.version.trial):
        return YES
    if case and SquadMember.objects.current().filter(use_case=case, user=user).exists():
        return YES
    return no(
        _("The squad, reviewers, risk officers and executives talk here."),
        _("Write on the use case instead."),
        code="thread.takes_part_not_yours",
    )


def may_talk(user: User, request: ApprovalRequest) -> Verdict:
    """While the request is open; afterwards the words stay as they were."""
    if request.state != ApprovalRequest.State.OPEN:
        return no(_("This request is closed; its discussion stays readable."), code="approval.closed")
    return takes_part(user, request)


def may_reply(user: User, thread: DeskThread) -> Verdict:
    """As on the whole request."""
    return may_talk(user, thread.request)


def may_settle(user: User, thread: DeskThread) -> Verdict:
    """Whoever opened a thread, or a reviewer, settles it; the author of the answer alone does not."""
    verdict = may_talk(user, thread.request)
    if not verdict:
        return verdict
    if thread.settled_at:
        return no(_("It is settled already."), code="thread.settled_already")
    if user.pk == thread.opened_by_id or user.has_duty(Duty.MODEL_REVIEWER):
        return YES
    return no(
        _("Whoever asked, or a reviewer, settles it."),
        _("Answer it; they settle it."),
        code="thread.settle_not_yours",
    )


def may_reopen(user: User, thread: DeskThread) -> Verdict:
    """Whoever takes part may say that it is not settled."""
    if not thread.settled_at:
        return no(_("It is not settled."), code="thread.not_settled")
    return first_no(may_talk(user, thread.request))
