"""The contract of trust between those who build a model and those who live with it (mission M3b)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.models import Record
from projects.models.use_cases import UseCase


class TrustContract(Record):
    """
    One version of what the system promises. Rows are only added (database triggers): to change
    a word is a new version, which nobody has signed yet.
    """

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="trust_contracts")
    version = models.PositiveIntegerField(_("version"))
    intended_use = models.TextField(_("what it is for"), max_length=2000)
    promised_figures = models.TextField(_("what it promises, in figures"), max_length=2000)
    not_to_follow = models.TextField(_("when not to follow it"), max_length=2000)
    human_fallback = models.TextField(_("what people do then"), max_length=2000)
    feedback_channel = models.TextField(_("whom to tell"), max_length=2000)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)

    TEXTS = ("intended_use", "promised_figures", "not_to_follow", "human_fallback", "feedback_channel")
    APPEND_ONLY = ("id",)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["use_case", "version"], name="one_contract_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.use_case.ref} v{self.version}"


class ContractSignature(Record):
    """One person's word for one version, in one of three capacities. Rows are only added."""

    class Capacity(models.TextChoices):
        PRODUCT_OWNER = "product_owner", _("Product owner")
        END_USER = "end_user", _("End-user representative")
        DATA_SCIENTIST = "data_scientist", _("Data scientist")

    contract = models.ForeignKey(TrustContract, on_delete=models.PROTECT, related_name="signatures")
    capacity = models.CharField(max_length=14, choices=Capacity)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(default=clock.now)

    APPEND_ONLY = ("id",)

    class Meta:
        ordering = ["signed_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "capacity"], name="one_signature_per_capacity"),
            models.UniqueConstraint(fields=["contract", "user"], name="one_signature_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_capacity_display()}"
