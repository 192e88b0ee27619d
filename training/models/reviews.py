"""Mentors look at the work of learners: coaching is a conversation, assessment is marking by a rubric."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core import markdown
from portal.core.duties import Duty
from portal.core.models import Credential, Record
from portal.core.models.credentials import Right
from portal.core.states import Machine
from training.models.exercises import ExerciseVersion, ExerciseWork

if TYPE_CHECKING:
    from portal.core.models import User

LONGEST_WORDS = 4_000


class ReviewQuerySet(models.QuerySet["Review"]):
    """Speaking filters over reviews."""

    def visible_to(self, user: "User") -> "ReviewQuerySet":
        """
        The learner's own, those one mentors or has marked, those waiting for somebody like oneself
        (`waiting_for`), and all of them for community leads and auditors.
        """
        if not user.is_authenticated:
            return self.none()
        if user.has_duty(Duty.COMMUNITY_LEAD, Duty.AUDITOR):
            return self
        mine = Q(work__user_id=user.pk) | Q(mentor_id=user.pk)
        marked = Marking.objects.filter(marker_id=user.pk).values("review")
        waiting = Review.objects.waiting_for(user).values("pk")
        return self.filter(mine | Q(pk__in=marked) | Q(pk__in=waiting))

    def waiting_for(self, user: "User") -> "ReviewQuerySet":
        """
        Coaching for whoever did the exercise or reviews models by right; assessment for the latter.

        Not one's own, and nothing that one has marked already.
        """
        waiting = self.filter(state=Review.State.WAITING).exclude(work__user_id=user.pk)
        holds = Credential.objects.valid().filter(user_id=user.pk, code=Right.APPROVE_MODEL).exists()
        marked = Marking.objects.filter(marker_id=user.pk).values("review")
        if holds:
            return waiting.exclude(pk__in=marked)
        done = ExerciseWork.objects.passed().filter(user_id=user.pk).values("exercise")
        return waiting.filter(mode=Review.Mode.COACHING, work__exercise__in=done)

    def for_list(self) -> "ReviewQuerySet":
        """With what a list shows."""
        related = ("work__user", "work__exercise__version", "work__version__exercise", "mentor")
        return self.select_related(*related)

    def under_way(self) -> "ReviewQuerySet":
        """Not finished and not withdrawn."""
        return self.exclude(state__in=[Review.State.DONE, Review.State.WITHDRAWN])


class Review(Record):
    """
    A learner asks for a look at their work; `evidence` is what the sandbox showed at that moment.

    Mentors see the evidence and never the sandbox, so that all of them judge the same thing.
    """

    class Mode(models.TextChoices):
        COACHING = "coaching", _("Coaching")
        ASSESSMENT = "assessment", _("Assessment")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for a mentor")
        WITH_MENTOR = "with_mentor", _("With the mentor")
        WITH_LEARNER = "with_learner", _("With the learner")
        DONE = "done", _("Finished")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    COLORS = {
        "waiting": "yellow", "with_mentor": "blue", "with_learner": "purple", "done": "green", "withdrawn": "grey",
    }  # fmt: skip
    LIFE = Machine(
        "state",
        {
            "claim": {State.WAITING: State.WITH_MENTOR},
            "release": {State.WITH_MENTOR: State.WAITING},
            "reply": {State.WITH_MENTOR: State.WITH_LEARNER},
            "answer": {State.WITH_LEARNER: State.WITH_MENTOR},
            "approve": {State.WITH_MENTOR: State.DONE, State.WITH_LEARNER: State.DONE},
            "settle": {State.WAITING: State.DONE},
            "contest": {State.DONE: State.WAITING},
            "withdraw": {
                State.WAITING: State.WITHDRAWN,
                State.WITH_MENTOR: State.WITHDRAWN,
                State.WITH_LEARNER: State.WITHDRAWN,
            },
        },
    )

    work = models.ForeignKey(ExerciseWork, on_delete=models.PROTECT, related_name="reviews")
    mode = models.CharField(max_length=10, choices=Mode)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    since = models.DateTimeField()  # of the state
    wish = models.TextField(max_length=LONGEST_WORDS)
    evidence = models.JSONField(default=dict)
    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    first_seen_at = models.DateTimeField(null=True, blank=True)  # by a mentor: the end of the waiting
    levels = models.JSONField(default=dict)  # of an assessment: the median of the markers, by criterion
    passed = models.BooleanField(null=True)
    contested_at = models.DateTimeField(
        null=True, blank=True
    )  # once: another marker's result then replaces the first
    objection = models.TextField(max_length=LONGEST_WORDS, blank=True)
    first_result = models.JSONField(default=dict)  # of a contested one: the levels, and who had marked

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["work", "mode"],
                condition=Q(state__in=["waiting", "with_mentor", "with_learner"]),
                name="one_review_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_mode_display()} · {self.work}"

    @property
    def is_contested(self) -> bool:
        """Whether the learner has objected to the first result."""
        return self.contested_at is not None

    def marked_anew(self) -> models.QuerySet["Marking"]:
        """The markings that count: of a contested review the new one alone, else all."""
        first = [UUID(each) for each in self.first_result.get("markings", [])]
        return self.markings.exclude(pk__in=first)


class ReviewPost(Record):
    """One message of a coaching conversation."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="posts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=LONGEST_WORDS)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def html(self) -> str:
        """The text as safe HTML."""
        return markdown.comment_html(self.text)


class Marking(Record):
    """The levels one marker gave, independently of the others; written once."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="markings")
    marker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    levels = models.JSONField(default=dict)
    comment = models.TextField(max_length=LONGEST_WORDS)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["review", "marker"], name="a_marker_marks_once"),
        ]

    def __str__(self) -> str:
        return f"{self.marker_id} · {self.review_id}"


class CalibrationMark(Record):
    """The levels a mentor gave to a sample that experts have marked; the newest of each sample counts."""

    marker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ExerciseVersion, on_delete=models.PROTECT, related_name="+")
    sample = models.CharField(max_length=40)
    levels = models.JSONField(default=dict)

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return f"{self.marker_id} · {self.sample}"
