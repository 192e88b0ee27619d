"""“This is mine too”: who has the same problem."""

from django.conf import settings
from django.db import models

from portal.core.models import Record
from projects.models.use_cases import UseCase


class Support(Record):
    """One person's vote for a use case; taken back by removing it."""

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="supports")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["use_case", "user"], name="one_support_per_person")]

    def __str__(self) -> str:
        return f"{self.user} · {self.use_case.ref}"
