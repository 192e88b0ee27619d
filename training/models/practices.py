"""Practice: questions with answers and explanations, as often as one likes, never a mark."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record
from training.models.lessons import Lesson
from training.models.paths import Path
from training.models.questions import Question

if TYPE_CHECKING:
    from portal.core.models import User


class PracticeQuerySet(models.QuerySet["Practice"]):
    """Speaking filters over practices."""

    def visible_to(self, user: "User") -> "PracticeQuerySet":
        """One's own."""
        return self.filter(user_id=user.pk)

    def for_list(self) -> "PracticeQuerySet":
        """With what it is about."""
        return self.select_related("path", "lesson__version")


class Practice(Record):
    """One round of questions on a path or a lesson; `seed` reproduces draw and shuffle."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    path = models.ForeignKey(Path, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lesson = models.ForeignKey(Lesson, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    seed = models.CharField(max_length=32, editable=False)
    asks_certainty = models.BooleanField(default=False)

    objects = PracticeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(path__isnull=True) ^ models.Q(lesson__isnull=True),
                name="practice_is_about_a_path_or_a_lesson",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.seed}"

    @property
    def about(self) -> Path | Lesson:
        """The path or the lesson."""
        return self.path or self.lesson  # type: ignore[return-value]


class PracticeAnswer(Record):
    """A question of a round; answered once, then it explains itself."""

    class Certainty(models.TextChoices):
        LOW = "low", _("I guess")
        MID = "mid", _("I think so")
        HIGH = "high", _("I am sure")

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="answers")
    position = models.PositiveSmallIntegerField()
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    order = models.JSONField(default=dict)
    response = models.JSONField(default=dict)
    certainty = models.CharField(max_length=4, choices=Certainty, blank=True)
    hints_taken = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True, blank=True)
    score = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    mark = models.SmallIntegerField(null=True, blank=True, help_text=_("By certainty: −6 to +3."))

    class Meta:
        ordering = ["practice", "position"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "position"], name="one_question_per_practice_place")
        ]

    def __str__(self) -> str:
        return f"{self.practice_id} · {self.position}"
