"""Attempts at an exam and the answers in them."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.models import Record
from portal.core.states import Machine
from training.models.exams import Exam
from training.models.questions import Question

if TYPE_CHECKING:
    from portal.core.models import User


class AttemptQuerySet(models.QuerySet["Attempt"]):
    """Speaking filters over attempts."""

    def visible_to(self, user: "User") -> "AttemptQuerySet":
        """One's own only: nobody else sees the questions a person was asked."""
        return self.filter(user_id=user.pk)

    def for_list(self) -> "AttemptQuerySet":
        """With the exam and its path."""
        return self.select_related("exam", "exam__path", "exam__path__template")

    def open(self) -> "AttemptQuerySet":
        """Not graded yet."""
        return self.filter(state=Attempt.State.OPEN)

    def overdue(self) -> "AttemptQuerySet":
        """Open although the time is over."""
        return self.open().filter(deadline__lte=clock.now())


class Attempt(Record):
    """
    One try at an exam. `seed` reproduces the draw and the order of options.

    `terms` are the exam's rules as they stood at the start; `per_objective` is written once, at grading.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Under way")
        GRADED = "graded", _("Graded")

    COLORS = {"open": "blue", "graded": "grey"}
    LIFE = Machine("state", {"grade": {State.OPEN: State.GRADED}})

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="attempts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    is_short = models.BooleanField(default=False, help_text=_("A short exam that renews a certificate."))
    seed = models.CharField(max_length=32, editable=False)
    terms = models.JSONField(default=dict)
    started_at = models.DateTimeField(default=clock.now)
    deadline = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    passed = models.BooleanField(null=True, blank=True)
    per_objective = models.JSONField(default=list)
    must_know_missed = models.JSONField(default=list)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "exam"], condition=Q(state="open"), name="one_open_attempt_per_exam"
            ),
            models.CheckConstraint(
                condition=Q(state="open", submitted_at__isnull=True, passed__isnull=True)
                | Q(state="graded", submitted_at__isnull=False, passed__isnull=False),
                name="graded_attempt_has_a_result",
            ),
        ]
        indexes = [models.Index(fields=["user", "exam", "-started_at"], name="attempt_history")]

    def __str__(self) -> str:
        return f"{self.exam_id} · {self.user_id}"

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return clock.now() >= self.deadline


class AttemptAnswer(Record):
    """A question drawn for an attempt, in its order of options, with the last answer saved."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers")
    position = models.PositiveSmallIntegerField()
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    order = models.JSONField(default=dict)
    response = models.JSONField(default=dict)
    answered_at = models.DateTimeField(null=True, blank=True)
    is_flagged = models.BooleanField(default=False)
    score = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)

    class Meta:
        ordering = ["attempt", "position"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="one_question_per_place"),
            models.UniqueConstraint(fields=["attempt", "question"], name="a_question_once_per_attempt"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} · {self.position}"
