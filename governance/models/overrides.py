"""What two people put through in an emergency, without the votes the policy asks for."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models.approvals import ApprovalRequest
from governance.models.sight import seen_through
from portal.core import clock
from portal.core.models import Record
from portal.core.states import Machine

if TYPE_CHECKING:
    from portal.core.models import User


class OverrideQuerySet(models.QuerySet["Override"]):
    """Speaking filters over overrides."""

    def visible_to(self, user: "User") -> "OverrideQuerySet":
        """Those of visible use cases."""
        return self.filter(seen_through(user, "request__use_case"))

    def for_list(self) -> "OverrideQuerySet":
        """With both people and the request."""
        return self.select_related(
            "proposed_by", "confirmed_by", "request__use_case__product_owner", "request__use_case__sponsor",
            "request__version__model", "request__version__trial__experiment", "request__version__dataset_version",
        )  # fmt: skip


class Override(Record):
    """
    One person proposes, another confirms; it holds for some hours and opens a high finding (R8).

    It never adds a vote: the request shows it as what it is.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waits for a second person")
        IN_FORCE = "in_force", _("In force")
        ENDED = "ended", _("Over")
        DROPPED = "dropped", _("Not confirmed")

    COLORS = {"proposed": "orange", "in_force": "red", "ended": "grey", "dropped": "grey"}
    LIFE = Machine(
        "state",
        {
            "confirm": {State.PROPOSED: State.IN_FORCE},
            "drop": {State.PROPOSED: State.DROPPED},
            "end": {State.IN_FORCE: State.ENDED},
        },
    )

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="overrides")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PROPOSED)
    reason = models.TextField(_("reason"), max_length=2000)
    subject_digest = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(_("holds until"), null=True, blank=True)

    objects = OverrideQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(state__in=["proposed", "in_force"]),
                name="one_override_per_request",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                name="override_needs_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state="in_force") | Q(confirmed_by__isnull=False, ends_at__isnull=False),
                name="override_in_force_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} · {self.request_id}"

    @property
    def is_over(self) -> bool:
        """Its hours have passed."""
        return bool(self.ends_at and self.ends_at <= clock.now())
