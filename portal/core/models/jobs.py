"""Background work: the row is the job, the message is only a doorbell."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy as _

from portal.core.duties import Duty
from portal.core.models.records import Record
from portal.core.states import Machine

if TYPE_CHECKING:
    from portal.core.models.users import User


class JobQuerySet(models.QuerySet["Job"]):
    """Speaking filters over jobs."""

    def visible_to(self, user: "User") -> "JobQuerySet":
        """One's own; everybody's for those who watch over the system."""
        if user.has_duty(Duty.IT_ENGINEER, Duty.ADMINISTRATOR, Duty.AUDITOR):
            return self
        return self.filter(owner_id=user.pk)

    def unfinished(self) -> "JobQuerySet":
        """Queued or running."""
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])


class Job(Record):
    """
    One piece of background work and everything known about it.

    A worker holds it by `token` until `lease_until` (clock of the database). A worker that dies
    stops renewing the lease, and the job is claimed again; only the holder of the present token
    can finish it, so a result is committed once (quality rule 1).
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting for a worker")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    COLORS = {"queued": "grey", "running": "blue", "done": "green", "failed": "red", "cancelled": "orange"}
    LIFE = Machine(
        "state",
        {
            "claim": {State.QUEUED: State.RUNNING, State.RUNNING: State.RUNNING},
            "finish": {State.RUNNING: State.DONE},
            "fail": {State.RUNNING: State.FAILED},
            "cancel": {State.QUEUED: State.CANCELLED, State.RUNNING: State.CANCELLED},
            "postpone": {State.RUNNING: State.QUEUED},
            "retry": {State.FAILED: State.QUEUED, State.CANCELLED: State.QUEUED},
        },
    )

    class Queue(models.TextChoices):
        QUICK = "quick", _("Quick work")
        ML = "ml", _("Model training")

    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    queue = models.CharField(max_length=10, choices=Queue, default=Queue.QUICK)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="jobs"
    )
    label = models.CharField(_("what"), max_length=200)
    url = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    token = models.UUIDField(null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=5)
    not_before = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    percent = models.PositiveSmallIntegerField(default=0)
    step = models.CharField(max_length=200, blank=True)
    step_params = models.JSONField(default=dict)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    error_params = models.JSONField(default=dict)
    isolation = models.CharField(max_length=20, blank=True)
    result = models.JSONField(default=dict)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["queue", "state", "created_at"], name="job_claim")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False, token__isnull=False),
                name="running_job_is_leased",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_over(self) -> bool:
        """Done, failed or cancelled."""
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}

    @property
    def step_text(self) -> str:
        """The present step in the reader's language."""
        return gettext(self.step) % self.step_params if self.step else ""

    @property
    def error_text(self) -> str:
        """Why it failed, in the reader's language."""
        return gettext(self.error) % self.error_params if self.error else ""


class JobEffect(models.Model):
    """Counts what a probe job did; a doubled effect would break the constraint (fault tests)."""

    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="effect")
    at = models.DateTimeField()
