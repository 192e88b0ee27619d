"""Names that people give to versions; those that say what serves are no names but deployments."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models.models import Model
from governance.models.versions import ModelVersion
from portal.core.models import Record

# What serves follows from an approval; nobody sets it by hand.
PROTECTED = ("champion", "challenger", "shadow", "latest")


class VersionAlias(Record):
    """A free name of one version of a model, such as `baseline-2026`."""

    model = models.ForeignKey(Model, on_delete=models.PROTECT, related_name="aliases")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="aliases")
    name = models.CharField(_("name"), max_length=40)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["model", "name"], name="one_version_per_alias"),
            models.CheckConstraint(condition=~Q(name__in=PROTECTED), name="protected_aliases_are_not_set"),
        ]

    def __str__(self) -> str:
        return self.name
