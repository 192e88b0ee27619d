"""The day by which a use case wants to pass each gate, for the roadmap and the calendar."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record
from projects.models.use_cases import UseCase


class GatePlan(Record):
    """A planned day for one gate; a plan, never a decision."""

    class Gate(models.TextChoices):
        G1 = "G1", _("G1 start initialisation")
        G2 = "G2", _("G2 start development")
        G3 = "G3", _("G3 go to production")
        G5 = "G5", _("G5 retire")

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="gate_plans")
    gate = models.CharField(_("gate"), max_length=2, choices=Gate)
    planned_on = models.DateField(_("planned for"))

    class Meta:
        ordering = ["planned_on", "gate", "id"]
        constraints = [models.UniqueConstraint(fields=["use_case", "gate"], name="one_plan_per_gate")]
        indexes = [models.Index(fields=["planned_on"], name="gate_plan_day")]

    def __str__(self) -> str:
        return f"{self.use_case.ref} {self.gate}"
