"""Who says how much a column of the board may hold."""

from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.rules.ways import is_portfolio_manager


def may_limit(user: User) -> Verdict:
    """Portfolio managers."""
    if user.is_active and is_portfolio_manager(user):
        return YES
    return no(
        _("Portfolio managers set the limits of the board."),
        _("Suggest one to them."),
        code="not_portfolio_manager",
    )
