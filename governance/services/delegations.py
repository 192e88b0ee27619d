"""Giving one's seat to another person for some days (R9)."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from governance.models import Delegation
from governance.rules import delegations as rules
from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.states import IllegalMove
from portal.core.verdicts import require

LONGEST = 90


@transaction.atomic
def give(*, to: User, starts_on: date, ends_on: date, reason: str, by: User) -> Delegation:
    """From a day to a day another person may answer requests in one's place, under their own name beside it."""
    require(rules.may_give(by))
    check(to=to, starts_on=starts_on, ends_on=ends_on, reason=reason, by=by)
    made = Delegation.objects.create(
        given_by=by, given_to=to, starts_on=starts_on, ends_on=ends_on, reason=reason.strip()
    )
    audit.record(
        "delegation.given", made, by=by, to=to.pk, starts=str(starts_on), ends=str(ends_on), reason=reason
    )
    notices.tell(
        [to],
        text=N_("You answer requests in the place of %(who)s from %(starts)s to %(ends)s."),
        url=reverse("governance:delegation_list"),
        icon="inbox",
        by=by,
        who=by,
        starts=starts_on,
        ends=ends_on,
    )
    return made


def check(*, to: User, starts_on: date, ends_on: date, reason: str, by: User) -> None:
    """Another active person, a short and coming time, a reason, one seat given once."""
    errors = {}
    if to.pk == by.pk or not to.is_active or to.is_service:
        errors["to"] = _("Choose another person whose account is active.")
    if starts_on < clock.today():
        errors["starts_on"] = _("The day must not be in the past.")
    if not starts_on <= ends_on <= starts_on + timedelta(days=LONGEST):
        errors["ends_on"] = _("At most %(days)s days after the first.") % {"days": LONGEST}
    if not 1 <= len(reason.strip()) <= 300:
        errors["reason"] = _("Say why, in at most 300 characters.")
    overlapping = Delegation.objects.filter(
        given_by=by, ended_at__isnull=True, starts_on__lte=ends_on, ends_on__gte=starts_on
    )
    if not errors and overlapping.exists():
        errors["starts_on"] = _(
            "You have given your seat for some of these days already. Take that back first."
        )
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def take_back(delegation: Delegation, *, by: User) -> None:
    """It ends at once; answers given stand."""
    require(rules.may_take_back(by, delegation))
    if not Delegation.objects.filter(pk=delegation.pk, ended_at=None).update(ended_at=clock.now()):
        raise IllegalMove(_("This is over already."))
    delegation.refresh_from_db()
    audit.record("delegation.taken_back", delegation, by=by)
    text = N_("%(who)s answers requests in person again.")
    notices.tell([delegation.given_to], text=text, icon="inbox", by=by, who=delegation.given_by)
