"""More time in exams for persons who need it; no reason is asked or kept."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record

MOST_PERCENT = 300


class TimeAllowance(Record):
    """A person has so much more time in every exam."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    extra_percent = models.PositiveSmallIntegerField(
        _("extra time in percent"), validators=[MaxValueValidator(MOST_PERCENT)]
    )

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"{self.user_id} + {self.extra_percent} %"
