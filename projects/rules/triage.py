"""Who decides on proposals."""

from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import UseCase
from projects.rules.ways import is_portfolio_manager

WAITING = (UseCase.Phase.SUBMITTED, UseCase.Phase.NEEDS_INFO)


def may_triage(user: User) -> Verdict:
    """Portfolio managers."""
    if is_portfolio_manager(user):
        return YES
    return no(_("Proposals are triaged by portfolio managers."), code="not_portfolio_manager")


def may(action: str, user: User, use_case: UseCase) -> Verdict:
    """One act of triage on one proposal."""
    if not (verdict := may_triage(user)):
        return verdict
    if UseCase.LIFE.allows(use_case, action):
        return YES
    return no(
        _("This is not possible in the phase “%(phase)s”.") % {"phase": use_case.get_phase_display()},
        code="wrong_phase",
    )


def may_accept(user: User, use_case: UseCase) -> Verdict:
    """A portfolio manager, on a proposal that waits."""
    return may("accept", user, use_case)


def may_ask(user: User, use_case: UseCase) -> Verdict:
    """A portfolio manager, on a proposal that waits."""
    return may("ask", user, use_case)


def may_decline(user: User, use_case: UseCase) -> Verdict:
    """A portfolio manager, on a proposal or what lies in the backlog."""
    return may("decline", user, use_case)


def may_snooze(user: User, use_case: UseCase) -> Verdict:
    """A portfolio manager, on a proposal that waits or asks."""
    if not (verdict := may_triage(user)):
        return verdict
    if use_case.phase in WAITING:
        return YES
    return no(
        _("Only a proposal that waits for an answer is put off; an accepted use case is put on hold."),
        code="wrong_phase",
    )


def may_wake(user: User, use_case: UseCase) -> Verdict:
    """As `may_snooze`, on one that sleeps."""
    if use_case.snoozed_until is None:
        return no(_("This proposal is not asleep."), code="triage.proposal_not_asleep")
    return may_snooze(user, use_case)


def may_mark_duplicate(user: User, use_case: UseCase) -> Verdict:
    """A portfolio manager, on a proposal."""
    return may("mark_duplicate", user, use_case)
