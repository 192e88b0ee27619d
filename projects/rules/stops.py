"""Who answers the portal's proposal to stop."""

from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import StopProposal
from projects.rules.ways import is_portfolio_manager


def may_go_on(user: User, proposal: StopProposal) -> Verdict:
    """The sponsor or a portfolio manager: not the one whose work is measured."""
    if proposal.state != StopProposal.State.OPEN:
        return no(
            _("This proposal to stop was answered already."), code="stop.proposal_stop_answered_already"
        )
    if user.is_active and (proposal.use_case.sponsor_id == user.pk or is_portfolio_manager(user)):
        return YES
    return no(
        _("Going on in spite of it is decided by the sponsor or a portfolio manager."),
        _("Ask them, with your reason; or stop with lessons."),
        code="not_sponsor",
    )
