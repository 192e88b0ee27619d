"""Tables people bring, each state of them frozen as a version."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.duties import Duty
from portal.core.models import Job, Record
from portal.core.states import Machine
from projects.models.shares import SharedQuerySet
from projects.models.use_cases import UseCase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.core.models import User


class DatasetQuerySet(SharedQuerySet):
    """Speaking filters over datasets."""

    def askable_by(self, user: "User") -> "DatasetQuerySet":
        """
        What a person may see is there, and may not open: confidential and personal data of use cases they
        see, and what was shared with them to look at only.

        Special categories stay with the squad, and what belongs to a use case one may not see does not exist.
        """
        if not user.is_authenticated or user.has_duty(Duty.AUDITOR):
            return self.none()
        lendable = [Dataset.Classification.CONFIDENTIAL, Dataset.Classification.PERSONAL]
        there = Q(use_case__in=UseCase.objects.visible_to(user).values("pk"))
        known = self.filter(there | self.given(user), classification__in=lendable)
        return known.exclude(pk__in=Dataset.objects.usable_by(user).values("pk"))

    def known_to(self, user: "User") -> "DatasetQuerySet":
        """Those a person sees or may ask for: all others do not exist for them."""
        seen, there = Dataset.objects.visible_to(user), Dataset.objects.askable_by(user)
        return self.filter(Q(pk__in=seen.values("pk")) | Q(pk__in=there.values("pk")))

    def for_list(self) -> "DatasetQuerySet":
        """With what a list shows."""
        return self.select_related("owner", "use_case", "steward")


class Dataset(Record):
    """A table with an owner and a classification; its content stands in versions."""

    class Classification(models.TextChoices):
        PUBLIC = "public", _("Public")
        INTERNAL = "internal", _("Internal")
        CONFIDENTIAL = "confidential", _("Confidential")
        PERSONAL = "personal", _("Personal data")
        SPECIAL = "special", _("Special categories of personal data")

    KEEPERS = ("owner", "steward")
    BY_NAME = ("name", "pk")
    STRICTNESS = ("public", "internal", "confidential", "personal", "special")  # the strictest last
    COLORS = {
        "public": "green",
        "internal": "blue",
        "confidential": "yellow",
        "personal": "orange",
        "special": "red",
    }

    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), max_length=4000, blank=True)
    use_case = models.ForeignKey(
        UseCase,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="datasets",
        verbose_name=_("use case"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("data owner")
    )
    steward = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("data steward"),
    )
    classification = models.CharField(
        _("classification"), max_length=14, choices=Classification, default=Classification.INTERNAL
    )
    source = models.CharField(_("source"), max_length=300, blank=True)
    dictionary = models.JSONField(_("data dictionary"), default=dict, blank=True)  # column -> meaning
    units = models.JSONField(_("units"), default=dict, blank=True)  # column -> unit
    expectations = models.JSONField(default=list, blank=True)  # what each version must keep
    # The answer to "is this personal data?": the columns it was asked about, why, by whom, on which day.
    classified = models.JSONField(default=dict, blank=True)

    objects = DatasetQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [  # a page stops at its last row
            models.Index(fields=["name", "id"], name="dataset_by_name"),
            models.Index(fields=["-created_at", "id"], name="dataset_newest"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def strictest(cls, classes: "Iterable[str]") -> str:
        """The class that what is made of all these must have."""
        return max(classes, key=cls.STRICTNESS.index)


class DatasetVersionQuerySet(models.QuerySet["DatasetVersion"]):
    """Speaking filters over versions."""

    def visible_to(self, user: "User") -> "DatasetVersionQuerySet":
        """Those of the datasets the person sees."""
        return self.filter(dataset__in=Dataset.objects.visible_to(user).values("pk"))

    def usable_by(self, user: "User") -> "DatasetVersionQuerySet":
        """Those of the datasets whose rows the person may work with."""
        return self.filter(dataset__in=Dataset.objects.usable_by(user).values("pk"))

    def for_list(self) -> "DatasetVersionQuerySet":
        """With what a list shows; profiles are large and stay behind."""
        return self.select_related("dataset", "uploaded_by", "job").defer("profile")

    def ready(self) -> "DatasetVersionQuerySet":
        """Accepted ones."""
        return self.filter(state=DatasetVersion.State.READY)


class DatasetVersion(Record):
    """One frozen state of a dataset: what was uploaded, the table made of it, its profile."""

    class State(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        READY = "ready", _("Ready")
        REJECTED = "rejected", _("Not accepted")

    COLORS = {"checking": "blue", "ready": "green", "rejected": "red"}
    LIFE = Machine(
        "state", {"accept": {State.CHECKING: State.READY}, "reject": {State.CHECKING: State.REJECTED}}
    )

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.CHECKING)
    job = models.ForeignKey(Job, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    original_name = models.CharField(max_length=200)
    upload_digest = models.CharField(max_length=64)
    table_digest = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    columns = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)  # of the ingest: code, message, params, row, column
    remarks = models.JSONField(default=list)  # warnings in the same form
    profile = models.JSONField(default=dict)
    reading = models.JSONField(default=dict)  # asked: how to read the file; found: how it was read
    kept = models.JSONField(default=dict)  # which expectations this version keeps, with rows that break them
    relations = models.JSONField(default=dict)  # target -> how strongly each column goes with it
    # Lineage of a prepared version: the recipe, its steps as they were, and the versions it was made of.
    recipe = models.ForeignKey(
        "projects.Recipe", null=True, blank=True, on_delete=models.PROTECT, related_name="versions"
    )
    steps = models.JSONField(default=list)
    parents = models.ManyToManyField("self", symmetrical=False, related_name="children", blank=True)
    # Keys of everybody who brought or changed what stands in it, its ancestors included: none of them judges it.
    preparers = models.JSONField(default=list)

    objects = DatasetVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["dataset", "number"], name="one_version_per_number")]

    def __str__(self) -> str:
        return f"{self.dataset} v{self.number}"

    @property
    def status(self) -> str:
        """The state; "rejected" too when the checking job itself ended without an answer."""
        if (
            self.state == self.State.CHECKING
            and self.job
            and self.job.state in {Job.State.FAILED, Job.State.CANCELLED}
        ):
            return str(self.State.REJECTED)
        return self.state

    @property
    def is_prepared(self) -> bool:
        """Made by a recipe, not from a file."""
        return self.recipe_id is not None

    @property
    def columns_described(self) -> list[dict[str, Any]]:
        """The profile's columns, empty until the version is ready."""
        return list(self.profile.get("columns", []))
