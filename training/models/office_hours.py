"""Office hours: a mentor sits somewhere at a time, colleagues come with their questions."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.models import Record

if TYPE_CHECKING:
    from portal.core.models import User

SHORTEST, LONGEST, MOST_SEATS = 15, 480, 200


class OfficeHourQuerySet(models.QuerySet["OfficeHour"]):
    """Speaking filters over office hours."""

    def visible_to(self, user: "User") -> "OfficeHourQuerySet":
        """Everybody signed in."""
        return self if user.is_authenticated else self.none()

    def for_list(self) -> "OfficeHourQuerySet":
        """With the host and how many come."""
        return self.select_related("host").annotate(taken=Count("seats")).order_by("starts_at", "id")

    def coming(self) -> "OfficeHourQuerySet":
        """Not over, not cancelled."""
        return self.filter(ends_at__gt=clock.now(), cancelled_at__isnull=True)

    def with_room(self) -> "OfficeHourQuerySet":
        """Those with a free seat; needs `for_list`."""
        return self.filter(taken__lt=F("capacity"))


class OfficeHour(Record):
    """One session with a place or a link. Cancelled, never deleted."""

    host = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("what it is about"), max_length=2000, blank=True)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    link = models.URLField(_("link"), max_length=300, blank=True)
    capacity = models.PositiveSmallIntegerField(
        _("seats"), default=10, validators=[MinValueValidator(1), MaxValueValidator(MOST_SEATS)]
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_reason = models.CharField(max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=0, help_text=_("Grows at each change, for calendars."))

    objects = OfficeHourQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=F("starts_at")), name="office_hour_ends_later"
            )
        ]
        indexes = [models.Index(fields=["ends_at", "cancelled_at"], name="office_hours_coming")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        """Whether it lies in the past."""
        return self.ends_at <= clock.now()

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return (self.ends_at - self.starts_at) // timedelta(minutes=1)

    @staticmethod
    def end(starts_at: datetime, minutes: int) -> datetime:
        """When it ends."""
        return starts_at + timedelta(minutes=minutes)


class OfficeSeat(Record):
    """Somebody comes, with what they want to ask; only host and the person read that."""

    hour = models.ForeignKey(OfficeHour, on_delete=models.CASCADE, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    wish = models.CharField(_("what I want to ask"), max_length=500, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["hour", "user"], name="one_seat_per_person")]

    def __str__(self) -> str:
        return f"{self.hour_id} · {self.user_id}"
