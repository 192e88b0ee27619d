"""What would make us stop, written before we start."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record
from projects.models.use_cases import UseCase


class KillCriterion(Record):
    """One measurable condition with a threshold and a deadline; frozen once initialisation begins."""

    class Comparator(models.TextChoices):
        AT_LEAST = "at_least", _("at least")
        AT_MOST = "at_most", _("at most")

    class Result(models.TextChoices):
        PENDING = "pending", _("Not measured yet")
        MET = "met", _("Met")
        MISSED = "missed", _("Missed")
        WAIVED = "waived", _("Waived")

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="kill_criteria")
    statement = models.CharField(_("we stop unless…"), max_length=300)
    metric = models.CharField(_("measured as"), max_length=120)
    comparator = models.CharField(
        _("must be"), max_length=10, choices=Comparator, default=Comparator.AT_LEAST
    )
    threshold = models.FloatField(_("threshold"))
    deadline = models.DateField(_("by"))
    result = models.CharField(_("result"), max_length=10, choices=Result, default=Result.PENDING)
    measured_value = models.FloatField(_("measured value"), null=True, blank=True)
    measured_at = models.DateTimeField(null=True, blank=True)
    evidence = models.TextField(_("evidence"), max_length=2000, blank=True)

    class Meta:
        ordering = ["deadline", "created_at", "id"]

    def __str__(self) -> str:
        return self.statement
