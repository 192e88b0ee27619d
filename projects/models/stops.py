"""The portal's proposals to stop: when a criterion was missed or the time box is used up."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record
from portal.core.states import Machine
from projects.models.use_cases import UseCase


class StopProposal(Record):
    """One reason to stop in one spell of a phase. Somebody answers it: stop, or go on with a reason."""

    class Cause(models.TextChoices):
        CRITERION_MISSED = "criterion_missed", _("A kill criterion was missed")
        DEADLINE_PASSED = "deadline_passed", _("A kill criterion was not measured by its day")
        TIME_OVER = "time_over", _("The time box in working days is used up")
        DAYS_OVER = "days_over", _("The time box in person-days is used up")
        PIVOT_LATE = "pivot_late", _("No new direction was found by its day")

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for an answer")
        WENT_ON = "went_on", _("Went on with a reason")
        STOPPED = "stopped", _("Stopped")
        SETTLED = "settled", _("Settled by itself")

    COLORS = {"open": "red", "went_on": "yellow", "stopped": "orange", "settled": "grey"}
    LIFE = Machine(
        "state",
        {
            "go_on": {State.OPEN: State.WENT_ON},
            "stop": {State.OPEN: State.STOPPED},
            "settle": {State.OPEN: State.SETTLED},
        },
    )

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="stop_proposals")
    cause = models.CharField(max_length=18, choices=Cause)
    phase_since = models.DateTimeField()  # the spell it speaks of
    detail = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    reason = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "cause", "phase_since", "detail"], name="one_stop_proposal_per_cause"
            ),
            models.CheckConstraint(condition=~Q(state="went_on") | ~Q(reason=""), name="going_on_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.use_case.ref} · {self.get_cause_display()}"
