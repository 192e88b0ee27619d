"""The organisation as a tree: company, business line, team."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrgUnit(models.Model):
    """A part of the organisation. `path` lists the keys from the root, so that a branch is one filter."""

    class Kind(models.TextChoices):
        COMPANY = "company", _("Company")
        BUSINESS_LINE = "business_line", _("Business line")
        TEAM = "team", _("Team")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    path = models.CharField(max_length=200, unique=True, editable=False)

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="one_unit_per_name_and_parent")
        ]

    def __str__(self) -> str:
        return self.name
