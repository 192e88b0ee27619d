"""Saying thanks."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from training import hour_rules as rules
from training.models import Thanks
from training.models.thanks import LONGEST_THANKS
from training.services.community import checked

MOST_A_DAY = 20


@transaction.atomic
def give(receiver: User, *, text: str, by: User) -> Thanks:
    """
    Thank a colleague in one's own words; the two of them read it, nobody counts it.

    The same words to the same person on the same day are one word of thanks.
    """
    require(rules.may_thank(by, receiver))
    text = checked("text", text, LONGEST_THANKS)
    today = Thanks.objects.filter(giver=by, created_at__gt=clock.now() - timedelta(days=1))
    if same := today.filter(receiver=receiver, text=text).first():
        return same
    if today.count() >= MOST_A_DAY:
        raise ValidationError({"text": _("That is enough for one day; go on tomorrow.")})
    made = Thanks.objects.create(giver=by, receiver=receiver, text=text, created_at=clock.now())
    audit.record("thanks.given", made, by=by, receiver=receiver.pk)
    url = reverse("training:contributions")
    notices.tell(
        [receiver], text=N_("%(person)s thanks you"), url=url, icon="heart-handshake", by=by, person=by
    )
    return made
