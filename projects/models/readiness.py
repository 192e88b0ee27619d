"""The three readiness checks before production (mission M3)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.models import Record
from projects.models.use_cases import UseCase


class ReadinessCheck(Record):
    """One check confirmed by one person with evidence."""

    class Kind(models.TextChoices):
        OPERATIONAL = (
            "operational",
            _("Operational reality: the process owner keeps control of the changed process"),
        )
        ADOPTION = "adoption", _("Adoption: end users took part and a contract of trust stands")
        SHARED = (
            "shared",
            _("Shared responsibility: improvement, operation and monitoring each have an owner"),
        )

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="readiness_checks")
    kind = models.CharField(_("check"), max_length=12, choices=Kind)
    evidence = models.TextField(_("evidence"), max_length=2000)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["kind"]
        constraints = [
            models.UniqueConstraint(fields=["use_case", "kind"], name="one_readiness_check_per_kind")
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
