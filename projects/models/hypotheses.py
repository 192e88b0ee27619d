"""What the business believes, and what the data say to it (mission M7)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.models import Record
from portal.core.states import Machine
from projects.models.column_pairs import ColumnPair
from projects.models.datasets import DatasetVersion
from projects.models.use_cases import UseCase


class Hypothesis(Record):
    """
    One sentence of somebody who knows the business; an analyst confirms or refutes it with a column
    of a frozen dataset version, or with two of them against each other (`pair`). The chart is drawn for each reader
    who may see that version.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CONFIRMED = "confirmed", _("Confirmed")
        REFUTED = "refuted", _("Refuted")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    COLORS = {"open": "blue", "confirmed": "green", "refuted": "orange", "withdrawn": "grey"}
    LIFE = Machine(
        "state",
        {
            "confirm": {State.OPEN: State.CONFIRMED},
            "refute": {State.OPEN: State.REFUTED},
            "reopen": {State.CONFIRMED: State.OPEN, State.REFUTED: State.OPEN, State.WITHDRAWN: State.OPEN},
            "withdraw": {State.OPEN: State.WITHDRAWN},
        },
    )

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="hypotheses")
    statement = models.CharField(_("we believe that…"), max_length=300)
    consequence = models.CharField(_("if so, we would…"), max_length=300, blank=True)
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    stated_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    version = models.ForeignKey(
        DatasetVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    column = models.CharField(_("column"), max_length=200, blank=True)
    pair = models.ForeignKey(ColumnPair, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    finding = models.TextField(_("what the data say"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["stated_at", "id"]

    def __str__(self) -> str:
        return self.statement
