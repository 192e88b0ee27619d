"""Who takes an act back."""

from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import Undo


def may_take_back(user: User, undo: Undo) -> Verdict:
    """Whoever did it, once and in time; what the act itself asks is asked again."""
    if undo.by_id != user.pk or not user.is_active:
        return no(_("Only the person who did it takes it back."), code="undo.take_back_not_yours")
    if undo.taken_at is not None:
        return no(_("This was taken back already."), code="undo.taken")
    if undo.until <= clock.now():
        return no(
            _("It is too late to take this back."), _("Change it by the act itself."), code="undo.too_late"
        )
    return YES
