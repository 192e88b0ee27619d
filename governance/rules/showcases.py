"""Who may tell about a finished project, agree to it, and take it away."""

from django.urls import reverse
from django.utils.translation import gettext as _

from governance.models import Measurement, Showcase
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no
from projects.models import SquadMember, UseCase

Phase, State = UseCase.Phase, Showcase.State


def is_worth_showing(use_case: UseCase) -> Verdict:
    """Verified value of something that ran, or lessons of something that ended; never a confidential project."""
    if use_case.is_confidential:
        return no(
            _("This project is confidential; nothing of it is shown."),
            _("Its squad keeps the lessons on its own page."),
            code="confidential",
        )
    if use_case.phase in {Phase.STOPPED, Phase.RETIRED} and use_case.lessons.strip():
        return YES
    verified = Measurement.objects.filter(line__use_case=use_case, state=Measurement.State.VERIFIED)
    if use_case.phase in {Phase.PRODUCTION, Phase.RETIRED} and verified.exists():
        return YES
    return no(
        _("A project is shown once finance has verified its value, or once it ended with lessons."),
        _("See its value"),
        reverse("governance:value_detail", args=[use_case.pk]),
        "not_finished",
    )


def may_write(user: User, use_case: UseCase) -> Verdict:
    """Whoever worked on it, its product owner, or the community lead for them."""
    return first_no(takes_part(user, use_case), is_worth_showing(use_case))


def takes_part(user: User, use_case: UseCase) -> Verdict:
    """Members of the squad, also former ones, and the product owner."""
    if user.has_duty(Duty.AUDITOR) or user.is_service:
        return no(_("An auditor reads use cases and adds nothing to them."), code="auditor.reads_only")
    is_member = SquadMember.objects.filter(use_case=use_case, user=user).exists()
    if is_member or use_case.product_owner_id == user.pk or user.has_duty(Duty.COMMUNITY_LEAD):
        return YES
    return no(
        _("The story of a project is told by those who worked on it."),
        _("Ask its product owner."),
        code="showcase.takes_part_not_yours",
    )


def may_change(user: User, showcase: Showcase) -> Verdict:
    """As for writing; what is shown or waits needs a new consent afterwards."""
    return may_write(user, showcase.use_case)


def may_hand_in(user: User, showcase: Showcase) -> Verdict:
    """Whoever may write it, while it is a draft."""
    return first_no(may_write(user, showcase.use_case), in_state(showcase, State.DRAFT))


def may_consent(user: User, showcase: Showcase) -> Verdict:
    """The product owner alone, while it waits and may still be shown."""
    if showcase.use_case.product_owner_id != user.pk:
        return no(
            _("Only the product owner agrees that a project is shown."),
            _("Ask the product owner."),
            code="showcase.owner_agrees",
        )
    return first_no(in_state(showcase, State.WAITING), is_worth_showing(showcase.use_case))


def may_send_back(user: User, showcase: Showcase) -> Verdict:
    """The product owner, while it waits."""
    if showcase.use_case.product_owner_id != user.pk:
        return no(
            _("Only the product owner agrees that a project is shown."),
            _("Ask the product owner."),
            code="showcase.owner_agrees",
        )
    return in_state(showcase, State.WAITING)


def may_withdraw(user: User, showcase: Showcase) -> Verdict:
    """Product owner, author or community lead, at any time: consent can be taken back."""
    own = user.pk in {showcase.use_case.product_owner_id, showcase.author_id}
    if not own and not user.has_duty(Duty.COMMUNITY_LEAD):
        return no(
            _("Product owner, author or community lead take it away."),
            _("Ask one of them."),
            code="showcase.withdraw_not_yours",
        )
    if showcase.state in {State.SHOWN, State.WAITING}:
        return YES
    return no(_("It is not shown."), code="showcase.not_shown")


def in_state(showcase: Showcase, state: str) -> Verdict:
    """Still where the act leads from."""
    if showcase.state == state:
        return YES
    return no(
        _("This is not possible any more: it is “%(state)s”.") % {"state": showcase.get_state_display()},
        code="showcase.not_possible_any_more",
    )
