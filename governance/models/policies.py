"""The rules in force: one document per risk tier and version, and which use case is held to which."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.models import Record
from portal.core.states import Machine
from projects.models import UseCase

if TYPE_CHECKING:
    from portal.core.models import User


class PolicyQuerySet(models.QuerySet["PolicyVersion"]):
    """Speaking filters over policy versions."""

    def visible_to(self, user: "User") -> "PolicyQuerySet":
        """Rules are for everybody to read, drafts too: who is bound by them may see them come."""
        return self if user.is_authenticated else self.none()

    def published(self) -> "PolicyQuerySet":
        """In force, one per tier."""
        return self.filter(state=PolicyVersion.State.PUBLISHED)

    def for_list(self) -> "PolicyQuerySet":
        """With what a list shows."""
        return self.select_related("written_by", "published_by", "based_on")


class PolicyVersion(Record):
    """
    What one risk tier asks for, as a YAML document.

    A draft may be changed by its writers; once published its text and checksum never change (a
    check of the database holds the checksum to a published row) and every later change is a new version.
    """

    class Tier(models.TextChoices):
        MINIMAL = "minimal", _("Minimal risk")
        LIMITED = "limited", _("Limited risk")
        HIGH = "high", _("High risk")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("In force")
        RETIRED = "retired", _("Retired")
        DROPPED = "dropped", _("Dropped")

    COLORS = {"draft": "blue", "published": "green", "retired": "grey", "dropped": "grey"}
    LIFE = Machine(
        "state",
        {
            "publish": {State.DRAFT: State.PUBLISHED},
            "drop": {State.DRAFT: State.DROPPED},
            "retire": {State.PUBLISHED: State.RETIRED},
        },
    )

    tier = models.CharField(_("risk tier"), max_length=12, choices=Tier)
    version = models.CharField(_("version"), max_length=20)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    text = models.TextField(_("text"))
    summary = models.CharField(_("what changes"), max_length=500, blank=True)
    checksum = models.CharField(max_length=64, blank=True)
    based_on = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("based on")
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("written by"),
    )  # fmt: skip
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("published by"),
    )  # fmt: skip
    published_at = models.DateTimeField(_("in force since"), null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        ordering = ["tier", "-created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tier", "version"], name="one_policy_per_tier_and_version"),
            models.UniqueConstraint(
                fields=["tier"], condition=Q(state="published"), name="one_policy_in_force_per_tier"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "dropped"]) | (~Q(checksum="") & Q(published_at__isnull=False)),
                name="policy_in_force_is_sealed",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | Q(written_by__isnull=True)
                | ~Q(published_by=models.F("written_by")),
                name="policy_needs_two_people",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_tier_display()} · {self.version}"


class PolicyPin(Record):
    """From this day on a use case is held to this version; the newest row of the tier it has counts."""

    APPEND_ONLY = ("id",)

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="+")
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="pins")
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    pinned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    pinned_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-pinned_at", "-created_at", "id"]
        indexes = [models.Index(fields=["use_case", "-pinned_at"], name="policy_pin_of_case")]

    def __str__(self) -> str:
        return f"{self.use_case_id} · {self.policy_id}"
