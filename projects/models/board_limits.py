"""How much may stand in a column of the board before it says so."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record
from projects.models.use_cases import UseCase


class BoardLimit(Record):
    """A limit of work in progress for one phase: over it the board warns and asks, it never forbids."""

    phase = models.CharField(_("column"), max_length=16, choices=UseCase.Phase, unique=True)
    most = models.PositiveSmallIntegerField(_("at most"), validators=[MinValueValidator(1)])
    most_in_lane = models.PositiveSmallIntegerField(
        _("at most in one lane"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["phase"]

    def __str__(self) -> str:
        return f"{self.get_phase_display()}: {self.most}"
