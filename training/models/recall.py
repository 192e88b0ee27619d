"""Spaced review: a card for each check question of a certificate's path, and every answer to it."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.models import Record
from training.models.certificates import Certificate
from training.models.questions import Question

if TYPE_CHECKING:
    from portal.core.models import User


class RecallCardQuerySet(models.QuerySet["RecallCard"]):
    """Speaking filters over cards."""

    def visible_to(self, user: "User") -> "RecallCardQuerySet":
        """One's own: of certificates that still count, and what one got wrong in practice."""
        counts = models.Q(
            certificate__revoked_at__isnull=True,
            certificate__superseded_at__isnull=True,
            certificate__valid_until__gt=clock.now(),
        )
        practised = models.Q(certificate__isnull=True, question__voided_at__isnull=True)
        return self.filter(counts | practised, user_id=user.pk)

    def for_list(self) -> "RecallCardQuerySet":
        """With the question, its lesson and the certificate."""
        return self.select_related("question", "question__lesson", "certificate", "certificate__template")

    def due(self) -> "RecallCardQuerySet":
        """To be asked now."""
        return self.filter(due_at__lte=clock.now())


class RecallCard(Record):
    """What the scheduler remembers about one question and one person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    certificate = models.ForeignKey(
        Certificate,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cards",
        help_text=_("None for a question that was answered wrongly in practice."),
    )
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    memory = models.JSONField(default=dict, help_text="State of the FSRS scheduler.")
    due_at = models.DateTimeField()

    objects = RecallCardQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate", "question"], name="one_card_per_certificate_and_question"
            ),
            models.UniqueConstraint(
                fields=["user", "question"],
                condition=models.Q(certificate__isnull=True),
                name="one_practised_card_per_question",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.question_id}"

    @property
    def title(self) -> str:
        """What the question keeps fresh."""
        return self.certificate.title if self.certificate else str(_("From your practice"))


class RecallReview(Record):
    """One answer to a card: when it was due, when it came, and whether it was right."""

    card = models.ForeignKey(RecallCard, on_delete=models.CASCADE, related_name="reviews")
    due_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(default=clock.now)
    is_right = models.BooleanField()
    rating = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["reviewed_at", "id"]

    def __str__(self) -> str:
        return f"{self.card_id} · {self.reviewed_at}"
