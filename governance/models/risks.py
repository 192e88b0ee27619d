"""What was answered about the risk of a use case, and which remaining risk somebody has taken in person."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models.approvals import ApprovalRequest
from governance.models.sight import seen_through
from portal.core import clock
from portal.core.models import Record
from projects.models import UseCase

if TYPE_CHECKING:
    from portal.core.models import User


class RiskQuerySet(models.QuerySet["RiskAssessment"]):
    """Speaking filters over assessments."""

    def visible_to(self, user: "User") -> "RiskQuerySet":
        """Those of visible use cases."""
        return self.filter(seen_through(user, "use_case"))

    def for_list(self) -> "RiskQuerySet":
        """With what a list shows."""
        return self.select_related("use_case__product_owner", "assessed_by", "request")


class RiskAssessment(Record):
    """One filled questionnaire: its answers, the tier they lead to, and the tier that was chosen with its reason."""

    APPEND_ONLY = ("id",)

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="+")
    questionnaire = models.CharField(_("questionnaire"), max_length=20)
    answers = models.JSONField(default=dict)  # code -> yes or no
    reasons = models.JSONField(default=list)  # codes of the questions that led to the tier
    suggested = models.CharField(_("suggested tier"), max_length=12, choices=UseCase.Tier)
    chosen = models.CharField(_("chosen tier"), max_length=12, choices=UseCase.Tier)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    before = models.CharField(_("tier before"), max_length=12, choices=UseCase.Tier)
    request = models.ForeignKey(
        ApprovalRequest, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # the second person's question, when the tier would fall
    assessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = RiskQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(suggested=models.F("chosen")) | ~Q(reason=""), name="another_tier_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.use_case_id} · {self.chosen}"


class ResidualQuerySet(models.QuerySet["ResidualRisk"]):
    """Speaking filters over accepted risks."""

    def visible_to(self, user: "User") -> "ResidualQuerySet":
        """Those of visible use cases."""
        return self.filter(seen_through(user, "use_case"))

    def in_force(self) -> "ResidualQuerySet":
        """Not expired, not taken back."""
        return self.filter(until__gte=clock.today(), ended_at__isnull=True)

    def for_list(self) -> "ResidualQuerySet":
        """With what a list shows."""
        return self.select_related("use_case__product_owner", "accepted_by")


class ResidualRisk(Record):
    """A risk that remains and that one person takes until a day."""

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="+")
    statement = models.CharField(_("what may still happen"), max_length=500)
    likelihood = models.PositiveSmallIntegerField(_("likelihood (1–5)"))
    impact = models.PositiveSmallIntegerField(_("impact (1–5)"))
    reason = models.TextField(_("why it is accepted"), max_length=2000)
    until = models.DateField(_("until"))
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)  # that it has expired
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ResidualQuerySet.as_manager()

    class Meta:
        ordering = ["until", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(likelihood__gte=1, likelihood__lte=5, impact__gte=1, impact__lte=5),
                name="residual_risk_is_on_the_scale",
            ),
        ]

    def __str__(self) -> str:
        return self.statement[:80]

    @property
    def is_expired(self) -> bool:
        """Nobody carries it any more."""
        return self.until < clock.today()
