"""Who may do what with a use case."""

from django.utils.translation import gettext as _

from portal.core.duties import Duty
from portal.core.models import Right, User
from portal.core.services import credentials
from portal.core.verdicts import YES, Verdict, no
from projects.models import UseCase
from projects.rules.ways import (
    PROPOSED,
    address,
    in_squad,
    is_owner,
    is_portfolio_manager,
    may_steer,
    still_open,
)

HOLDABLE = (UseCase.Phase.BACKLOG, *UseCase.ACTIVE)


def may_propose(user: User) -> Verdict:
    """Anybody who works here, except auditors."""
    if user.has_duty(Duty.AUDITOR):
        return no(_("Auditors read everything and change nothing."), code="auditor.reads_only")
    if user.is_active and not user.is_service:
        return YES
    return no(_("Only people propose use cases."), code="person.only")


def may_edit(user: User, use_case: UseCase) -> Verdict:
    """The author until it is accepted; then product owner, squad and portfolio managers."""
    if not (verdict := still_open(use_case)):
        return verdict
    if is_portfolio_manager(user) and use_case.phase != UseCase.Phase.DRAFT:
        return YES
    if use_case.phase in PROPOSED:
        if use_case.submitter_id == user.pk:
            return YES
        return no(
            _("Until it is accepted, a proposal is changed by its author."),
            _("Leave a comment for the author."),
            code="use_case.edit_before_acceptance",
        )
    if is_owner(user, use_case) or in_squad(user, use_case):
        return YES
    return no(
        _("A use case is changed by its product owner and squad."),
        _("Leave a comment, or ask to join the squad."),
        code="use_case.edit_not_yours",
    )


def may_submit(user: User, use_case: UseCase) -> Verdict:
    """The author, of a draft or after a question."""
    if use_case.phase not in (UseCase.Phase.DRAFT, UseCase.Phase.NEEDS_INFO):
        return no(_("This proposal was sent already."), code="use_case.proposal_sent_already")
    return by_author(user, use_case)


def may_withdraw(user: User, use_case: UseCase) -> Verdict:
    """The author, while it waits for triage."""
    if use_case.phase not in (UseCase.Phase.SUBMITTED, UseCase.Phase.NEEDS_INFO):
        return no(_("Only a proposal that waits for triage can be taken back."), code="use_case.not_waiting")
    return by_author(user, use_case)


def by_author(user: User, use_case: UseCase) -> Verdict:
    """The one who proposed it."""
    return (
        YES
        if use_case.submitter_id == user.pk and user.is_active
        else no(_("Only the author of the proposal does this."), code="use_case.by_author_not_yours")
    )


def may_own(person: User) -> Verdict:
    """Owning a use case is learned first: the credential is asked afresh each time."""
    if credentials.holds(person, Right.OWN_USE_CASE):
        return YES
    return no(
        _("%(person)s does not hold the right to own a use case yet.") % {"person": person},
        _("It is earned with the certificate “From idea to use case”; it takes about two hours."),
        address("training:right", Right.OWN_USE_CASE),
        code="credential_missing",
    )


def may_name_owner(user: User, use_case: UseCase) -> Verdict:
    """Portfolio managers, on what was accepted."""
    if use_case.phase in PROPOSED:
        return no(
            _("The product owner is named when the proposal is accepted."), code="use_case.not_accepted_yet"
        )
    if not (verdict := still_open(use_case)):
        return verdict
    return (
        YES
        if is_portfolio_manager(user)
        else no(_("Portfolio managers name the product owner."), code="use_case.name_owner_not_yours")
    )


def may_set_risk_tier(user: User, use_case: UseCase) -> Verdict:
    """Risk officers and portfolio managers; “prohibited” is an end."""
    if not (verdict := still_open(use_case)):
        return verdict
    if use_case.risk_tier == UseCase.Tier.PROHIBITED:
        return no(
            _("A prohibited use stays prohibited."),
            _("Propose it anew when its purpose is another one."),
            code="use_case.prohibited_use_stays_prohibited",
        )
    if user.has_duty(Duty.RISK_OFFICER) or is_portfolio_manager(user):
        return YES
    return no(
        _("The risk tier is set by a risk officer or a portfolio manager."),
        _("Ask a risk officer."),
        code="use_case.set_risk_tier_not_yours",
    )


def is_not_lower(use_case: UseCase, tier: str) -> Verdict:
    """Upward anybody who sets tiers does so at once; downward a second person decides."""
    order = UseCase.Tier.values
    if order.index(tier) >= order.index(use_case.risk_tier):
        return YES
    return no(
        _("Lowering the risk tier needs a second person."),
        _("Answer the risk questions again and ask for the lower tier there."),
        f"/use-cases/{use_case.pk}/risk/",
        "use_case.tier_down",
    )


def may_decide_make_or_buy(user: User, use_case: UseCase) -> Verdict:
    """Those who steer."""
    return may_steer(user, use_case)


def may_set_health(user: User, use_case: UseCase) -> Verdict:
    """Those who steer, while work is going on."""
    if use_case.phase not in UseCase.ACTIVE:
        return no(
            _("Health is reported from initialisation to production."),
            code="use_case.health_reported_from_initialisation_production",
        )
    return may_steer(user, use_case)


def may_hold(user: User, use_case: UseCase) -> Verdict:
    """Product owner or portfolio manager, from the backlog to production."""
    if use_case.phase not in HOLDABLE:
        return no(
            _("Only a use case between backlog and production can be put on hold."),
            code="use_case.only_use_case_between_backlog",
        )
    if is_owner(user, use_case) or is_portfolio_manager(user):
        return YES
    return no(
        _("The product owner or a portfolio manager puts a use case on hold."), code="use_case.hold_not_yours"
    )


def may_resume(user: User, use_case: UseCase) -> Verdict:
    """As `may_hold`, on one that is on hold."""
    if use_case.held_until is None:
        return no(_("This use case is not on hold."), code="use_case.not_on_hold")
    return may_hold(user, use_case)


def may_comment(user: User, use_case: UseCase) -> Verdict:
    """Everybody who sees it, except auditors."""
    if user.has_duty(Duty.AUDITOR):
        return no(_("Auditors read everything and change nothing."), code="auditor.reads_only")
    if user.is_active and UseCase.objects.visible_to(user).filter(pk=use_case.pk).exists():
        return YES
    return no(_("You may comment on use cases you see."), code="use_case.not_seen")
