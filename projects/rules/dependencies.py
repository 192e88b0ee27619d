"""Who says on what a use case depends."""

from portal.core.models import User
from portal.core.verdicts import Verdict
from projects.models import UseCase
from projects.rules.ways import may_steer


def may_depend(user: User, use_case: UseCase) -> Verdict:
    """Those who steer the one that depends."""
    return may_steer(user, use_case)
