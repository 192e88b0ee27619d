"""Mentors: what they offer, and whom they accompany or whose project they supervise."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from portal.core.duties import Duty
from portal.core.models import Record
from portal.core.states import Machine
from projects.models import UseCase

if TYPE_CHECKING:
    from portal.core.models import User

MOST_PLACES, LONGEST_TOPICS, LONGEST_AIM = 8, 300, 600


class MentorOfferQuerySet(models.QuerySet["MentorOffer"]):
    """Speaking filters over offers."""

    def visible_to(self, user: "User") -> "MentorOfferQuerySet":
        """Open ones of people still with us; one's own in any state."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(is_open=True, mentor__is_active=True) | Q(mentor_id=user.pk))

    def for_list(self) -> "MentorOfferQuerySet":
        """With the person and how many they accompany now."""
        running = Mentorship.objects.active().filter(mentor=OuterRef("mentor")).order_by()
        counted = running.values("mentor").annotate(n=Count("pk")).values("n")
        return self.select_related("mentor__unit").annotate(
            taken=Coalesce(Subquery(counted, output_field=models.IntegerField()), 0)
        )

    def with_room(self) -> "MentorOfferQuerySet":
        """Those with a free place; needs `for_list`."""
        return self.filter(taken__lt=F("capacity"))


class MentorOffer(Record):
    """What one person offers as a mentor, and how many people at once."""

    mentor = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    topics = models.CharField(_("what I can help with"), max_length=LONGEST_TOPICS)
    capacity = models.PositiveSmallIntegerField(
        _("places"), default=2, validators=[MinValueValidator(1), MaxValueValidator(MOST_PLACES)]
    )
    is_open = models.BooleanField(_("takes requests"), default=True)

    objects = MentorOfferQuerySet.as_manager()

    class Meta:
        ordering = ["mentor__display_name", "id"]

    def __str__(self) -> str:
        return f"{self.mentor_id} · {self.topics[:40]}"


class MentorshipQuerySet(models.QuerySet["Mentorship"]):
    """Speaking filters over mentorships."""

    def visible_to(self, user: "User") -> "MentorshipQuerySet":
        """The two people; community lead and auditor where they see the project too."""
        if not user.is_authenticated:
            return self.none()
        mine = Q(mentor_id=user.pk) | Q(learner_id=user.pk)
        if user.has_duty(Duty.COMMUNITY_LEAD, Duty.AUDITOR):
            cases = UseCase.objects.visible_to(user).values("pk")
            return self.filter(mine | Q(use_case__isnull=True) | Q(use_case__in=cases))
        return self.filter(mine)

    def for_list(self) -> "MentorshipQuerySet":
        """With people and project."""
        return self.select_related("mentor__unit", "learner__unit", "use_case")

    def active(self) -> "MentorshipQuerySet":
        """Accepted and not ended."""
        return self.filter(state=Mentorship.State.ACTIVE)

    def asked(self) -> "MentorshipQuerySet":
        """Waiting for the mentor's answer."""
        return self.filter(state=Mentorship.State.ASKED)


class Mentorship(Record):
    """
    One person accompanies another; with a use case they supervise the other's project.

    `talked_at` is the last talk the mentor noted: after several failed attempts at an exam it counts
    as much as the list of lessons to practise again.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Asked")
        ACTIVE = "active", _("Under way")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        ENDED = "ended", _("Ended")

    COLORS = {"asked": "yellow", "active": "green", "declined": "grey", "withdrawn": "grey", "ended": "blue"}
    LIFE = Machine(
        "state",
        {
            "accept": {State.ASKED: State.ACTIVE},
            "decline": {State.ASKED: State.DECLINED},
            "withdraw": {State.ASKED: State.WITHDRAWN},
            "end": {State.ACTIVE: State.ENDED},
        },
    )

    mentor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    use_case = models.ForeignKey(UseCase, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    aim = models.CharField(_("what I want to learn"), max_length=LONGEST_AIM)
    answer = models.CharField(_("a word to the other"), max_length=LONGEST_AIM, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    talked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MentorshipQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(mentor=F("learner")), name="nobody_is_their_own_mentor"),
            models.UniqueConstraint(
                fields=["mentor", "learner"],
                condition=Q(state__in=["asked", "active"], use_case__isnull=True),
                name="one_open_mentorship_per_pair",
            ),
            models.UniqueConstraint(
                fields=["mentor", "learner", "use_case"],
                condition=Q(state__in=["asked", "active"], use_case__isnull=False),
                name="one_open_supervision_per_project",
            ),
        ]
        indexes = [models.Index(fields=["use_case", "state"], name="supervision_of_a_project")]

    def __str__(self) -> str:
        return f"{self.mentor_id} → {self.learner_id}"
