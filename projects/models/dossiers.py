"""What the gates ask to be written beforehand: data asked for, service prepared, an end that leaves nobody behind."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.models import Record
from projects.models.use_cases import UseCase


class Dossier(Record):
    """One per use case, written bit by bit; what stood before is in the audit trail."""

    class Fate(models.TextChoices):
        KEPT = "kept", _("Kept as the policy asks")
        ERASED = "erased", _("Erased")

    use_case = models.OneToOneField(UseCase, on_delete=models.PROTECT, related_name="dossier")
    data_asked = models.TextField(_("data asked for"), max_length=2000, blank=True)
    data_asked_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    rollback_plan = models.TextField(_("way back"), max_length=2000, blank=True)
    support_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    documentation = models.TextField(_("documentation"), max_length=2000, blank=True)
    users_told = models.TextField(_("how users were told"), max_length=2000, blank=True)
    data_fate = models.CharField(_("what becomes of the data"), max_length=6, choices=Fate, blank=True)
    data_fate_note = models.TextField(_("where, or by whom"), max_length=2000, blank=True)

    SECTIONS = {
        "data": ("data_asked", "data_asked_of"),
        "service": ("rollback_plan", "support_owner", "documentation"),
        "ending": ("users_told", "data_fate", "data_fate_note"),
    }

    class Meta:
        ordering = ["use_case"]

    def __str__(self) -> str:
        return str(self.use_case)


class UsageReport(Record):
    """How many of those who could use it did, and what running it cost, in one period. Rows are only added."""

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="usage_reports")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    eligible = models.PositiveIntegerField(_("people who could use it"))
    active = models.PositiveIntegerField(_("people who acted on it"))
    run_cost = models.PositiveIntegerField(_("running cost (€)"))
    note = models.CharField(_("how it was counted"), max_length=300)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(default=clock.now)

    APPEND_ONLY = ("id",)

    class Meta:
        ordering = ["-ends_on", "-reported_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="usage_ends_after_start"),
            models.CheckConstraint(
                condition=Q(eligible__gte=1, active__lte=F("eligible")), name="usage_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.use_case.ref} {self.starts_on}–{self.ends_on}"

    @property
    def adoption(self) -> int:
        """Share of those who could use it that did, in per cent."""
        return round(100 * self.active / self.eligible)
