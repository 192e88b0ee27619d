"""The studio's memory: what was published when, drafts of questions, and who has seen which key."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.duties import Duty
from portal.core.models import Record
from portal.core.states import Machine
from training.models.questions import Question

if TYPE_CHECKING:
    from portal.core.models import User

LONGEST_DRAFT = 20_000


class PublicationQuerySet(models.QuerySet["Publication"]):
    """Speaking filters over publications."""

    def visible_to(self, user: "User") -> "PublicationQuerySet":
        """For community leads and auditors."""
        return self if user.has_duty(Duty.COMMUNITY_LEAD, Duty.AUDITOR) else self.none()

    def for_list(self) -> "PublicationQuerySet":
        """With who and what."""
        return self.select_related("by").prefetch_related("entries", "reverted_by")


class Publication(Record):
    """One act of publishing, with a note; its entries say what changed from which version to which."""

    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reverts = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reverted_by"
    )

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.note or str(self.created_at.date())


class PublicationEntry(Record):
    """A lesson or question went from one version to another; 0 stands for none."""

    class Kind(models.TextChoices):
        LESSON = "lesson", _("Lesson")
        QUESTION = "question", _("Question")

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=60, db_index=True)
    old = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["publication", "kind", "name"]
        verbose_name_plural = "publication entries"

    def __str__(self) -> str:
        return f"{self.name} {self.old} → {self.new}"


class QuestionDraftQuerySet(models.QuerySet["QuestionDraft"]):
    """Speaking filters over drafts."""

    def visible_to(self, user: "User") -> "QuestionDraftQuerySet":
        """For community leads, who write and review questions."""
        return self if user.has_duty(Duty.COMMUNITY_LEAD) else self.none()

    def for_list(self) -> "QuestionDraftQuerySet":
        """With the people."""
        return self.select_related("author", "reviewer", "question")


class QuestionDraft(Record):
    """A question being written; one for an exam needs the eyes of a second person before it is published."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REVIEW = "review", _("Waits for a second reader")
        PUBLISHED = "published", _("Published")
        DROPPED = "dropped", _("Dropped")

    COLORS = {"draft": "grey", "review": "yellow", "published": "green", "dropped": "grey"}
    LIFE = Machine(
        "state",
        {
            "hand_in": {State.DRAFT: State.REVIEW},
            "send_back": {State.REVIEW: State.DRAFT},
            "publish": {State.DRAFT: State.PUBLISHED, State.REVIEW: State.PUBLISHED},
            "drop": {State.DRAFT: State.DROPPED, State.REVIEW: State.DROPPED},
        },
    )

    uid = models.CharField(max_length=60)
    text = models.TextField(_("the question as YAML"), max_length=LONGEST_DRAFT)
    note = models.CharField(_("what changes and why"), max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    remark = models.CharField(_("remark of the second reader"), max_length=500, blank=True)
    question = models.ForeignKey(Question, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = QuestionDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.uid


class KeySight(Record):
    """A person has seen the answer of an exam question as its author; their exams never ask it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uid = models.CharField(max_length=60)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "uid"], name="one_sight_per_key")]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.uid}"
