"""Files of use cases brought from elsewhere: read, mapped, tried, then carried out."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.models import Job, Record
from portal.core.states import Machine

if TYPE_CHECKING:
    from portal.core.models import User


class CaseImportQuerySet(models.QuerySet["CaseImport"]):
    """Speaking filters over imports."""

    def visible_to(self, user: "User") -> "CaseImportQuerySet":
        """One's own: a file holds what others may not see."""
        return self.filter(owner_id=user.pk)

    def for_list(self) -> "CaseImportQuerySet":
        """With what a list shows."""
        return self.select_related("owner", "job")


class CaseImport(Record):
    """One file on its way into the backlog. Its rows are kept as the engine's child read them."""

    class State(models.TextChoices):
        READING = "reading", _("Being read")
        REJECTED = "rejected", _("Could not be read")
        MAPPING = "mapping", _("Say what the columns are")
        TRYING = "trying", _("Being tried")
        TRIED = "tried", _("Tried: nothing written yet")
        RUNNING = "running", _("Being carried out")
        DONE = "done", _("Carried out")

    COLORS = {
        "reading": "blue", "rejected": "red", "mapping": "yellow", "trying": "blue", "tried": "yellow", "running": "blue",
        "done": "green",
    }  # fmt: skip
    LIFE = Machine(
        "state",
        {
            "read": {State.READING: State.MAPPING},
            "reject": {State.READING: State.REJECTED},
            "try": {State.MAPPING: State.TRYING, State.TRIED: State.TRYING, State.DONE: State.TRYING},
            "show": {State.TRYING: State.TRIED},
            "run": {State.TRIED: State.RUNNING},
            "finish": {State.RUNNING: State.DONE},
            "give_up": {State.TRYING: State.MAPPING, State.RUNNING: State.TRIED},
        },
    )

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    original_name = models.CharField(_("file"), max_length=200)
    upload_digest = models.CharField(max_length=64)
    source = models.CharField(_("source"), max_length=40)
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    found = models.JSONField(default=dict)  # format, encoding, delimiter, columns, rows, remarks
    rows_digest = models.CharField(max_length=64, blank=True)
    mapping = models.JSONField(default=dict)  # our field -> their column
    options = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    report = models.JSONField(default=dict)  # counts, and one line per row that is not plain
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = CaseImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.original_name
