"""One immutable state of a model, and what has been judged about it."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models.models import Model
from governance.models.sight import seen_through
from portal.core import clock
from portal.core.models import Record
from portal.core.states import Machine
from projects.models import DatasetVersion, Trial

if TYPE_CHECKING:
    from portal.core.models import User


class VersionQuerySet(models.QuerySet["ModelVersion"]):
    """Speaking filters over versions."""

    def visible_to(self, user: "User") -> "VersionQuerySet":
        """Those of visible models."""
        return self.filter(seen_through(user, "model__use_case"))

    def for_list(self) -> "VersionQuerySet":
        """With what a list shows."""
        return self.select_related(
            "model__use_case__product_owner",
            "model__use_case__sponsor",
            "registered_by",
            "trial__experiment__author",
            "dataset_version__dataset",
        )


class ModelVersion(Record):
    """
    A trial of an experiment, registered.

    Whatever it was made of is copied here and never changes: artifact digests, data, question,
    environment. At submission the manifest freezes them together with the guardrails and the
    card; `manifest_digest` is what reviewers decide on. Its role in production is a deployment.
    """

    class Status(models.TextChoices):
        CANDIDATE = "candidate", _("Candidate")
        BLOCKED = "blocked", _("Blocked by a guardrail")
        SUBMITTED = "submitted", _("Waiting for review")
        IN_REVIEW = "in_review", _("In review")
        CHANGES_REQUESTED = "changes_requested", _("Changes requested")
        APPROVED = "approved", _("Approved")
        APPROVED_CONDITIONALLY = "approved_conditionally", _("Approved with findings")
        REJECTED = "rejected", _("Rejected")
        EXPIRED = "expired", _("Approval expired")
        REVOKED = "revoked", _("Approval revoked")
        ARCHIVED = "archived", _("Archived")

    COLORS = {
        "candidate": "grey", "blocked": "red", "submitted": "blue", "in_review": "blue", "changes_requested": "yellow",
        "approved": "green", "approved_conditionally": "lime", "rejected": "red", "expired": "orange", "revoked": "orange",
        "archived": "grey",
    }  # fmt: skip
    LIFE = Machine(
        "status",
        {
            "block": {Status.CANDIDATE: Status.BLOCKED},
            "lift_block": {Status.BLOCKED: Status.CANDIDATE},
            "submit": {
                Status.CANDIDATE: Status.SUBMITTED,
                Status.CHANGES_REQUESTED: Status.SUBMITTED,
                Status.EXPIRED: Status.SUBMITTED,
            },
            "take_review": {Status.SUBMITTED: Status.IN_REVIEW},
            "withdraw": {Status.SUBMITTED: Status.CANDIDATE, Status.IN_REVIEW: Status.CANDIDATE},
            "void": {Status.SUBMITTED: Status.CANDIDATE, Status.IN_REVIEW: Status.CANDIDATE},
            "approve": {Status.SUBMITTED: Status.APPROVED, Status.IN_REVIEW: Status.APPROVED},
            "approve_with_findings": {
                Status.SUBMITTED: Status.APPROVED_CONDITIONALLY,
                Status.IN_REVIEW: Status.APPROVED_CONDITIONALLY,
            },
            "request_changes": {
                Status.SUBMITTED: Status.CHANGES_REQUESTED,
                Status.IN_REVIEW: Status.CHANGES_REQUESTED,
            },
            "reject": {Status.SUBMITTED: Status.REJECTED, Status.IN_REVIEW: Status.REJECTED},
            "lift_condition": {Status.APPROVED_CONDITIONALLY: Status.APPROVED},
            "bind_condition": {Status.APPROVED: Status.APPROVED_CONDITIONALLY},
            "expire": {Status.APPROVED: Status.EXPIRED, Status.APPROVED_CONDITIONALLY: Status.EXPIRED},
            "revoke": {
                Status.APPROVED: Status.REVOKED,
                Status.APPROVED_CONDITIONALLY: Status.REVOKED,
                Status.EXPIRED: Status.REVOKED,
            },
            "archive": {
                Status.CANDIDATE: Status.ARCHIVED,
                Status.BLOCKED: Status.ARCHIVED,
                Status.CHANGES_REQUESTED: Status.ARCHIVED,
                Status.APPROVED: Status.ARCHIVED,
                Status.APPROVED_CONDITIONALLY: Status.ARCHIVED,
                Status.REJECTED: Status.ARCHIVED,
                Status.EXPIRED: Status.ARCHIVED,
                Status.REVOKED: Status.ARCHIVED,
            },
        },
    )
    USABLE = (Status.APPROVED, Status.APPROVED_CONDITIONALLY)
    UNDER_REVIEW = (Status.SUBMITTED, Status.IN_REVIEW)

    model = models.ForeignKey(Model, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    status = models.CharField(_("review"), max_length=24, choices=Status, default=Status.CANDIDATE)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("author")
    )
    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    dataset_version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="+")
    bundle_digest = models.CharField(max_length=64)
    model_sha256 = models.CharField(max_length=64)
    table_digest = models.CharField(max_length=64, blank=True)
    question = models.JSONField(default=dict)
    environment = models.JSONField(default=dict)
    computed_card = models.JSONField(default=dict)
    purpose = models.TextField(_("purpose"), max_length=2000, blank=True)
    intended_use = models.TextField(_("intended use"), max_length=2000, blank=True)
    limits = models.TextField(_("limits and refused uses"), max_length=2000, blank=True)
    ethics = models.TextField(_("ethical considerations"), max_length=2000, blank=True)
    fallback = models.TextField(_("what people do without it"), max_length=2000, blank=True)
    card_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    manifest = models.JSONField(default=dict)
    manifest_digest = models.CharField(max_length=64, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(_("approval valid until"), null=True, blank=True)
    ended_reason = models.CharField(max_length=500, blank=True)
    taken_over_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="taken_over_by"
    )  # an expert went on with somebody else's version
    in_review_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    in_review_at = models.DateTimeField(null=True, blank=True)
    block_waiver = models.TextField(_("why it may go on in spite of a block"), max_length=2000, blank=True)
    block_waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = VersionQuerySet.as_manager()
    AUTHORED = ("purpose", "intended_use", "limits", "ethics", "fallback")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["model", "number"], name="one_model_version_per_number"),
            models.UniqueConstraint(
                fields=["trial"], condition=Q(taken_over_from__isnull=True), name="one_version_per_trial"
            ),
            models.UniqueConstraint(
                fields=["taken_over_from"],
                condition=Q(taken_over_from__isnull=False),
                name="a_version_is_taken_over_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["candidate", "blocked", "archived"]) | ~Q(manifest_digest=""),
                name="judged_version_has_a_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model.name} v{self.number}"

    @property
    def is_usable(self) -> bool:
        """Approved, and the approval has not run out."""
        in_time = self.valid_until is None or self.valid_until > clock.now()
        return self.status in self.USABLE and in_time
