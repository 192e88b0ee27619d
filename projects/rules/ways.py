"""Where remedies are found, and questions several rules ask."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import SquadMember, UseCase

CLOSED = (UseCase.Phase.DECLINED, UseCase.Phase.DUPLICATE, UseCase.Phase.STOPPED, UseCase.Phase.RETIRED)
PROPOSED = (UseCase.Phase.DRAFT, UseCase.Phase.SUBMITTED, UseCase.Phase.NEEDS_INFO)


def address(route: str, *args: object) -> str:
    """A page's address, or nothing while an upper app does not offer it."""
    try:
        return reverse(route, args=args)
    except NoReverseMatch:
        return ""


def is_portfolio_manager(user: User) -> bool:
    """Looks after the whole backlog."""
    return user.has_duty(Duty.PORTFOLIO_MANAGER)


def is_owner(user: User, use_case: UseCase) -> bool:
    """The accountable product owner."""
    return user.is_active and use_case.product_owner_id == user.pk


def in_squad(user: User, use_case: UseCase) -> bool:
    """A current member of the squad."""
    return (
        user.is_active and SquadMember.objects.current().filter(use_case=use_case, user_id=user.pk).exists()
    )


def leads_squad(user: User, use_case: UseCase) -> bool:
    """The current squad lead."""
    leads = SquadMember.objects.current().filter(use_case=use_case, user_id=user.pk, is_lead=True)
    return user.is_active and leads.exists()


def still_open(use_case: UseCase) -> Verdict:
    """What has ended is not changed any more."""
    if use_case.phase not in CLOSED:
        return YES
    return no(
        _("This use case has ended (%(phase)s): it is kept as it was.")
        % {"phase": use_case.get_phase_display()},
        _("A portfolio manager may re-open it."),
        code="use_case_ended",
    )


def accepted(use_case: UseCase) -> Verdict:
    """A proposal is first triaged."""
    if use_case.phase not in PROPOSED:
        return still_open(use_case)
    return no(
        _("This proposal has not been accepted yet."),
        _("A portfolio manager decides on it first."),
        code="not_accepted",
    )


def may_steer(user: User, use_case: UseCase) -> Verdict:
    """The product owner, the squad lead or a portfolio manager, on an accepted use case."""
    if not (verdict := accepted(use_case)):
        return verdict
    if is_owner(user, use_case) or is_portfolio_manager(user) or leads_squad(user, use_case):
        return YES
    owner = use_case.product_owner
    remedy = (
        _("Ask %(owner)s, the product owner.") % {"owner": owner} if owner else _("Ask a portfolio manager.")
    )
    return no(
        _("Only the product owner, the squad lead or a portfolio manager does this."),
        remedy,
        code="not_steering",
    )
