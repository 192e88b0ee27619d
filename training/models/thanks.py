"""A word of thanks from one person to another. Counted for nobody, shown to the two of them."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record

if TYPE_CHECKING:
    from portal.core.models import User

LONGEST_THANKS = 500


class ThanksQuerySet(models.QuerySet["Thanks"]):
    """Speaking filters over thanks."""

    def visible_to(self, user: "User") -> "ThanksQuerySet":
        """What one received and what one gave; nobody else reads it."""
        return self.filter(Q(receiver_id=user.pk) | Q(giver_id=user.pk))

    def for_list(self) -> "ThanksQuerySet":
        """With the people."""
        return self.select_related("giver", "receiver")


class Thanks(Record):
    """One word of thanks."""

    giver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("what for"), max_length=LONGEST_THANKS)

    objects = ThanksQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        verbose_name_plural = "thanks"
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("receiver")), name="nobody_thanks_themselves")
        ]

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.receiver_id}"
