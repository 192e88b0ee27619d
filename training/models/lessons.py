"""Lessons: a stable code, and one row for each state of the text."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record
from training.models.courses import Course
from training.wording import say

if TYPE_CHECKING:
    from portal.core.models import User


class LessonQuerySet(models.QuerySet["Lesson"]):
    """Speaking filters over lessons."""

    def visible_to(self, user: "User") -> "LessonQuerySet":
        """Published ones, to everybody signed in."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(is_active=True, version__isnull=False)

    def for_list(self) -> "LessonQuerySet":
        """With the present text and the course."""
        return self.select_related("version", "course")


class Lesson(Record):
    """A lesson under its code ("5.3"), to which guardrails and refusals link."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="lessons")
    position = models.PositiveSmallIntegerField(default=0)
    topics = models.JSONField(default=list, help_text=_("Words under which guardrails look for it."))
    version = models.ForeignKey("LessonVersion", null=True, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)

    objects = LessonQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()

    @property
    def title(self) -> str:
        """Of the present version; select_related("version") first."""
        return say(self.version.titles) if self.version else ""


class LessonVersion(Record):
    """One state of a lesson's text in every language; never changed once written."""

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    titles = models.JSONField(default=dict)
    objectives = models.JSONField(default=dict)
    bodies = models.JSONField(default=dict)
    minutes = models.PositiveSmallIntegerField()
    try_route = models.CharField(max_length=60, blank=True)
    try_labels = models.JSONField(default=dict)

    class Meta:
        ordering = ["lesson", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["lesson", "number"], name="one_row_per_lesson_version")
        ]

    def __str__(self) -> str:
        return f"{say(self.titles)} ({self.number})"

    @property
    def objective(self) -> str:
        """What the reader can do afterwards."""
        return say(self.objectives)

    @property
    def body(self) -> str:
        """The Markdown in the reader's language."""
        return say(self.bodies)

    @property
    def try_label(self) -> str:
        """The words on the button that opens the portal."""
        return say(self.try_labels)
