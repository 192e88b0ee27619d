"""What stands before what, and placement tests that waive lessons."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.models import Record
from portal.core.states import Machine
from training import graph
from training.models.courses import Course

if TYPE_CHECKING:
    from portal.core.models import User


class Prerequisite(Record):
    """One rule of the graph; published with the curriculum, checked as a whole before anything is written."""

    class Kind(models.TextChoices):
        REQUIRES = graph.REQUIRES, _("Requires")
        RECOMMENDS = graph.RECOMMENDS, _("Recommends")
        ANY_OF = graph.ANY_OF, _("Some of")

    node = models.CharField(max_length=80, db_index=True)
    kind = models.CharField(max_length=10, choices=Kind)
    of = models.JSONField(default=list)
    least = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.node} {self.kind} {self.of}"

    @property
    def rule(self) -> graph.Rule:
        """As the graph reads it."""
        return graph.Rule(self.node, self.kind, tuple(self.of), self.least)


class PrerequisiteEdition(Record):
    """
    One state of the whole graph. The newest one counts; `Prerequisite` holds its rules.

    `digest` is the one of the files the edition came from, so that a start of the portal brings back
    what the files say only after they changed, and an edition of the studio stays until then.
    """

    number = models.PositiveIntegerField(unique=True)
    rules = models.JSONField(default=list)
    digest = models.CharField(max_length=64, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.number} {self.note}".strip()


class PlacementQuerySet(models.QuerySet["Placement"]):
    """Speaking filters over placement tests."""

    def visible_to(self, user: "User") -> "PlacementQuerySet":
        """One's own only."""
        return self.filter(user_id=user.pk)

    def for_list(self) -> "PlacementQuerySet":
        """With the course."""
        return self.select_related("course")

    def open(self) -> "PlacementQuerySet":
        """Not graded yet."""
        return self.filter(state=Placement.State.OPEN)


class Placement(Record):
    """
    A test before a course: passed, its lessons are waived (and shown as waived, not as finished).

    `questions` holds [{"question", "order"}] as drawn from the seed, `answers` what was handed in.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Under way")
        GRADED = "graded", _("Graded")

    LIFE = Machine("state", {"grade": {State.OPEN: State.GRADED}})

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="placements")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    seed = models.CharField(max_length=32, editable=False)
    questions = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    started_at = models.DateTimeField(default=clock.now)
    graded_at = models.DateTimeField(null=True, blank=True)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    passed = models.BooleanField(null=True, blank=True)
    per_objective = models.JSONField(default=list)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "course"], condition=Q(state="open"), name="one_open_placement_per_course"
            )
        ]

    def __str__(self) -> str:
        return f"{self.course_id} · {self.user_id}"
