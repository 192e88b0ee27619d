"""Questions people ask each other, on a lesson or a use case, and the answer that helped."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Count, Q

from portal.core import markdown
from portal.core.models import Record
from projects.models import UseCase
from training.models.lessons import Lesson

if TYPE_CHECKING:
    from portal.core.models import User


class HelpQuestionQuerySet(models.QuerySet["HelpQuestion"]):
    """Speaking filters over questions."""

    def visible_to(self, user: "User") -> "HelpQuestionQuerySet":
        """On lessons to everybody signed in; on a use case to those who see it."""
        if not user.is_authenticated:
            return self.none()
        cases = UseCase.objects.visible_to(user).values("pk")
        return self.filter(Q(use_case__isnull=True) | Q(use_case__in=cases))

    def for_list(self) -> "HelpQuestionQuerySet":
        """With what a list shows."""
        related = ("asked_by", "lesson", "lesson__version", "use_case", "accepted", "accepted__author")
        rows = self.select_related(*related).annotate(answer_count=Count("answers"))
        return rows.order_by("-created_at", "id")


class HelpQuestion(Record):
    """One question; `accepted` is the answer that the asker says helped."""

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lesson = models.ForeignKey(
        Lesson, null=True, blank=True, on_delete=models.PROTECT, related_name="help_questions"
    )
    use_case = models.ForeignKey(UseCase, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=160)
    text = models.TextField(max_length=4000)
    accepted = models.OneToOneField(
        "HelpAnswer", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = HelpQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lesson__isnull=True, use_case__isnull=False)
                | Q(lesson__isnull=False, use_case__isnull=True),
                name="a_question_is_about_one_thing",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def html(self) -> str:
        """The text as safe HTML."""
        return markdown.comment_html(self.text)


class HelpAnswer(Record):
    """One person's answer."""

    question = models.ForeignKey(HelpQuestion, on_delete=models.CASCADE, related_name="answers")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=4000)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def html(self) -> str:
        """The text as safe HTML."""
        return markdown.comment_html(self.text)
