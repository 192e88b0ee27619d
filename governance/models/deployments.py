"""Which version holds which role, from when to when."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models.approvals import ApprovalRequest
from governance.models.models import Model
from governance.models.sight import seen_through
from governance.models.versions import ModelVersion
from portal.core import clock
from portal.core.models import Record

if TYPE_CHECKING:
    from portal.core.models import User


class DeploymentQuerySet(models.QuerySet["Deployment"]):
    """Speaking filters over deployments."""

    def visible_to(self, user: "User") -> "DeploymentQuerySet":
        """Those of visible models."""
        return self.filter(seen_through(user, "model__use_case"))

    def current(self) -> "DeploymentQuerySet":
        """In their role now."""
        return self.filter(ended_at__isnull=True)

    def champions(self) -> "DeploymentQuerySet":
        """Serving now."""
        return self.current().filter(role=Deployment.Role.CHAMPION)

    def beside(self, version: ModelVersion) -> "DeploymentQuerySet":
        """The champion that this version would replace, with its version; none where nothing else serves."""
        return (
            self.champions().filter(model=version.model_id).exclude(version=version).select_related("version")
        )

    def for_list(self) -> "DeploymentQuerySet":
        """With what a list shows."""
        return self.select_related(
            "model__use_case__product_owner",
            "version__model",
            "version__dataset_version",
            "started_by",
            "request",
        )


class Deployment(Record):
    """A version in a role in an environment; a change ends one row and begins another."""

    class Role(models.TextChoices):
        CHAMPION = "champion", _("Champion")
        CHALLENGER = "challenger", _("Challenger")
        SHADOW = "shadow", _("Shadow")

    COLORS = {"champion": "green", "challenger": "blue", "shadow": "grey"}

    class Environment(models.TextChoices):
        PRODUCTION = "production", _("Production")
        TEST = "test", _("Test")

    model = models.ForeignKey(Model, on_delete=models.PROTECT, related_name="deployments")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="deployments")
    environment = models.CharField(
        _("environment"), max_length=12, choices=Environment, default=Environment.PRODUCTION
    )
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.CHAMPION)
    started_at = models.DateTimeField(_("from"), default=clock.now)
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    request = models.ForeignKey(
        ApprovalRequest, on_delete=models.PROTECT, related_name="+"
    )  # the approval it rests on
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    end_reason = models.CharField(max_length=500, blank=True)

    objects = DeploymentQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "environment"],
                condition=Q(role="champion", ended_at__isnull=True),
                name="one_champion_per_model_and_environment",
            ),
            models.UniqueConstraint(
                fields=["version", "environment"],
                condition=Q(ended_at__isnull=True),
                name="one_role_per_version_and_environment",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="deployment_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} · {self.get_role_display()}"


class PredictionLog(Record):
    """One scoring request: who asked, how many rows, how it went. No row of data is kept."""

    deployment = models.ForeignKey(Deployment, on_delete=models.PROTECT, related_name="predictions")
    consumer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rows = models.PositiveIntegerField()
    ok = models.BooleanField()
    code = models.CharField(max_length=40, blank=True)
    milliseconds = models.PositiveIntegerField()

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["deployment", "-created_at"], name="prediction_log_time")]

    def __str__(self) -> str:
        return f"{self.deployment_id} {self.rows}"
