"""Which policy version a use case is held to, and moving it to a newer one."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from governance import policies
from governance.models import ApprovalRequest, PolicyPin, PolicyVersion
from governance.rules import policies as rules
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects.models import UseCase


def keep(request: ApprovalRequest, *, by: User) -> None:
    """The first request of a use case at a tier pins it: a later version of the policy does not reach it by itself."""
    if request.use_case is None or request.pinned_policy is None or policies.pinned(request.use_case):
        return
    add(request.use_case, request.pinned_policy, reason=_("First request under this policy"), by=by)


def add(use_case: UseCase, policy: PolicyVersion, *, reason: str, by: User) -> PolicyPin:
    """Write the row."""
    pin = PolicyPin.objects.create(use_case=use_case, policy=policy, reason=reason[:500], pinned_by=by)
    audit.record(
        "policy.pinned", use_case, by=by, policy=str(policy), checksum=policy.checksum, reason=reason
    )
    return pin


@transaction.atomic
def upgrade(use_case: UseCase, *, reason: str, by: User) -> PolicyPin:
    """Hold a use case to the version in force now: an explicit act; open requests keep what they have copied (R3)."""
    require(rules.may_upgrade(by, use_case))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is moved to the newer policy.")})
    now = PolicyVersion.objects.published().get(tier=policies.strictest(use_case.risk_tier))
    pin = add(use_case, now, reason=reason.strip(), by=by)
    notices.tell(
        [use_case.product_owner, use_case.sponsor],
        text=N_("%(what)s now follows the policy %(policy)s."),
        url=reverse("governance:policy_case", args=[use_case.pk]),
        icon="checklist",
        by=by,
        what=use_case,
        policy=now.version,
    )
    return pin
