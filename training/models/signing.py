"""Keys that sign badges; old public keys stay published so that old badges can still be checked."""

from django.db import models

from portal.core.models import Record


class SigningKey(Record):
    """One pair of keys. The private half is encrypted with the portal's secret key."""

    kid = models.CharField(max_length=64, unique=True)
    public = models.JSONField(default=dict)
    sealed = models.TextField(editable=False)

    class Meta:
        ordering = ["-created_at", "kid"]

    def __str__(self) -> str:
        return self.kid
