"""Two columns of a frozen table against each other, worked out once."""

from django.conf import settings
from django.db import models

from portal.core.models import Job, Record
from projects.models.datasets import DatasetVersion


class ColumnPair(Record):
    """What the engine found about two columns; whoever may see the version may see it."""

    version = models.ForeignKey(DatasetVersion, on_delete=models.CASCADE, related_name="pairs")
    first = models.CharField(max_length=200)
    second = models.CharField(max_length=200)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="+")
    result = models.JSONField(default=dict)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "first", "second"], name="one_pair_of_columns")
        ]

    def __str__(self) -> str:
        return f"{self.first} × {self.second}"
