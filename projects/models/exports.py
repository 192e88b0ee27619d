"""Models taken out of the portal: one file per candidate and format."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.models import Job, Record
from projects.models.experiments import Experiment, Trial

if TYPE_CHECKING:
    from portal.core.models import User


class ExportQuerySet(models.QuerySet["Export"]):
    """Speaking filters over exports."""

    def visible_to(self, user: "User") -> "ExportQuerySet":
        """Those of the experiments the person sees."""
        return self.filter(trial__experiment__in=Experiment.objects.visible_to(user).values("pk"))

    def for_list(self) -> "ExportQuerySet":
        """With what a list shows and the rules ask for."""
        return self.select_related(
            "job",
            "requested_by",
            "trial__experiment__use_case",
            "trial__experiment__job",
            "trial__experiment__dataset_version__dataset__owner",
        ).defer("trial__experiment__result", "trial__experiment__dataset_version__profile")


class Export(Record):
    """
    A candidate in one format: built once by a job, checked when built, downloaded as often as needed.

    `report` is what the engine checked: parity on real rows, or why this model has no such form and
    which candidate does.
    """

    class Format(models.TextChoices):
        PACKAGE = "package", _("Scoring package")
        ONNX = "onnx", _("ONNX")
        NOTEBOOK = "notebook", _("Notebook")
        SCRIPT = "script", _("Script")
        MLFLOW = "mlflow", _("MLflow folder")
        SKOPS = "skops", _("skops file")

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="exports")
    format = models.CharField(_("format"), max_length=10, choices=Format)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="+")
    file_digest = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    report = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["trial", "format"], name="one_export_per_trial_and_format")
        ]

    def __str__(self) -> str:
        return f"{self.get_format_display()}: {self.trial.name}"

    @property
    def status(self) -> str:
        """The state of the job; "refused" when the model has no such form."""
        return "refused" if self.finished_at and not self.file_digest else str(self.job.state)

    @property
    def notes(self) -> list[dict[str, Any]]:
        """What was checked, or why it is not possible, in the engine's words."""
        found = [self.report.get("reason"), (self.report.get("checks") or {}).get("note")]
        return [each for each in found if each]
