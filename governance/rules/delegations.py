"""Who may give a seat on."""

from django.utils.translation import gettext as _

from governance.models import Delegation
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import UseCase

DECIDERS = (Duty.MODEL_REVIEWER, Duty.RISK_OFFICER, Duty.EXECUTIVE)


def may_give(user: User) -> Verdict:
    """Whoever decides something in person: by duty, or as a sponsor."""
    if user.has_duty(*DECIDERS) or UseCase.objects.filter(sponsor=user).exists():
        return YES
    return no(
        _("You decide no requests, so there is nothing to hand over."), code="delegation.give_not_yours"
    )


def may_take_back(user: User, delegation: Delegation) -> Verdict:
    """Whoever gave it, while it lasts."""
    if delegation.given_by_id != user.pk:
        return no(
            _("Only %(name)s takes this back.") % {"name": delegation.given_by},
            code="delegation.take_back_not_yours",
        )
    if delegation.ended_at is not None:
        return no(_("This is over already."), code="delegation.over_already")
    return YES
