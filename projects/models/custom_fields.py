"""Fields that a house adds to its use cases."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record
from projects.models.use_cases import UseCase

if TYPE_CHECKING:
    from portal.core.models import User


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    """Speaking filters over the fields."""

    def visible_to(self, user: "User") -> "CustomFieldQuerySet":
        """All of them, for whoever is signed in."""
        return self.all() if user.is_authenticated else self.none()

    def active(self) -> "CustomFieldQuerySet":
        """Asked for now."""
        return self.filter(retired_at__isnull=True)


class CustomField(Record):
    """
    One field more on every use case. Its values stand in `UseCase.custom` under its key.

    Key and kind never change, and a field is retired rather than deleted: what was written stays readable.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        CHOICE = "choice", _("Choice")
        DATE = "date", _("Date")
        PERSON = "person", _("Person")

    # Phases that are entered through a gate: from there on the field must be filled.
    REQUIRED = (
        ("", _("Never")),
        (UseCase.Phase.INITIALISATION.value, UseCase.Phase.INITIALISATION.label),
        (UseCase.Phase.DEVELOPMENT.value, UseCase.Phase.DEVELOPMENT.label),
        (UseCase.Phase.PRODUCTION.value, UseCase.Phase.PRODUCTION.label),
    )

    key = models.CharField(max_length=40, unique=True)  # cf_…, also the name of filter, column and cell
    label = models.CharField(_("label"), max_length=60)
    help_text = models.CharField(_("help"), max_length=300, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    options = models.JSONField(_("options"), default=list, blank=True)  # of a choice, in order
    required_from = models.CharField(_("needed from"), max_length=16, choices=REQUIRED, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        ordering = ["position", "created_at", "id"]

    def __str__(self) -> str:
        return self.label
