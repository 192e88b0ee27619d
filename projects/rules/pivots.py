"""Who answers a pivot with a new direction."""

from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import Verdict, no
from projects.models import UseCase
from projects.rules.ways import may_steer


def may_turn(user: User, use_case: UseCase) -> Verdict:
    """Those who steer, while the deciders of a gate wait for a new direction."""
    if use_case.pivot_until is None:
        return no(_("Nobody has asked for a new direction."), code="pivot.nobody_has_asked_new_direction")
    return may_steer(user, use_case)
