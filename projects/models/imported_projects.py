"""Whole use cases brought from elsewhere: the bundle as it was read, and what was made of it here."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.models import Job, Record
from portal.core.states import Machine
from projects.models.squads import SquadMember
from projects.models.use_cases import UseCase

if TYPE_CHECKING:
    from portal.core.models import User


class ImportedProjectQuerySet(models.QuerySet["ImportedProject"]):
    """Speaking filters over projects brought from elsewhere."""

    def visible_to(self, user: "User") -> "ImportedProjectQuerySet":
        """Whoever brought it, and the product owner and the squad of what it became: it may hold their data."""
        if not user.is_authenticated:
            return self.none()
        squads = SquadMember.objects.current().filter(user_id=user.pk).values("use_case")
        mine = models.Q(owner_id=user.pk) | models.Q(use_case__product_owner_id=user.pk)
        return self.filter(mine | models.Q(use_case__in=squads))

    def for_list(self) -> "ImportedProjectQuerySet":
        """With what a list shows and the rules ask for."""
        return self.select_related("owner", "job", "use_case__product_owner")


class ImportedProject(Record):
    """
    One bundle brought by one person. What it tells is read-only: decisions taken elsewhere decide nothing here.

    `manifest` is what its zip says of itself, every file of it verified and kept in the file store; `plan`
    is what would be made here; `made` says part by part what was made, or why not yet.
    """

    class State(models.TextChoices):
        READING = "reading", _("Being checked")
        REJECTED = "rejected", _("Not accepted")
        READ = "read", _("Checked: nothing made yet")
        RUNNING = "running", _("Being carried out")
        DONE = "done", _("Carried out")

    COLORS = {"reading": "blue", "rejected": "red", "read": "yellow", "running": "blue", "done": "green"}
    LIFE = Machine(
        "state",
        {
            "read": {State.READING: State.READ},
            "reject": {State.READING: State.REJECTED},
            "read_again": {State.REJECTED: State.READING},
            "run": {State.READ: State.RUNNING, State.DONE: State.RUNNING},
            "finish": {State.RUNNING: State.DONE},
            "give_up": {State.RUNNING: State.READ},
            "put_back": {State.RUNNING: State.DONE},
        },
    )

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    original_name = models.CharField(_("file"), max_length=200)
    bundle_digest = models.CharField(max_length=64)
    # The store had these bytes before they were sent: a model, a bundle of ours. Theirs to remove, never ours.
    is_shared = models.BooleanField(default=False)
    size_bytes = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    manifest = models.JSONField(default=dict)
    plan = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    choices = models.JSONField(default=dict)  # who is product owner here, and whom other names stand for
    made = models.JSONField(default=dict)  # part of the plan -> {"key": of what was made} or {"why": not yet}
    use_case = models.ForeignKey(
        UseCase, null=True, blank=True, on_delete=models.PROTECT, related_name="brought_from"
    )
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)

    objects = ImportedProjectQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "bundle_digest"], name="one_import_per_bundle_and_person"
            )
        ]

    def __str__(self) -> str:
        return self.original_name

    @property
    def status(self) -> str:
        """The state; when the job of a step ended without finishing it, the state from which it can be asked for again."""
        if self.state not in (self.State.READING, self.State.RUNNING) or (self.job and not self.job.is_over):
            return self.state
        if self.state == self.State.READING:
            return str(self.State.REJECTED)
        return str(self.State.DONE if self.use_case_id else self.State.READ)

    @property
    def files(self) -> list[dict[str, Any]]:
        """Path, size and SHA-256 of every file in it."""
        return list(self.manifest.get("files", []))
