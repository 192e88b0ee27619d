"""Whole use cases taken along: one zip per request, kept for some days."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from portal.core import clock
from portal.core.models import Job, Record
from projects.models.use_cases import UseCase

if TYPE_CHECKING:
    from portal.core.models import User


class ProjectBundleQuerySet(models.QuerySet["ProjectBundle"]):
    """Speaking filters over bundles."""

    def visible_to(self, user: "User") -> "ProjectBundleQuerySet":
        """One's own, of use cases one still sees: each holds what its asker may take, which differs by person."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            requested_by_id=user.pk, use_case__in=UseCase.objects.visible_to(user).values("pk")
        )

    def for_list(self) -> "ProjectBundleQuerySet":
        """With what a list shows and the rules ask for."""
        return self.select_related("use_case__product_owner", "requested_by", "job")

    def over(self) -> "ProjectBundleQuerySet":
        """Past their last moment, with the file still there."""
        return self.exclude(file_digest="").filter(expires_at__lt=clock.now())


class ProjectBundle(Record):
    """
    One use case as one zip, made for one person.

    `contents` names the files, what was left out and why, and the tables and models in it, whose rules
    are asked again at each download.
    """

    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="bundles")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="+")
    file_digest = models.CharField(max_length=64, blank=True)  # empty before it is built and after it expired
    size_bytes = models.PositiveBigIntegerField(default=0)
    contents = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = ProjectBundleQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return str(self.use_case)

    @property
    def is_over(self) -> bool:
        """Built once, and its days are over."""
        return self.expires_at is not None and self.expires_at <= clock.now()

    @property
    def status(self) -> str:
        """The state of the job, or "expired"."""
        return "expired" if self.is_over else str(self.job.state)
