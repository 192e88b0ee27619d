"""Documents of a version: written paragraphs, and editions that never change."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from governance.models.sight import seen_through
from governance.models.versions import ModelVersion
from portal.core import clock
from portal.core.models import Record

if TYPE_CHECKING:
    from portal.core.models import User


class DocumentKind(models.TextChoices):
    """What is written about a version."""

    MODEL_CARD = "model_card", _("Model card")
    VALIDATION_REPORT = "validation_report", _("Validation report")
    TECHNICAL_FILE = "technical_file", _("Technical file (Annex IV)")


class ParagraphText(Record):
    """What a person wrote for one paragraph. Rows are only added: the newest stands, the others are its history."""

    APPEND_ONLY = ("id",)

    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="paragraphs")
    kind = models.CharField(max_length=20, choices=DocumentKind)
    code = models.CharField(max_length=40)
    text = models.TextField(_("text"), max_length=6000, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-written_at", "-created_at", "id"]
        indexes = [models.Index(fields=["version", "kind", "code"], name="paragraph_place")]

    def __str__(self) -> str:
        return f"{self.version} · {self.code}"


class EditionQuerySet(models.QuerySet["DocumentEdition"]):
    """Speaking filters over editions."""

    def visible_to(self, user: "User") -> "EditionQuerySet":
        """Those of visible models."""
        return self.filter(seen_through(user, "version__model__use_case"))

    def for_list(self) -> "EditionQuerySet":
        """With what a list shows."""
        return self.select_related("version__model__use_case", "made_by")


class DocumentEdition(Record):
    """One edition of one document, as it was generated; it is stale once the facts have another digest."""

    APPEND_ONLY = ("id",)

    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="editions")
    kind = models.CharField(_("document"), max_length=20, choices=DocumentKind)
    number = models.PositiveIntegerField(_("edition"))
    language = models.CharField(_("language"), max_length=8)
    content = models.JSONField(default=dict)
    facts_digest = models.CharField(max_length=64)
    content_digest = models.CharField(max_length=64)
    completeness = models.PositiveSmallIntegerField(_("complete (%)"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "kind", "number"], name="one_edition_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.version} · {self.number}"
