"""Who brings offers of vendors."""

from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import Verdict, no
from projects.models import Offer, UseCase
from projects.rules.make_or_buy import may_assess


def may_add(user: User, use_case: UseCase) -> Verdict:
    """As assessing make or buy."""
    return may_assess(user, use_case)


def may_change(user: User, offer: Offer) -> Verdict:
    """As adding, while it stands."""
    if offer.withdrawn_at is not None:
        return no(
            _("This offer was withdrawn; it is kept as it was."),
            _("Add it anew."),
            code="offer.withdrawn_kept_as",
        )
    return may_assess(user, offer.use_case)
