"""What people make around data and models and pass on: notes, notebooks, reports, images, extracts, links."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.duties import Duty
from portal.core.models import Record
from projects.models.datasets import Dataset
from projects.models.shares import SharedQuerySet
from projects.models.use_cases import UseCase

if TYPE_CHECKING:
    from portal.core.models import User


class ArtifactQuerySet(SharedQuerySet):
    """Speaking filters over artifacts."""

    def current(self) -> "ArtifactQuerySet":
        """Without those put away."""
        return self.filter(retired_at__isnull=True)

    def askable_by(self, user: "User") -> "ArtifactQuerySet":
        """
        What was shared with a person to look at only, and they may ask to use.

        The title of an artifact says much of what stands in it: of one that a person may not look at they know nothing.
        """
        if not user.is_authenticated or user.has_duty(Duty.AUDITOR):
            return self.none()
        lendable = [Dataset.Classification.CONFIDENTIAL, Dataset.Classification.PERSONAL]
        seen = self.visible_to(user).current().filter(classification__in=lendable)
        return seen.exclude(pk__in=Artifact.objects.usable_by(user).values("pk"))

    def for_list(self) -> "ArtifactQuerySet":
        """With what a list shows."""
        return self.select_related("owner", "use_case").prefetch_related("tags")


class Artifact(Record):
    """One thing worth passing on, with an owner and a class; its content stands in frozen versions."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", _("Document")
        NOTEBOOK = "notebook", _("Notebook")
        IMAGE = "image", _("Image")
        REPORT = "report", _("Report (PDF)")
        NOTE = "note", _("Note")
        EXTRACT = "extract", _("Extract of a table")
        LINK = "link", _("Link")

    ICONS = {
        "document": "file-text", "notebook": "notebook", "image": "eye", "report": "report", "note": "pencil",
        "extract": "table", "link": "link",
    }  # fmt: skip
    KEEPERS = ("owner",)
    BY_NAME = ("title", "pk")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = models.CharField(_("title"), max_length=140)
    description = models.TextField(_("description"), max_length=4000, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    use_case = models.ForeignKey(
        UseCase,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="artifacts",
        verbose_name=_("use case"),
    )
    classification = models.CharField(
        _("classification"),
        max_length=14,
        choices=Dataset.Classification,
        default=Dataset.Classification.INTERNAL,
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    retired_reason = models.CharField(max_length=500, blank=True)

    objects = ArtifactQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["kind", "-created_at"], name="artifact_shelf"),
            models.Index(fields=["-created_at", "id"], name="artifact_newest"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def icon(self) -> str:
        """The sign of its kind."""
        return self.ICONS[self.kind]

    @property
    def color(self) -> str:
        """The colour of its class."""
        return Dataset.COLORS[self.classification]


class ArtifactTag(models.Model):
    """One word an artifact is found by, in lower case."""

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="tags")
    word = models.CharField(max_length=40)

    class Meta:
        ordering = ["word"]
        constraints = [models.UniqueConstraint(fields=["artifact", "word"], name="one_tag_per_word")]
        indexes = [models.Index(fields=["word"], name="artifact_tag_word")]

    def __str__(self) -> str:
        return self.word


class ArtifactSource(models.Model):
    """
    One thing an artifact was made from: a dataset, an experiment, a version of a model or another artifact.

    Kind and key instead of a foreign key: models stand in an upper storey. Nothing that may be named here is
    ever deleted, except a model version that was never handed in; such an edge then leads nowhere and is not shown.
    """

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=12)
    key = models.UUIDField()

    class Meta:
        ordering = ["kind", "key"]
        constraints = [models.UniqueConstraint(fields=["artifact", "kind", "key"], name="one_source_once")]
        indexes = [models.Index(fields=["kind", "key"], name="artifact_source_key")]

    def __str__(self) -> str:
        return f"{self.artifact} ← {self.kind} {self.key}"


class ArtifactVersionQuerySet(models.QuerySet["ArtifactVersion"]):
    """Speaking filters over versions."""

    def visible_to(self, user: "User") -> "ArtifactVersionQuerySet":
        """Those of the artifacts the person sees."""
        return self.filter(artifact__in=Artifact.objects.visible_to(user).values("pk"))

    def for_list(self) -> "ArtifactVersionQuerySet":
        """With what a list shows."""
        return self.select_related("artifact__owner", "artifact__use_case", "made_by")


class ArtifactVersion(Record):
    """One frozen state: a file by its digest, or an address. The database refuses to change it."""

    APPEND_ONLY = ("id",)

    artifact = models.ForeignKey(Artifact, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    remark = models.CharField(_("what changed"), max_length=300, blank=True)
    original_name = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    media_type = models.CharField(max_length=100, blank=True)  # found in the bytes, never in the name
    link = models.URLField(_("address"), max_length=2000, blank=True)

    objects = ArtifactVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["artifact", "number"], name="one_artifact_version_per_number"),
            models.CheckConstraint(
                condition=Q(digest="", link__gt="") | Q(link="", digest__gt=""), name="file_or_link"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.artifact} v{self.number}"
