"""The history of phases, from which every duration and conversion is computed."""

from django.conf import settings
from django.db import models

from portal.core import clock
from projects.models.use_cases import UseCase


class PhaseEvent(models.Model):
    """One move of one use case. Rows are only added (database triggers)."""

    use_case = models.ForeignKey(
        UseCase, on_delete=models.PROTECT, related_name="phase_events", db_index=False
    )  # the index below begins with it
    from_phase = models.CharField(max_length=16, blank=True)
    to_phase = models.CharField(max_length=16)
    action = models.CharField(max_length=20)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    gate = models.CharField(max_length=4, blank=True)
    comment = models.TextField(max_length=2000, blank=True)
    evidence = models.JSONField(default=dict)

    APPEND_ONLY = ("id",)

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["to_phase", "at"], name="phase_event_entry"),
            # All that the figures of the portfolio read of a move, so that they read the index alone.
            models.Index(fields=["use_case", "to_phase", "at", "from_phase"], name="phase_event_way"),
        ]

    def __str__(self) -> str:
        return f"{self.from_phase} → {self.to_phase}"
