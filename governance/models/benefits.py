"""What a use case is worth: expected, and measured."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models.sight import seen_through
from portal.core.models import Record
from portal.core.states import Machine
from projects.models import UseCase

if TYPE_CHECKING:
    from portal.core.models import User


class Evidence(models.TextChoices):
    """How well an amount is known; the weakest class is the honest default."""

    MEASURED = "measured", _("Measured against a comparison")
    ESTIMATED = "estimated", _("Estimated from samples")
    DECLARED = "declared", _("Declared")


EVIDENCE_COLORS = {"measured": "green", "estimated": "blue", "declared": "yellow"}


class BenefitQuerySet(models.QuerySet["BenefitLine"]):
    """Speaking filters over benefit lines."""

    def visible_to(self, user: "User") -> "BenefitQuerySet":
        """Those of visible use cases."""
        return self.filter(seen_through(user, "use_case"))

    def for_list(self) -> "BenefitQuerySet":
        """With what a list shows."""
        return self.select_related("use_case__product_owner", "created_by").prefetch_related(
            "measurements__reported_by", "measurements__verified_by"
        )


class BenefitLine(Record):
    """One expected yearly benefit, how it is measured and from which starting point."""

    class Kind(models.TextChoices):
        REVENUE = "revenue", _("More revenue")
        COST = "cost", _("Less cost")
        RISK = "risk", _("Less loss")
        TIME = "time", _("Time saved")

    use_case = models.ForeignKey(
        UseCase, on_delete=models.PROTECT, related_name="+", verbose_name=_("use case")
    )
    title = models.CharField(_("benefit"), max_length=160)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.COST)
    yearly_amount = models.PositiveBigIntegerField(_("expected per year (€)"))
    evidence = models.CharField(_("evidence"), max_length=10, choices=Evidence, default=Evidence.DECLARED)
    method = models.TextField(_("how it is measured"), max_length=2000)
    baseline = models.TextField(_("where we start from"), max_length=2000)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True, blank=True)

    objects = BenefitQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(yearly_amount__gt=0), name="benefit_is_positive")]

    def __str__(self) -> str:
        return self.title


class MeasurementQuerySet(models.QuerySet["Measurement"]):
    """Speaking filters over measurements."""

    def visible_to(self, user: "User") -> "MeasurementQuerySet":
        """Those of visible use cases."""
        return self.filter(seen_through(user, "line__use_case"))

    def for_list(self) -> "MeasurementQuerySet":
        """With what a list shows."""
        return self.select_related("line__use_case__product_owner", "reported_by", "verified_by")


class Measurement(Record):
    """What was realised in a period; it counts once a finance controller has verified it."""

    class State(models.TextChoices):
        REPORTED = "reported", _("Waiting for verification")
        VERIFIED = "verified", _("Verified")
        DISPUTED = "disputed", _("Not accepted")

    COLORS = {"reported": "yellow", "verified": "green", "disputed": "red"}
    LIFE = Machine(
        "state",
        {"verify": {State.REPORTED: State.VERIFIED}, "dispute": {State.REPORTED: State.DISPUTED}},
    )

    line = models.ForeignKey(BenefitLine, on_delete=models.PROTECT, related_name="measurements")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    amount = models.BigIntegerField(_("realised (€)"))
    evidence = models.CharField(_("evidence"), max_length=10, choices=Evidence, default=Evidence.DECLARED)
    note = models.TextField(_("how it was measured"), max_length=2000)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.REPORTED)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    verified_at = models.DateTimeField(null=True, blank=True)
    verification_note = models.CharField(max_length=500, blank=True)

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        ordering = ["-ends_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="measurement_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("reported_by")),
                name="nobody_verifies_their_own_figure",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.starts_on}–{self.ends_on}"
