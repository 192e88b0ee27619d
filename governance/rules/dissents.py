"""Who may have a dissenting opinion kept."""

from django.utils.translation import gettext as _

from governance.models import ApprovalRequest
from governance.rules.approvals import fills, in_whose_place, no_conflict
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no

State = ApprovalRequest.State
FELL_AWAY = (State.WITHDRAWN, State.VOID, State.EXPIRED)


def may_dissent(user: User, request: ApprovalRequest) -> Verdict:
    """Who decides in any step, or did, without a stake; once, also after the answer."""
    if request.state in FELL_AWAY:
        return no(
            _("This request fell away unanswered: there is nothing to disagree with."),
            code="dissent.unanswered",
        )
    if any(each.said_by_id == user.pk for each in request.dissents.all()):
        return no(_("Your dissenting opinion is kept already."), code="dissent.once")
    return first_no(no_conflict(user, request), is_a_decider(user, request))


def is_a_decider(user: User, request: ApprovalRequest) -> Verdict:
    """In person, in somebody's place, or by having answered."""
    if any(each.decided_by_id == user.pk for each in request.decisions.all()):
        return YES
    if any(fills(user, request, step) or in_whose_place(user, request, step) for step in request.plan):
        return YES
    return no(
        _("Those who decide on this request have their dissenting opinion kept."),
        _("Leave a comment on the use case instead."),
        code="approval.duty",
    )
