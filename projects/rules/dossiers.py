"""Who writes what the gates ask for, and who reports how much a use case is used."""

from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import UseCase
from projects.rules.ways import is_owner, may_steer as may_write

__all__ = ["may_report", "may_write"]


def may_report(user: User, use_case: UseCase) -> Verdict:
    """The product owner or the owner of operation, while it is in production."""
    if use_case.phase != UseCase.Phase.PRODUCTION:
        return no(
            _("Use and cost are reported in production."),
            _("Bring the use case through gate G3 first."),
            code="dossier.use_cost_reported_in_production",
        )
    if is_owner(user, use_case) or (user.is_active and use_case.operation_owner_id == user.pk):
        return YES
    return no(
        _("The product owner or the owner of operation reports use and cost."),
        _("Leave a comment with what you counted."),
        code="dossier.report_not_yours",
    )
