"""A person's calendar address: gates and deadlines in their own calendar."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record

if TYPE_CHECKING:
    from portal.core.models import User


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    """Speaking filters over calendar addresses."""

    def visible_to(self, user: "User") -> "CalendarFeedQuerySet":
        """One's own."""
        return self.filter(user_id=user.pk)

    def of_kind(self, kind: str) -> "CalendarFeedQuerySet":
        """Gates and deadlines, or office hours."""
        return self.filter(kind=kind)

    def valid(self) -> "CalendarFeedQuerySet":
        """Not revoked, of somebody still with us."""
        return self.filter(revoked_at__isnull=True, user__is_active=True)


class CalendarFeed(Record):
    """A secret address that shows its owner's dates and nothing else. Only its SHA-256 is kept."""

    class Kind(models.TextChoices):
        DEADLINES = "deadlines", _("Gates and deadlines")
        COMMUNITY = "community", _("Office hours")

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.DEADLINES)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=Q(revoked_at__isnull=True),
                name="one_calendar_per_person_and_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}"
