"""Exercises on real data, and the work of learners on them in sandboxes."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record
from projects.models import UseCase
from training.models.lessons import Lesson
from training.wording import say

if TYPE_CHECKING:
    from portal.core.models import User


class ExerciseQuerySet(models.QuerySet["Exercise"]):
    """Speaking filters over exercises."""

    def visible_to(self, user: "User") -> "ExerciseQuerySet":
        """Published ones, to everybody signed in."""
        return self.filter(is_active=True, version__isnull=False) if user.is_authenticated else self.none()

    def for_list(self) -> "ExerciseQuerySet":
        """With the present text and the lesson."""
        return self.select_related("version", "lesson__version")


class Exercise(Record):
    """A task on a real table under its code, belonging to a lesson."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="exercises")
    level = models.PositiveSmallIntegerField(_("level"))
    position = models.PositiveSmallIntegerField(default=0)
    pages = models.JSONField(default=dict, help_text=_("Lesson code to the page its sandbox opens at."))
    version = models.ForeignKey("ExerciseVersion", null=True, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)

    objects = ExerciseQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Of the present version; select_related("version") first."""
        return say(self.version.titles) if self.version else self.code


class ExerciseVersion(Record):
    """One state of an exercise: what is asked, how it is checked and marked; never changed once written."""

    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    minutes = models.PositiveSmallIntegerField()
    titles = models.JSONField(default=dict)
    goals = models.JSONField(default=dict)
    bodies = models.JSONField(default=dict)
    table = models.JSONField(default=dict)  # name, source, rows, is_supplied
    fields = models.JSONField(default=list)  # what the learner writes down: key, kind, labels
    checks = models.JSONField(default=list)
    rubric = models.JSONField(default=dict)  # allowed_gap, criteria with anchored levels
    samples = models.JSONField(default=list)  # submissions marked by experts, for calibration

    class Meta:
        ordering = ["exercise", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["exercise", "number"], name="one_row_per_exercise_version")
        ]

    def __str__(self) -> str:
        return f"{say(self.titles)} ({self.number})"

    @property
    def goal(self) -> str:
        """What the learner can do afterwards."""
        return say(self.goals)

    @property
    def body(self) -> str:
        """The brief in Markdown, in the reader's language."""
        return say(self.bodies)

    @property
    def is_assessed(self) -> bool:
        """Whether two people mark it by a rubric."""
        return bool(self.rubric)

    @property
    def criteria(self) -> list[dict[str, Any]]:
        """The rubric in the reader's language: key, title, needs, levels as (number, anchor)."""
        return [
            {
                "key": each["key"],
                "title": say(each["titles"]),
                "needs": each["needs"],
                "levels": list(enumerate(say(level) for level in each["levels"])),
            }
            for each in self.rubric.get("criteria", [])
        ]


class ExerciseWorkQuerySet(models.QuerySet["ExerciseWork"]):
    """Speaking filters over work."""

    def visible_to(self, user: "User") -> "ExerciseWorkQuerySet":
        """One's own."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()

    def for_list(self) -> "ExerciseWorkQuerySet":
        """With exercise and text."""
        return self.select_related("exercise__lesson", "exercise__version", "version__exercise", "use_case")

    def open(self) -> "ExerciseWorkQuerySet":
        """With a sandbox that was not cleared away."""
        return self.filter(cleared_at__isnull=True)

    def passed(self) -> "ExerciseWorkQuerySet":
        """Every check was right at one moment."""
        return self.filter(passed_at__isnull=False)


class ExerciseWork(Record):
    """One round of one learner on an exercise; `findings` are the last answers of the checks."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="works")
    version = models.ForeignKey(ExerciseVersion, on_delete=models.PROTECT, related_name="works")
    use_case = models.ForeignKey(
        UseCase, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # the sandbox, until it is cleared away
    written = models.JSONField(default=dict)  # what the learner wrote down, by field
    findings = models.JSONField(default=list)
    checked_at = models.DateTimeField(null=True, blank=True)
    passed_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)

    objects = ExerciseWorkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "exercise"],
                condition=Q(cleared_at__isnull=True),
                name="one_open_sandbox_per_exercise",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.exercise_id}"
