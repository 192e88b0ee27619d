"""Discussion at the review desk, each thread about one item of what is judged."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from governance.models.approvals import ApprovalRequest
from portal.core import clock, markdown
from portal.core.models import Record


class DeskThread(Record):
    """A question about one item: a guardrail, the figures, the card …; open until somebody settles it."""

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="threads")
    anchor = models.CharField(_("about"), max_length=60)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"{self.request} · {self.anchor}"


class DeskRemark(Record):
    """What one person said. Rows are only added: what a decision rested on stays readable."""

    APPEND_ONLY = ("id",)

    thread = models.ForeignKey(DeskThread, on_delete=models.PROTECT, related_name="remarks")
    text = models.TextField(_("text"), max_length=4000)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["said_at", "created_at", "id"]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def html(self) -> str:
        """The text as safe HTML."""
        return markdown.comment_html(self.text)
