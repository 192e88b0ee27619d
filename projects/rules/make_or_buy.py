"""Who assesses make or buy."""

from portal.core.models import User
from portal.core.verdicts import YES, Verdict
from projects.models import UseCase
from projects.rules.ways import accepted, in_squad, may_steer


def may_assess(user: User, use_case: UseCase) -> Verdict:
    """Those who steer, and the squad, on an accepted use case."""
    if (verdict := accepted(use_case)) and in_squad(user, use_case):
        return YES
    return may_steer(user, use_case) if verdict else verdict
