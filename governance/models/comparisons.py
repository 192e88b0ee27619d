"""Versions of a model, scored by the engine on the same rows that none of them was meant to see."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from governance.models.models import Model
from governance.models.sight import seen_through
from governance.models.versions import ModelVersion
from portal.core.models import Job, Record
from projects.models import DatasetVersion

if TYPE_CHECKING:
    from portal.core.models import User


class ComparisonQuerySet(models.QuerySet["VersionComparison"]):
    """Speaking filters over comparisons."""

    def visible_to(self, user: "User") -> "ComparisonQuerySet":
        """Those of visible models."""
        return self.filter(seen_through(user, "model__use_case"))

    def for_list(self) -> "ComparisonQuerySet":
        """With what a page shows."""
        return self.select_related(
            "model__use_case", "base__trial__experiment", "table__dataset", "job", "asked_by"
        )


class VersionComparison(Record):
    """
    Up to three versions beside `base`; asked once, answered once.

    On the hold-out of the base or, with `table`, on new rows whose answers are known by now.
    """

    MOST = 4

    model = models.ForeignKey(Model, on_delete=models.PROTECT, related_name="comparisons")
    base = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="+")
    others = models.JSONField(default=list)  # keys of versions, in the order of their numbers
    table = models.ForeignKey(
        DatasetVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    digest = models.CharField(max_length=64)
    job = models.ForeignKey(Job, null=True, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    figures = models.JSONField(default=dict)  # key of a version -> what the engine said of the pair
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ComparisonQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["model", "digest"], name="one_comparison_per_question")
        ]

    def __str__(self) -> str:
        return f"{self.base} ↔ {len(self.others)}"

    @property
    def status(self) -> str:
        """The state of the job: there is one truth."""
        return self.job.state if self.job else "queued"
