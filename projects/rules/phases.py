"""Which moves between phases a person may make; moves through a gate need the gate's decision."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import UseCase
from projects.rules import supports, triage
from projects.rules.use_cases import may_submit, may_withdraw
from projects.rules.ways import is_owner, is_portfolio_manager

GATES: dict[str, str] = {"initialise": "G1", "develop": "G2", "go_live": "G3", "retire": "G5"}
STOPS_AT = frozenset({"G1", "G2", "G3"})  # gates whose deciders may answer: stop
FORWARD = frozenset({"accept", "initialise", "develop", "go_live"})


def may_stop(user: User, use_case: UseCase) -> Verdict:
    """Product owner or sponsor, before production: stopping early is a success."""
    if not UseCase.LIFE.allows(use_case, "stop"):
        return no(
            _("Only what is in the backlog, in initialisation or in development can be stopped."),
            _("In production it is retired through gate G5.")
            if use_case.phase == UseCase.Phase.PRODUCTION
            else "",
            code="phase.only_what_in_backlog_in",
        )
    if is_owner(user, use_case) or (user.is_active and use_case.sponsor_id == user.pk):
        return YES
    return no(_("The product owner or the sponsor decides to stop."), code="not_owner_or_sponsor")


def may_reopen(user: User, use_case: UseCase) -> Verdict:
    """Portfolio managers."""
    if not UseCase.LIFE.allows(use_case, "reopen"):
        return no(
            _("Only what was stopped, declined or retired can be re-opened."),
            code="phase.only_what_stopped_declined_or",
        )
    return (
        YES
        if is_portfolio_manager(user)
        else no(_("Portfolio managers re-open a use case."), code="phase.reopen_not_yours")
    )


OWN_RULE: dict[str, Callable[[User, UseCase], Verdict]] = {
    "submit": may_submit,
    "withdraw": may_withdraw,
    "ask": triage.may_ask,
    "accept": triage.may_accept,
    "decline": triage.may_decline,
    "mark_duplicate": triage.may_mark_duplicate,
    "join": supports.may_join_instead,
    "stop": may_stop,
    "reopen": may_reopen,
}


def may_move(user: User | None, use_case: UseCase, action: str, gate: str = "") -> Verdict:
    """
    Whether this move may be made now; `None` is the portal itself.

    A gated move is never anybody's own: the app that decides gates makes it, naming the gate.
    """
    if action in FORWARD and use_case.risk_tier == UseCase.Tier.PROHIBITED:
        return no(
            _("This use is prohibited: it goes no further."),
            _("Change its purpose and ask a risk officer to assess it again, or close it."),
            code="prohibited",
        )
    needed = GATES.get(action, "")
    if needed and gate != needed:
        return no(
            _("This move goes through gate %(gate)s.") % {"gate": needed},
            _("Ask for the decision on the use case's page: it lists what is still missing."),
            code="gate_needed",
        )
    if needed or user is None or (action == "stop" and gate in STOPS_AT):
        return YES
    return OWN_RULE[action](user, use_case)
