"""Make or buy: the answers behind one recommendation."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.models import Record
from projects.models.use_cases import UseCase


class MakeOrBuyAssessment(Record):
    """The current assessment of a use case; what stood before is in the audit trail."""

    class Category(models.TextChoices):
        COMMON = "common", _("A common model with much hindsight")
        FEATURE = "feature", _("A product with at least one feature of AI")
        PRODUCT = "product", _("The model is the product")

    use_case = models.OneToOneField(UseCase, on_delete=models.PROTECT, related_name="make_or_buy_assessment")
    category = models.CharField(_("category"), max_length=10, choices=Category)
    scores = models.JSONField(default=dict)  # criterion -> -2 (strongly buy) … +2 (strongly make)
    facts = models.JSONField(default=list)  # codes of statements that hold and may fire a veto
    answers = models.JSONField(default=dict)  # structuring question -> words
    costs = models.JSONField(default=dict)  # "make_build" … "buy_exit" -> euros or per cent
    balance = models.FloatField(null=True)
    vetoes = models.JSONField(default=list)
    cost_make = models.FloatField(null=True)
    cost_buy = models.FloatField(null=True)
    recommendation = models.CharField(max_length=10, blank=True)
    assessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assessed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["use_case"]

    def __str__(self) -> str:
        return str(self.use_case)
