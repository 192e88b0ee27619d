"""Who assesses risk, and who takes what remains of it."""

from django.utils.translation import gettext as _

from governance.models import ApprovalRequest, ResidualRisk
from governance.rules.conflicts import squad
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects import rules as project_rules
from projects.models import UseCase


def may_assess(user: User, use_case: UseCase) -> Verdict:
    """Who sets tiers, and the product owner: a higher tier holds at once, a lower one needs a second person."""
    if use_case.product_owner_id == user.pk and use_case.risk_tier != UseCase.Tier.PROHIBITED:
        verdict = project_rules.use_cases.still_open(use_case)
    else:
        verdict = project_rules.use_cases.may_set_risk_tier(user, use_case)
    waiting = ApprovalRequest.objects.open().filter(use_case=use_case, kind=ApprovalRequest.Kind.TIER_CHANGE)
    if verdict and waiting.exists():
        return no(
            _("A lower tier is asked already."),
            _("Wait for the answer, or withdraw the request."),
            code="risk.asked",
        )
    return verdict


def may_accept(user: User, use_case: UseCase) -> Verdict:
    """A risk officer who did not work on it."""
    if not user.has_duty(Duty.RISK_OFFICER):
        return no(
            _("Risk officers accept what remains of a risk."),
            _("Ask a risk officer."),
            code="risk.officers_only",
        )
    if use_case.product_owner_id == user.pk or next(squad(user, use_case), None):
        return no(_("You worked on this use case."), _("Ask another risk officer."), code="risk.own_work")
    return YES


def may_end(user: User, risk: ResidualRisk) -> Verdict:
    """A risk officer, while it stands."""
    if risk.ended_at is not None:
        return no(_("This is over already."), code="risk.over_already")
    if user.has_duty(Duty.RISK_OFFICER):
        return YES
    return no(
        _("Risk officers accept what remains of a risk."), _("Ask a risk officer."), code="risk.officers_only"
    )
