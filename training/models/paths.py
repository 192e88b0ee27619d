"""Paths: which lessons, in which order, lead to which certificate."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record
from training.models.lessons import Lesson
from training.wording import say

if TYPE_CHECKING:
    from portal.core.models import User


class PathQuerySet(models.QuerySet["Path"]):
    """Speaking filters over paths."""

    def visible_to(self, user: "User") -> "PathQuerySet":
        """Published ones, to everybody signed in."""
        return self.filter(is_active=True) if user.is_authenticated else self.none()

    def for_list(self) -> "PathQuerySet":
        """With the exam and the certificate."""
        return self.select_related("exam", "template", "template__requires")


class Path(Record):
    """A way through the curriculum, ending with an exam and a certificate."""

    code = models.SlugField(max_length=60, unique=True)
    level = models.PositiveSmallIntegerField(_("level"))
    position = models.PositiveSmallIntegerField(default=0)
    titles = models.JSONField(default=dict)
    audiences = models.JSONField(default=dict)
    descriptions = models.JSONField(default=dict)
    is_active = models.BooleanField(default=True)

    objects = PathQuerySet.as_manager()

    class Meta:
        ordering = ["level", "position", "code"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """In the reader's language."""
        return say(self.titles)

    @property
    def audience(self) -> str:
        """For whom it is."""
        return say(self.audiences)

    @property
    def description(self) -> str:
        """What it is about."""
        return say(self.descriptions)


class PathLesson(Record):
    """A lesson's place on a path."""

    path = models.ForeignKey(Path, on_delete=models.CASCADE, related_name="items")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="places")
    position = models.PositiveSmallIntegerField()
    is_required = models.BooleanField(default=True)

    class Meta:
        ordering = ["path", "position"]
        constraints = [models.UniqueConstraint(fields=["path", "lesson"], name="a_lesson_once_per_path")]

    def __str__(self) -> str:
        return f"{self.position}. {self.lesson_id}"
