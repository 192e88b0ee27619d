"""What other lenses than P ask for: reach, impact, effort, urgency, money."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.models import Record
from projects.models.use_cases import UseCase

SIZES = [(size, str(size)) for size in (1, 2, 3, 5, 8, 13, 20)]
IMPACTS = [
    (3.0, _("3 · massive")),
    (2.0, _("2 · high")),
    (1.0, _("1 · medium")),
    (0.5, _("0.5 · low")),
    (0.25, _("0.25 · minimal")),
]


class Estimate(Record):
    """One use case's rough figures; every one may be missing, and a lens that needs it then says so."""

    use_case = models.OneToOneField(UseCase, on_delete=models.PROTECT, related_name="estimate")
    reach = models.PositiveIntegerField(_("people or cases a quarter"), null=True, blank=True)
    impact = models.FloatField(_("impact on each"), choices=IMPACTS, null=True, blank=True)
    effort_months = models.FloatField(
        _("person-months to production"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.1), MaxValueValidator(1000)],
    )
    user_value = models.PositiveSmallIntegerField(_("value for users"), choices=SIZES, null=True, blank=True)
    time_criticality = models.PositiveSmallIntegerField(_("urgency"), choices=SIZES, null=True, blank=True)
    risk_reduction = models.PositiveSmallIntegerField(
        _("risk it takes away, chances it opens"), choices=SIZES, null=True, blank=True
    )
    job_size = models.PositiveSmallIntegerField(_("size of the job"), choices=SIZES, null=True, blank=True)
    yearly_value = models.PositiveBigIntegerField(
        _("expected value a year (€)"), null=True, blank=True, validators=[MaxValueValidator(10**12)]
    )
    weeks = models.PositiveSmallIntegerField(
        _("weeks to production"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(520)],
    )
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["use_case"]

    def __str__(self) -> str:
        return str(self.use_case)
