"""Who forms a squad, and who sees how busy colleagues are."""

from django.db.models import Q
from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no
from projects.models import SquadMember, UseCase
from projects.rules.ways import accepted, is_owner, is_portfolio_manager, may_steer

__all__ = [
    "may_lift_confidentiality",
    "may_link_component",
    "may_manage_squad",
    "may_see_loads",
    "may_waive_size",
]

may_manage_squad = may_steer


def may_waive_size(user: User, use_case: UseCase) -> Verdict:
    """Sponsor or portfolio manager: not those whose squad it is."""
    if not (verdict := accepted(use_case)):
        return verdict
    if is_portfolio_manager(user) or (user.is_active and use_case.sponsor_id == user.pk):
        return YES
    return no(
        _("Another size than five to ten people is agreed to by the sponsor or a portfolio manager."),
        _("Tell them why this size is right."),
        code="squad.waive_size_not_yours",
    )


def may_link_component(user: User, whole: UseCase, part: UseCase) -> Verdict:
    """Those who steer both."""
    return first_no(may_steer(user, whole), may_steer(user, part))


def may_see_loads(user: User) -> Verdict:
    """Those who staff squads: portfolio managers, product owners and squad leads. Everybody sees their own."""
    if is_portfolio_manager(user):
        return YES
    leads = SquadMember.objects.current().filter(user_id=user.pk, is_lead=True).values("use_case")
    steers = UseCase.objects.active() | UseCase.objects.filter(phase=UseCase.Phase.BACKLOG)
    if user.is_active and steers.filter(Q(product_owner_id=user.pk) | Q(pk__in=leads)).exists():
        return YES
    return no(
        _("How busy colleagues are is seen by those who staff squads."),
        _("You see your own weeks; ask a squad lead or a portfolio manager for others."),
        code="not_staffing",
    )


def may_lift_confidentiality(user: User, use_case: UseCase) -> Verdict:
    """Once accepted: product owner, sponsor or portfolio manager, not any member of the squad."""
    is_sponsor = user.is_active and use_case.sponsor_id == user.pk
    if is_owner(user, use_case) or is_portfolio_manager(user) or is_sponsor:
        return YES
    if not accepted(use_case) and use_case.submitter_id == user.pk:
        return YES
    return no(
        _(
            "Only the product owner, the sponsor or a portfolio manager shows a confidential use case to everybody."
        ),
        _("Ask one of them."),
        code="confidentiality",
    )
