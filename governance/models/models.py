"""The registry: one model answers one question of one use case."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from governance.models.sight import seen_through
from portal.core.models import Record
from projects.models import UseCase

if TYPE_CHECKING:
    from portal.core.models import User


class ModelQuerySet(models.QuerySet["Model"]):
    """Speaking filters over models."""

    def visible_to(self, user: "User") -> "ModelQuerySet":
        """Those of visible use cases; all of them to those who supervise."""
        return self.filter(seen_through(user, "use_case"))

    def for_list(self) -> "ModelQuerySet":
        """With what a list shows."""
        return self.select_related("use_case", "created_by").prefetch_related(
            "versions", "deployments__version"
        )


class Model(Record):
    """A registered model; its states are versions, its roles in production are deployments."""

    use_case = models.ForeignKey(
        UseCase, on_delete=models.PROTECT, related_name="+", verbose_name=_("use case")
    )
    name = models.CharField(_("name"), max_length=120)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ModelQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["use_case", "name"], name="one_model_per_name_and_use_case")
        ]

    def __str__(self) -> str:
        return self.name
