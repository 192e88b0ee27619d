"""Who writes, publishes and upgrades policies."""

from django.utils.translation import gettext as _

from governance import policies
from governance.models import PolicyVersion
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no
from projects.models import UseCase


def may_draft(user: User) -> Verdict:
    """Risk officers."""
    if user.has_duty(Duty.RISK_OFFICER):
        return YES
    return no(
        _("Risk officers write policies."),
        _("Tell a risk officer what should change."),
        code="policy.draft_not_yours",
    )


def may_edit(user: User, policy: PolicyVersion) -> Verdict:
    """Whoever writes policies, while it is a draft."""
    return first_no(is_draft(policy), may_draft(user))


def is_draft(policy: PolicyVersion) -> Verdict:
    """What is in force never changes."""
    if policy.state == PolicyVersion.State.DRAFT:
        return YES
    return no(
        _("This version is “%(state)s” and never changes.") % {"state": policy.get_state_display()},
        _("Begin a new draft from it."),
        code="policy.sealed",
    )


def may_propose(user: User, policy: PolicyVersion) -> Verdict:
    """Ask that a draft be published: its writers; another person decides."""
    if policy.requests.open().exists():
        return no(_("Its publication is asked already."), _("A second person decides."), code="policy.asked")
    return may_edit(user, policy)


def may_drop(user: User, policy: PolicyVersion) -> Verdict:
    """A draft nobody is asked about."""
    if policy.requests.open().exists():
        return no(
            _("Its publication is asked already."), _("Withdraw the request first."), code="policy.asked"
        )
    return may_edit(user, policy)


def may_upgrade(user: User, use_case: UseCase) -> Verdict:
    """The product owner or a risk officer, when a newer version is in force than the one it is pinned to."""
    if user.pk != use_case.product_owner_id and not user.has_duty(Duty.RISK_OFFICER):
        return no(
            _("The product owner or a risk officer moves a use case to a newer policy."),
            _("Ask one of them."),
            code="policy.upgrade_not_yours",
        )
    held, now = policies.pinned(use_case), policies.for_tier(use_case.risk_tier).row
    if held is None:
        return no(
            _("It follows the policy in force already; its first request pins it."), code="policy.not_pinned"
        )
    if now is None or held.pk == now.pk:
        return no(_("It is held to the newest version already."), code="policy.newest")
    return YES
