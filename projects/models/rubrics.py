"""The organisation's own versions of the scoring rubric."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.duties import Duty
from portal.core.models import Record
from portal.core.states import Machine
from projects.rubric import RISK_AVERSION

if TYPE_CHECKING:
    from portal.core.models import User

READS_DRAFTS = (Duty.PORTFOLIO_MANAGER, Duty.AUDITOR)


class RubricVersionQuerySet(models.QuerySet["RubricVersion"]):
    """Speaking filters over versions."""

    def visible_to(self, user: "User") -> "RubricVersionQuerySet":
        """Published ones to everybody signed in; a draft to those who write it and to auditors."""
        if not user.is_authenticated:
            return self.none()
        return self if user.has_duty(*READS_DRAFTS) else self.published()

    def published(self) -> "RubricVersionQuerySet":
        """Those that cards were or are scored with."""
        return self.filter(state=RubricVersion.State.PUBLISHED)

    def for_list(self) -> "RubricVersionQuerySet":
        """With what a list shows."""
        return self.select_related("drafted_by", "published_by")


class RubricVersion(Record):
    """
    Criteria, weights and anchors under a number. Published once, never changed again: a card keeps the
    number it was scored with. Version 1 stands in `projects.rubric` and needs no row.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")

    COLORS = {"draft": "yellow", "published": "green"}
    LIFE = Machine("state", {"publish": {State.DRAFT: State.PUBLISHED}})

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    reason = models.TextField(_("what changes, and why"), max_length=2000, blank=True)
    criteria = models.JSONField(default=list)  # rows of code, label, weight, anchors {level: sentence}
    aversion = models.FloatField(_("weight of risk in the priority"), default=RISK_AVERSION)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)

    objects = RubricVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="draft"), name="one_draft_rubric"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at=None)
                | Q(state="published", published_at__isnull=False),
                name="rubric_published_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Rubric %(number)s") % {"number": self.number})
