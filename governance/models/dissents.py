"""A minority opinion of a decider, kept with the request whatever the outcome."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models.approvals import ApprovalRequest
from portal.core import clock
from portal.core.models import Record


class Dissent(Record):
    """What one decider thinks otherwise. Rows are only added; one per person and request."""

    APPEND_ONLY = ("id",)

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="dissents")
    text = models.TextField(_("dissenting opinion"), max_length=4000)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["said_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "said_by"], name="one_dissent_per_person"),
            models.CheckConstraint(condition=~Q(text=""), name="a_dissent_has_words"),
        ]

    def __str__(self) -> str:
        return f"{self.said_by} · {self.request}"
