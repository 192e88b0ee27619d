"""Tables people bring, each state of them frozen as a version."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase
from guardian.shortcuts import get_objects_for_user  # noqa: TID251  visible_to is where guardian is asked

from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import Job, Record
from portal.core.states import Machine
from projects.models.squads import SquadMember
from projects.models.use_cases import UseCase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.core.models import User


class DatasetQuerySet(models.QuerySet["Dataset"]):
    """Speaking filters over datasets."""

    def visible_to(self, user: "User") -> "DatasetQuerySet":
        """
        Public and internal ones to everybody; the others to owner, steward, the squad of their
        use case and people they were shared with, for good or until a day; all of them to the
        auditor. What lies in a sandbox is seen by its learner alone.
        """
        if not user.is_authenticated:
            return self.none()
        seen = self.filter(Q(use_case=None) | Q(use_case__is_sandbox=False) | Q(owner_id=user.pk))
        if user.has_duty(Duty.AUDITOR):
            return seen
        squads = SquadMember.objects.current().filter(user_id=user.pk).values("use_case")
        shared = get_objects_for_user(
            user, "projects.view_dataset", klass=Dataset, accept_global_perms=False
        ).values("pk")
        open_to_all = Q(classification__in=[Dataset.Classification.PUBLIC, Dataset.Classification.INTERNAL])
        mine = (
            Q(owner_id=user.pk)
            | Q(steward_id=user.pk)
            | Q(use_case__in=squads)
            | Q(use_case__product_owner_id=user.pk)
        )
        lent = DatasetGrant.objects.current().filter(person_id=user.pk).values("dataset")
        return seen.filter(open_to_all | mine | Q(pk__in=shared) | Q(pk__in=lent))

    def askable_by(self, user: "User") -> "DatasetQuerySet":
        """
        What a person may see is there, and may not open: confidential and personal data of use cases they see.

        Special categories stay with the squad, and what belongs to a use case one may not see does not exist.
        """
        if not user.is_authenticated or user.has_duty(Duty.AUDITOR):
            return self.none()
        lendable = [Dataset.Classification.CONFIDENTIAL, Dataset.Classification.PERSONAL]
        known = self.filter(
            classification__in=lendable, use_case__in=UseCase.objects.visible_to(user).values("pk")
        )
        return known.exclude(pk__in=Dataset.objects.visible_to(user).values("pk"))

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

    def __str__(self) -> str:
        return self.name

    @classmethod
    def strictest(cls, classes: "Iterable[str]") -> str:
        """The class that what is made of all these must have."""
        return max(classes, key=cls.STRICTNESS.index)


class DatasetUserPermission(UserObjectPermissionBase):
    """A share of one dataset with one person (direct key: no orphans, real joins)."""

    content_object = models.ForeignKey(Dataset, on_delete=models.CASCADE)


class DatasetGrantQuerySet(models.QuerySet["DatasetGrant"]):
    """Speaking filters over grants."""

    def visible_to(self, user: "User") -> "DatasetGrantQuerySet":
        """One's own, and those of datasets one owns or stewards; all of them to the auditor."""
        if not user.is_authenticated:
            return self.none()
        if user.has_duty(Duty.AUDITOR):
            return self
        mine = Q(person_id=user.pk) | Q(dataset__owner_id=user.pk) | Q(dataset__steward_id=user.pk)
        return self.filter(mine)

    def current(self) -> "DatasetGrantQuerySet":
        """Not ended and not after their last day: time alone ends one."""
        return self.filter(ended_at__isnull=True, until__gte=clock.today())

    def over(self) -> "DatasetGrantQuerySet":
        """Past their last day and not yet told."""
        return self.filter(ended_at__isnull=True, until__lt=clock.today())

    def for_list(self) -> "DatasetGrantQuerySet":
        """With people and dataset."""
        return self.select_related("person", "dataset__owner", "dataset__steward", "granted_by")


class DatasetGrant(Record):
    """One person may see and use one dataset for a purpose, until a day."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="grants")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )
    purpose = models.TextField(_("purpose"), max_length=2000)
    until = models.DateField(_("until"))
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = DatasetGrantQuerySet.as_manager()

    class Meta:
        ordering = ["until", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "person"], condition=Q(ended_at__isnull=True), name="one_grant_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.dataset} · {self.person}"


class DatasetVersionQuerySet(models.QuerySet["DatasetVersion"]):
    """Speaking filters over versions."""

    def visible_to(self, user: "User") -> "DatasetVersionQuerySet":
        """Those of the datasets the person sees."""
        return self.filter(dataset__in=Dataset.objects.visible_to(user).values("pk"))

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
