"""Who may enter and verify value."""

from django.utils.translation import gettext as _

from governance.models import BenefitLine, Measurement
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import UseCase


def may_enter(user: User, use_case: UseCase) -> Verdict:
    """Those who answer for the use case."""
    if user.pk in {use_case.product_owner_id, use_case.sponsor_id, use_case.process_owner_id}:
        return YES
    return no(
        _("The product owner, the sponsor and the process owner enter the value."),
        _("Ask the product owner."),
        code="benefit.enter_not_yours",
    )


def may_change(user: User, line: BenefitLine) -> Verdict:
    """As entering, while it is in force."""
    if line.ended_on:
        return no(_("This benefit line has ended."), code="benefit.line_has_ended")
    return may_enter(user, line.use_case)


def may_verify(user: User, measurement: Measurement) -> Verdict:
    """A finance controller who did not report it."""
    if measurement.state != Measurement.State.REPORTED:
        return no(
            _("This measurement is “%(state)s”.") % {"state": measurement.get_state_display()},
            code="benefit.measurement_state",
        )
    if user.pk in {measurement.reported_by_id, measurement.line.created_by_id}:
        return no(
            _("Nobody verifies a figure they reported themselves."),
            _("Another finance controller verifies it."),
            code="value.own_work",
        )
    if user.has_duty(Duty.FINANCE_CONTROLLER):
        return YES
    return no(_("Only finance controllers verify realised value."), code="benefit.verify_not_yours")
