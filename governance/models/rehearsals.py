"""Whether a stored model answers: one try of one bundle, with what came of it."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef

from governance.models.versions import ModelVersion
from portal.core.models import Job, Record

if TYPE_CHECKING:
    from portal.core.models import User


class RehearsalQuerySet(models.QuerySet["Rehearsal"]):
    """Speaking filters over tries."""

    def visible_to(self, user: "User") -> "RehearsalQuerySet":
        """Those of the bundles of visible versions."""
        same = {"bundle_digest": OuterRef("bundle_digest"), "model_sha256": OuterRef("model_sha256")}
        return self.filter(Exists(ModelVersion.objects.visible_to(user).filter(**same)))

    def of(self, version: ModelVersion) -> "RehearsalQuerySet":
        """Those of exactly the bytes of this version, the last first; of other bytes nothing counts."""
        same = self.filter(bundle_digest=version.bundle_digest, model_sha256=version.model_sha256)
        return same.select_related("job").order_by("-number")


class Rehearsal(Record):
    """
    One try to score the sample row that a stored model keeps; a further try is a further row.

    It belongs to the bytes and not to a version: whoever registers the same bytes reads the same answer.
    """

    bundle_digest = models.CharField(max_length=64)
    model_sha256 = models.CharField(max_length=64)
    number = models.PositiveSmallIntegerField()
    job = models.ForeignKey(Job, null=True, on_delete=models.PROTECT, related_name="+")
    ok = models.BooleanField(null=True)
    errors = models.JSONField(default=list)  # notes of the engine: message and params
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = RehearsalQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["bundle_digest", "model_sha256", "number"], name="one_rehearsal_per_try"
            ),
            models.CheckConstraint(
                condition=models.Q(ok__isnull=True, finished_at__isnull=True)
                | models.Q(ok__isnull=False, finished_at__isnull=False),
                name="a_finished_rehearsal_has_an_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bundle_digest[:12]} · {self.number}"

    @property
    def state(self) -> str:
        """passed, failed or running; a job that ended without an answer has failed."""
        if self.ok is None:
            return "running" if self.job is not None and not self.job.is_over else "failed"
        return "passed" if self.ok else "failed"
