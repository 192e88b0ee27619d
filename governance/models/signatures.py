"""The signature of a builder beside the product owner's question."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.models import Record
from projects.models import UseCase


class GateSignature(Record):
    """
    One builder of the squad stands for what a gate is asked with. Rows are only added.

    It counts while the facts of the gate are those of `subject_digest`; when they change somebody signs again.
    """

    APPEND_ONLY = ("id",)

    use_case = models.ForeignKey(
        UseCase, on_delete=models.PROTECT, related_name="+", verbose_name=_("use case")
    )
    gate = models.CharField(max_length=4)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(default=clock.now)
    role = models.CharField(max_length=24)  # in the squad, at that moment
    certificate = models.CharField(max_length=200, blank=True)  # the credential held at that moment
    note = models.TextField(_("note"), max_length=2000, blank=True)
    subject_digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-signed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "gate", "signed_by", "subject_digest"], name="one_signature_per_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gate} · {self.signed_by}"
