"""Scoring sessions: blind votes, then an agreed card."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record
from portal.core.states import Machine
from projects.models.use_cases import UseCase

if TYPE_CHECKING:
    from portal.core.models import User


class ScoreCard(Record):
    """One scoring session of a use case. Figures are stored with the rubric's version."""

    class State(models.TextChoices):
        OPEN = "open", _("Voting")
        AGREED = "agreed", _("Agreed")
        SUPERSEDED = "superseded", _("Superseded")

    COLORS = {"open": "blue", "agreed": "green", "superseded": "grey"}
    LIFE = Machine(
        "state", {"agree": {State.OPEN: State.AGREED}, "supersede": {State.AGREED: State.SUPERSEDED}}
    )

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="score_cards")
    rubric_version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    levels = models.JSONField(default=dict)  # criterion code -> agreed level 1..5 (missing = not assessed)
    evidence = models.JSONField(
        default=dict
    )  # criterion code -> opinion | expert | sample_checked | measured
    spread = models.JSONField(default=dict)  # criterion code -> highest vote − lowest vote
    value = models.FloatField(null=True)
    feasibility = models.FloatField(null=True)
    risk = models.FloatField(null=True)
    confidence = models.FloatField(null=True)
    priority = models.FloatField(null=True)
    coverage = models.FloatField(null=True)
    voters = models.PositiveSmallIntegerField(default=0)
    comment = models.TextField(_("comment"), max_length=2000, blank=True)  # asked for when votes lie apart

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case"], condition=Q(state="open"), name="one_open_card_per_use_case"
            ),
            models.UniqueConstraint(
                fields=["use_case"], condition=Q(state="agreed"), name="one_agreed_card_per_use_case"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.use_case.ref} · {self.get_state_display()}"


class ScoreVoteQuerySet(models.QuerySet["ScoreVote"]):
    """Speaking filters over votes."""

    def visible_to(self, user: "User") -> "ScoreVoteQuerySet":
        """One's own while the vote is open, all once it is closed, on use cases one sees."""
        if not user.is_authenticated:
            return self.none()
        seen = UseCase.objects.visible_to(user).values("pk")
        return self.filter(Q(voter_id=user.pk) | ~Q(card__state="open"), card__use_case__in=seen)


class ScoreVote(Record):
    """One person's levels in one session, hidden from the others until the card is agreed."""

    card = models.ForeignKey(ScoreCard, on_delete=models.CASCADE, related_name="votes")
    voter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    levels = models.JSONField(default=dict)
    evidence = models.JSONField(default=dict)
    note = models.TextField(max_length=2000, blank=True)

    objects = ScoreVoteQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["card", "voter"], name="one_vote_per_person")]

    def __str__(self) -> str:
        return str(self.voter)
