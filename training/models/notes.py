"""What readers leave at a lesson: notes for themselves, and problems for its authors."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.duties import Duty
from portal.core.models import Record
from portal.core.states import Machine
from training.models.lessons import Lesson, LessonVersion

if TYPE_CHECKING:
    from portal.core.models import User

LONGEST_NOTE, LONGEST_PROBLEM = 10_000, 2_000


class LessonNote(Record):
    """A person's own notes on a lesson; nobody else reads them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=LONGEST_NOTE)
    edited_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "lesson"], name="one_note_per_lesson")]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.lesson_id}"


class LessonProblemQuerySet(models.QuerySet["LessonProblem"]):
    """Speaking filters over problems reported."""

    def visible_to(self, user: "User") -> "LessonProblemQuerySet":
        """One's own; all of them for the community lead and the auditor."""
        if user.has_duty(Duty.COMMUNITY_LEAD, Duty.AUDITOR):
            return self
        return self.filter(reporter_id=user.pk)

    def for_list(self) -> "LessonProblemQuerySet":
        """With lesson and people."""
        return self.select_related("lesson__version", "version", "reporter", "settled_by")


class LessonProblem(Record):
    """Something is wrong in a lesson, in the version that was read."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        SETTLED = "settled", _("Settled")

    COLORS = {"open": "yellow", "settled": "green"}
    LIFE = Machine("state", {"settle": {State.OPEN: State.SETTLED}})

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="problems")
    version = models.ForeignKey(LessonVersion, on_delete=models.PROTECT, related_name="+")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("what is wrong"), max_length=LONGEST_PROBLEM)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    reply = models.TextField(_("answer"), max_length=LONGEST_PROBLEM, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = LessonProblemQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.text[:60]
