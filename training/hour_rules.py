"""Who may hold office hours, come to them and cancel them; and who may thank whom."""

from django.utils.translation import gettext as _

from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no
from training import mentor_rules, rules
from training.models import OfficeHour


def may_host(user: User, _thing: object = None) -> Verdict:
    """The community lead, and whoever may be a mentor."""
    if user.has_duty(Duty.COMMUNITY_LEAD):
        return YES
    return mentor_rules.may_offer(user)


def is_coming(hour: OfficeHour) -> Verdict:
    """Not over and not cancelled."""
    if hour.cancelled_at:
        return no(_("This office hour was cancelled."), code="hour.office_hour_cancelled")
    return no(_("This office hour is over."), code="hour.office_hour_over") if hour.is_over else YES


def may_change(user: User, hour: OfficeHour) -> Verdict:
    """The host."""
    if hour.host_id != user.pk:
        return no(_("The host changes an office hour."), _("Write to them."), code="hour.change_not_yours")
    return is_coming(hour)


def may_cancel(user: User, hour: OfficeHour) -> Verdict:
    """The host, or the community lead in their place."""
    if hour.host_id != user.pk and not user.has_duty(Duty.COMMUNITY_LEAD):
        return no(_("The host cancels an office hour."), _("Write to them."), code="hour.cancel_not_yours")
    return is_coming(hour)


def may_sit(user: User, hour: OfficeHour) -> Verdict:
    """Everybody but the host, while there is room."""
    if hour.host_id == user.pk:
        return no(_("You are the host."), code="hour.host")
    return first_no(rules.may_learn(user, None), is_coming(hour), has_room(user, hour))


def has_room(user: User, hour: OfficeHour) -> Verdict:
    """A free seat, or one's own."""
    seats = hour.seats.all()
    if seats.filter(user=user).exists() or seats.count() < hour.capacity:
        return YES
    return no(_("All seats are taken."), _("Choose another day."), code="no_room")


def may_leave(user: User, hour: OfficeHour) -> Verdict:
    """Whoever has a seat, before it is over."""
    if not hour.seats.filter(user=user).exists():
        return no(_("You have no seat here."), code="hour.have_no_seat_here")
    return is_coming(hour)


def may_thank(user: User, receiver: User) -> Verdict:
    """Every person every other one."""
    if receiver.pk == user.pk:
        return no(_("Thank somebody else."), code="hour.thank_somebody_else")
    if receiver.is_service or not receiver.is_active:
        return no(_("Only people who are still here read thanks."), code="person.only")
    return rules.may_learn(user, None)
