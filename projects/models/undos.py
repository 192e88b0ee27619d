"""What somebody has just done and may take back for a while."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.models import Record

if TYPE_CHECKING:
    from portal.core.models import User


class UndoQuerySet(models.QuerySet["Undo"]):
    """Speaking filters over acts that may be taken back."""

    def visible_to(self, user: "User") -> "UndoQuerySet":
        """One's own."""
        return self.filter(by_id=user.pk) if user.is_authenticated else self.none()

    def open(self) -> "UndoQuerySet":
        """Not taken back yet, and still in time."""
        return self.filter(taken_at__isnull=True, until__gt=clock.now())


class Undo(Record):
    """
    One reversible act on one or several use cases, with what each was before and became.

    It is taken back by the services of the act itself, so both the act and its end stand on the trail.
    """

    class Act(models.TextChoices):
        HEALTH = "health", _("Report health")
        OWNER = "owner", _("Name a product owner")
        HOLD = "hold", _("Put on hold")
        RESUME = "resume", _("End the hold")
        TAG = "tag", _("Add tags")
        UNTAG = "untag", _("Take tags away")
        RANK = "rank", _("Place by hand")
        SQUAD = "squad", _("Change the squad")

    act = models.CharField(max_length=8, choices=Act)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changes = models.JSONField(
        default=list
    )  # [{use_case, ref, before: {field or key of a membership: value}, after: {…}}]
    until = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)

    objects = UndoQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["by", "-created_at"], name="undo_of_person")]

    def __str__(self) -> str:
        return f"{self.get_act_display()} · {', '.join(each['ref'] for each in self.changes[:3])}"
