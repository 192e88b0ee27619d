"""Who may plan the gates of a use case."""

from portal.core.models import User
from portal.core.verdicts import Verdict
from projects.models import UseCase
from projects.rules.ways import may_steer


def may_plan(user: User, use_case: UseCase) -> Verdict:
    """Those who steer."""
    return may_steer(user, use_case)
