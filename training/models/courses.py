"""Courses of the curriculum and what each wants people to be able to do."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record
from training.wording import say


class Course(Record):
    """A chapter of the curriculum such as C5; it groups lessons and objectives."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    titles = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def title(self) -> str:
        """In the reader's language."""
        return say(self.titles)


class Objective(Record):
    """One thing a person can do after the course; exams report by objective."""

    code = models.CharField(max_length=40, unique=True)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="objectives")
    labels = models.JSONField(default=dict)
    is_critical = models.BooleanField(default=False)
    lesson_code = models.CharField(max_length=20, help_text=_("Where to read about it."))

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """In the reader's language."""
        return say(self.labels)
