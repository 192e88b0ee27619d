"""Who writes and measures kill criteria."""

from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import KillCriterion, UseCase
from projects.rules.ways import in_squad, is_owner, is_portfolio_manager, may_steer

MOST = 5
MEASURABLE = (UseCase.Phase.INITIALISATION, UseCase.Phase.DEVELOPMENT)


def may_change(user: User, use_case: UseCase) -> Verdict:
    """Those who steer, before initialisation or while a pivot asks for a new direction; else nothing is bent afterwards."""
    is_frozen = use_case.phase in MEASURABLE or use_case.phase == UseCase.Phase.PRODUCTION
    if is_frozen and use_case.pivot_until is None:
        return no(
            _("Kill criteria are frozen once initialisation has begun."),
            _("Record what was measured instead; a criterion may be waived with a reason."),
            code="frozen",
        )
    return may_steer(user, use_case)


def may_add(user: User, use_case: UseCase) -> Verdict:
    """As `may_change`, up to five."""
    if not (verdict := may_change(user, use_case)):
        return verdict
    if use_case.kill_criteria.count() >= MOST:
        return no(
            _("Five kill criteria are enough."),
            _("Change or remove one of them."),
            code="kill_criterion.five_kill_criteria_enough",
        )
    return YES


def may_record(user: User, use_case: UseCase) -> Verdict:
    """Product owner, squad or portfolio manager, once initialisation has begun."""
    if use_case.phase not in MEASURABLE:
        return no(
            _("Results are recorded in initialisation and development."),
            code="kill_criterion.results_recorded_in_initialisation_development",
        )
    if is_owner(user, use_case) or is_portfolio_manager(user) or in_squad(user, use_case):
        return YES
    return no(_("The product owner and the squad record results."), code="kill_criterion.record_not_yours")


def may_waive(user: User, criterion: KillCriterion) -> Verdict:
    """Sponsor or portfolio manager: not the one whose work is measured."""
    if criterion.use_case.phase not in MEASURABLE:
        return no(
            _("Results are recorded in initialisation and development."),
            code="kill_criterion.results_recorded_in_initialisation_development",
        )
    if criterion.use_case.sponsor_id == user.pk or is_portfolio_manager(user):
        return YES
    return no(
        _("A criterion is waived by the sponsor or a portfolio manager."),
        _("Ask them, with your reason."),
        code="kill_criterion.waive_not_yours",
    )
