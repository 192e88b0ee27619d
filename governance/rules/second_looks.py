"""Who may look afterwards at a small change of the short track."""

from django.utils.translation import gettext as _

from governance.models import ApprovalRequest
from governance.rules.approvals import is_risk_officer, no_conflict
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no


def may_look_again(user: User, request: ApprovalRequest) -> Verdict:
    """R15: a risk officer without a stake who did not decide it, once, and only what was drawn."""
    return first_no(
        is_waiting(request), no_conflict(user, request), is_another(user, request), is_officer(user, request)
    )


def is_waiting(request: ApprovalRequest) -> Verdict:
    """Drawn, and nobody has looked yet."""
    if not request.is_sampled:
        return no(
            _("Nobody asked for a second look at this request."),
            _("Only some of the small changes of the short track are drawn for one."),
            code="second_look.not_drawn",
        )
    if getattr(request, "second_look", None):
        return no(_("Somebody has looked at this sample already."), code="second_look.done")
    return YES


def is_another(user: User, request: ApprovalRequest) -> Verdict:
    """Whoever approved it would only look at their own answer."""
    if any(user.pk in {each.decided_by_id, each.on_behalf_of_id} for each in request.decisions.all()):
        return no(
            _("You approved this yourself; a second look is another person's."),
            _("It waits in the inbox of the other risk officers."),
            code="second_look.decided",
        )
    return YES


def is_officer(user: User, request: ApprovalRequest) -> Verdict:
    """By duty, in the words of a look."""
    if is_risk_officer(user, request):
        return YES
    return no(
        _("Risk officers look at the samples of the short track."),
        _("It waits in their inbox."),
        code="second_look.duty",
    )
