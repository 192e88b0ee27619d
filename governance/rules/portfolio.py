"""Who reads the portfolio and the trail."""

from django.utils.translation import gettext as _

from portal.core.duties import Duty
from portal.core.models import User
from portal.core.rules import may_read_audit
from portal.core.verdicts import YES, Verdict, no

READERS = (Duty.EXECUTIVE, Duty.PORTFOLIO_MANAGER, Duty.FINANCE_CONTROLLER, Duty.RISK_OFFICER, Duty.AUDITOR)

__all__ = ["may_read_audit", "may_read_portfolio"]


def may_read_portfolio(user: User) -> Verdict:
    """Those who steer, and those who check them."""
    if user.has_duty(*READERS):
        return YES
    return no(
        _("The portfolio is for executives, portfolio managers, finance, risk and audit."),
        _("Ask an administrator for the duty if you steer use cases."),
        code="portfolio.read_portfolio_not_yours",
    )
