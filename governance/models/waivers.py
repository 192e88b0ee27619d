"""What a decision lets go for a time: a requirement of a gate, or the guardrails that block a version."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models.approvals import ApprovalRequest
from governance.models.sight import seen_through
from governance.models.versions import ModelVersion
from portal.core import clock
from portal.core.models import Record
from projects.models import UseCase

if TYPE_CHECKING:
    from portal.core.models import User


class WaiverQuerySet(models.QuerySet["Waiver"]):
    """Speaking filters over waivers."""

    def visible_to(self, user: "User") -> "WaiverQuerySet":
        """Those of visible use cases."""
        return self.filter(seen_through(user, "use_case"))

    def in_force(self) -> "WaiverQuerySet":
        """Not ended and not after their last day: the day itself ends one, whether or not the timetable has run."""
        return self.filter(ended_at__isnull=True, until__gte=clock.today())

    def over(self) -> "WaiverQuerySet":
        """Past their last day and not yet closed by the timetable."""
        return self.filter(ended_at__isnull=True, until__lt=clock.today())

    def for_list(self) -> "WaiverQuerySet":
        """With what a list shows."""
        return self.select_related(
            "use_case__product_owner", "version__model", "version__registered_by", "request"
        )


class Waiver(Record):
    """
    One requirement of one gate, or the blocking guardrails of one version, let go until a day.

    It rests on an approved request and never outlives its last day: then the requirement stands again.
    """

    use_case = models.ForeignKey(
        UseCase, on_delete=models.PROTECT, related_name="+", verbose_name=_("use case")
    )
    version = models.ForeignKey(
        ModelVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="waivers"
    )
    gate = models.CharField(_("gate"), max_length=2, blank=True)
    code = models.CharField(_("requirement"), max_length=60)  # of the check, or of the blocking guardrails
    reason = models.TextField(_("reason"), max_length=2000)
    meanwhile = models.TextField(_("what is done meanwhile"), max_length=2000)
    until = models.DateField(_("until"))
    request = models.OneToOneField(ApprovalRequest, on_delete=models.PROTECT, related_name="waiver")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    end_reason = models.CharField(max_length=500, blank=True)

    objects = WaiverQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "gate", "code"],
                condition=Q(ended_at__isnull=True, version__isnull=True),
                name="one_waiver_per_requirement",
            ),
            models.UniqueConstraint(
                fields=["version"], condition=Q(ended_at__isnull=True, version__isnull=False),
                name="one_waiver_per_version",
            ),
            models.CheckConstraint(
                condition=Q(version__isnull=True) & ~Q(gate="") | Q(version__isnull=False, gate=""),
                name="waiver_is_of_a_gate_or_a_version",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.gate or self.version} · {self.code}"
