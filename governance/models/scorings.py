"""Whole tables scored, and measured against the training data."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext, gettext_lazy as _

from governance.models.deployments import Deployment
from governance.models.findings import Finding
from governance.models.sight import seen_through
from portal.core.models import Job, Record
from projects.models import DatasetVersion

if TYPE_CHECKING:
    from portal.core.models import User


class ScoringQuerySet(models.QuerySet["BatchScoring"]):
    """Speaking filters over batches."""

    def visible_to(self, user: "User") -> "ScoringQuerySet":
        """Those of visible models."""
        return self.filter(seen_through(user, "deployment__model__use_case"))

    def for_list(self) -> "ScoringQuerySet":
        """With what a list shows."""
        return self.select_related(
            "deployment__version__model__use_case", "dataset_version__dataset", "job", "requested_by"
        )


class DriftQuerySet(models.QuerySet["DriftReport"]):
    """Speaking filters over drift reports."""

    def visible_to(self, user: "User") -> "DriftQuerySet":
        """Those of visible models."""
        return self.filter(seen_through(user, "deployment__model__use_case"))

    def for_list(self) -> "DriftQuerySet":
        """With what a list shows."""
        return self.select_related(
            "deployment__version__model__use_case",
            "dataset_version__dataset",
            "job",
            "requested_by",
            "finding",
        )


class TableRun(Record):
    """What a batch and a drift report share: a deployment, a table, a job."""

    deployment = models.ForeignKey(Deployment, on_delete=models.PROTECT, related_name="%(class)ss")
    dataset_version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey(Job, null=True, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rows = models.PositiveBigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["-created_at", "id"]

    @property
    def status(self) -> str:
        """The state of the job: there is one truth."""
        return self.job.state if self.job else "queued"


class BatchScoring(TableRun):
    """The predictions for every row of a dataset version, as a CSV file."""

    output_digest = models.CharField(max_length=64, blank=True)
    warnings = models.JSONField(default=list)

    objects = ScoringQuerySet.as_manager()

    class Meta(TableRun.Meta):
        verbose_name = _("batch scoring")

    def __str__(self) -> str:
        return f"{self.deployment.version} · {self.dataset_version}"


class DriftReport(TableRun):
    """How far new rows are from those the model learned from."""

    figures = models.JSONField(default=dict)
    share_drifted = models.FloatField(null=True)
    is_alert = models.BooleanField(default=False)
    message = models.CharField(max_length=600, blank=True)
    params = models.JSONField(default=dict)
    finding = models.ForeignKey(Finding, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = DriftQuerySet.as_manager()

    class Meta(TableRun.Meta):
        verbose_name = _("drift report")

    def __str__(self) -> str:
        return f"{self.deployment.version} · {self.dataset_version}"

    @property
    def sentence(self) -> str:
        """The verdict in the reader's language."""
        return gettext(self.message) % self.params if self.message else ""
