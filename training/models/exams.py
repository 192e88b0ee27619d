"""Exams: what is drawn and what is asked to pass."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record
from training.models.paths import Path

if TYPE_CHECKING:
    from portal.core.models import User


class ExamQuerySet(models.QuerySet["Exam"]):
    """Speaking filters over exams."""

    def visible_to(self, user: "User") -> "ExamQuerySet":
        """Those of published paths."""
        return self.filter(path__is_active=True) if user.is_authenticated else self.none()

    def for_list(self) -> "ExamQuerySet":
        """With the path and its certificate."""
        return self.select_related("path", "path__template", "path__template__requires")


class Exam(Record):
    """
    The exam of a path.

    `blueprint` says how many questions of which objective are drawn: [{"objective", "count"}].
    The rules are copied into each attempt, so a later change counts for later attempts only.
    """

    code = models.SlugField(_("code"), max_length=60, unique=True)
    path = models.OneToOneField(Path, on_delete=models.PROTECT, related_name="exam")
    blueprint = models.JSONField(default=list)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    pass_percent = models.PositiveSmallIntegerField(default=70)
    critical_percent = models.PositiveSmallIntegerField(default=60)
    attempts_per_window = models.PositiveSmallIntegerField(default=3)
    window_days = models.PositiveSmallIntegerField(default=30)
    wait_hours = models.JSONField(default=list)

    objects = ExamQuerySet.as_manager()

    class Meta:
        ordering = ["path"]

    def __str__(self) -> str:
        return self.path.title

    @property
    def long_wait_days(self) -> int:
        """What one waits after the third failure and each one after it, in whole days; 0 where it is not longer."""
        return int(self.wait_hours[2]) // 24 if len(self.wait_hours) > 2 else 0  # noqa: PLR2004

    @property
    def size(self) -> int:
        """How many questions one attempt has."""
        return sum(row["count"] for row in self.blueprint)
