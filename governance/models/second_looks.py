"""What somebody saw who looked afterwards at a small change of the short track."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models.approvals import ApprovalRequest
from portal.core import clock
from portal.core.models import Record


class SecondLook(Record):
    """The answer to one sample (R15): rightly waved through, or not. Rows are only added; one per request."""

    APPEND_ONLY = ("id",)

    request = models.OneToOneField(ApprovalRequest, on_delete=models.PROTECT, related_name="second_look")
    was_right = models.BooleanField(_("rightly approved"))
    remark = models.TextField(_("what was seen"), max_length=4000, blank=True)
    looked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    looked_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["looked_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(was_right=True) | ~Q(remark=""), name="a_doubt_about_a_sample_has_words"
            )
        ]

    def __str__(self) -> str:
        return f"{self.looked_by} · {self.request}"
