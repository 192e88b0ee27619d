"""Files that arrive in pieces, so that a broken connection costs only the piece it broke."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from portal.core.models import Record

if TYPE_CHECKING:
    from portal.core.models import User


class PartialUploadQuerySet(models.QuerySet["PartialUpload"]):
    """Speaking filters over files that arrive in pieces."""

    def visible_to(self, user: "User") -> "PartialUploadQuerySet":
        """One's own only."""
        return self.filter(person_id=user.pk) if user.is_authenticated else self.none()


class PartialUpload(Record):
    """One file on its way: how much of it is here. It is forgotten once used, or after a day."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)

    objects = PartialUploadQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_complete(self) -> bool:
        """All bytes are here."""
        return self.received == self.size
