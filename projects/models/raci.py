"""Who answers for improvement, operation and monitoring of a model (mission M3c)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record
from projects.models.use_cases import UseCase


class Area(models.TextChoices):
    """The three works that go on after a model is built."""

    IMPROVEMENT = "improvement", _("Continuous improvement")
    OPERATION = "operation", _("Operation")
    MONITORING = "monitoring", _("Monitoring")


class RaciEntry(Record):
    """
    One person who does, advises or hears in one area.

    Who is accountable stands on the use case itself (`improvement_owner` …): there is exactly one.
    """

    class Part(models.TextChoices):
        RESPONSIBLE = "responsible", _("Does the work")
        CONSULTED = "consulted", _("Is asked first")
        INFORMED = "informed", _("Is told")

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="raci")
    area = models.CharField(max_length=12, choices=Area)
    part = models.CharField(max_length=12, choices=Part)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["area", "part", "created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["use_case", "area", "user"], name="one_part_per_person_and_area")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_part_display()}"
