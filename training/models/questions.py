"""The question bank: public content and secret answer apart, versions never edited."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.duties import Duty
from portal.core.models import Record
from training.models.courses import Objective
from training.models.lessons import Lesson
from training.wording import say

if TYPE_CHECKING:
    from portal.core.models import User


def variant_of(order: Mapping[str, Any]) -> int:
    """Which of the variants of a question was drawn; the first one where nothing was."""
    return int(order.get("variant", ["0"])[0])


class QuestionQuerySet(models.QuerySet["Question"]):
    """Speaking filters over questions."""

    def current(self) -> "QuestionQuerySet":
        """The newest version of each question that is not retired."""
        return self.filter(is_current=True)

    def visible_to(self, user: "User") -> "QuestionQuerySet":
        """The bank is for community leads and auditors; its keys are shown by another door."""
        if user.has_duty(Duty.COMMUNITY_LEAD, Duty.AUDITOR):
            return self.current()
        return self.none()

    def for_list(self) -> "QuestionQuerySet":
        """With objective and lesson."""
        return self.select_related("objective", "lesson__version").order_by("uid")

    def checks_visible_to(self, user: "User") -> "QuestionQuerySet":
        """Inline checks of lessons; the exam bank is seen by nobody through this door."""
        return self.current().filter(use=Question.Use.CHECK) if user.is_authenticated else self.none()


class Question(Record):
    """
    One version of one question.

    `content` is what the learner sees (stem and options by language), `answer` is the key and never
    leaves the server before the attempt is graded. A changed text is a new row with `version` + 1;
    attempts keep the row they were drawn with.
    """

    class Kind(models.TextChoices):
        SINGLE = "single", _("One answer")
        MULTIPLE = "multiple", _("Several answers")
        NUMERIC = "numeric", _("A number")
        ORDERING = "ordering", _("Put in order")
        MATCHING = "matching", _("Match")
        REASONED = "true_false", _("True or false, with the reason")
        TEXT = "text", _("A short text")
        GAPS = "gaps", _("Fill the gaps")
        TABLE = "table", _("Read a table")
        CASE = "case", _("A case")
        DATA = "data", _("Work with data")

    class Use(models.TextChoices):
        CHECK = "check", _("Check in a lesson")
        PRACTICE = "practice", _("Practice")
        EXAM = "exam", _("Exam")

    class Source(models.TextChoices):
        FILES = "files", _("Files of the curriculum")
        STUDIO = "studio", _("Author studio")

    uid = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)
    kind = models.CharField(max_length=12, choices=Kind)
    use = models.CharField(max_length=8, choices=Use)
    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="questions")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="questions")
    is_must_know = models.BooleanField(default=False)
    content = models.JSONField(default=dict)
    answer = models.JSONField(default=dict)
    feedback = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    source = models.CharField(max_length=6, choices=Source, default=Source.FILES)
    written = models.JSONField(default=dict, help_text=_("As the author wrote it, with the key."))
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_reason = models.CharField(max_length=300, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["uid", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["uid", "version"], name="one_row_per_question_version"),
            models.UniqueConstraint(
                fields=["uid"], condition=models.Q(is_current=True), name="one_current_version_per_question"
            ),
        ]
        indexes = [models.Index(fields=["objective", "use", "is_current"], name="question_draw")]

    def __str__(self) -> str:
        return f"{self.uid} v{self.version}"

    @property
    def stem(self) -> str:
        """The question in the reader's language."""
        return say(self.content["stem"])

    def key_for(self, order: dict[str, Any]) -> dict[str, Any]:
        """The key, with the numbers of the variant that was drawn."""
        variants = self.answer.get("variants")
        return {**self.answer, "number": variants[variant_of(order)]} if variants else self.answer

    @property
    def explanation(self) -> str:
        """Why the answer is right. Shown for inline checks only."""
        return say(self.feedback)
