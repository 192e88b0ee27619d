"""Who follows which path, which lessons they finished and which checks they got right."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.models import Record
from training.models.lessons import Lesson, LessonVersion
from training.models.paths import Path
from training.models.questions import Question

if TYPE_CHECKING:
    from portal.core.models import User


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    """Speaking filters over enrolments."""

    def visible_to(self, user: "User") -> "EnrolmentQuerySet":
        """One's own."""
        return self.filter(user_id=user.pk)


class Enrolment(Record):
    """A person has taken up a path. Progress is computed from lessons, never counted here."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    path = models.ForeignKey(Path, on_delete=models.PROTECT, related_name="enrolments")

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "path"], name="one_enrolment_per_path")]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.path_id}"


class LessonProgress(Record):
    """A person finished a lesson, in the version they read. A newer version does not undo it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="progress")
    version = models.ForeignKey(LessonVersion, on_delete=models.PROTECT, related_name="+")
    is_waived = models.BooleanField(default=False, help_text=_("By a placement test, not by reading."))

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "lesson"], name="a_lesson_is_finished_once")]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.lesson_id}"


class LessonReading(Record):
    """When a person first opened a lesson: what is finished before it can have been read was not read."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="readings")
    opened_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["opened_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "lesson"], name="a_lesson_is_first_opened_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.lesson_id}"


class CheckAnswer(Record):
    """How a person fares with an inline check: tries, and when it was first right."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    tries = models.PositiveIntegerField(default=0)
    response = models.JSONField(default=dict)
    right_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "question"], name="one_check_answer_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.question_id}"
