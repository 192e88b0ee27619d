"""Finished projects that others may learn from: told by the squad, shown once the product owner agreed."""

import hashlib
import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.duties import Duty
from portal.core.models import Record
from portal.core.states import Machine
from projects.models import SquadMember, UseCase

if TYPE_CHECKING:
    from portal.core.models import User


class ShowcaseQuerySet(models.QuerySet["Showcase"]):
    """Speaking filters over showcased projects."""

    def shown(self) -> "ShowcaseQuerySet":
        """Agreed to, and not of a project that has become confidential since."""
        return self.filter(state=Showcase.State.SHOWN, use_case__is_confidential=False)

    def visible_to(self, user: "User") -> "ShowcaseQuerySet":
        """Shown ones to everybody who sees the project; the others to those who work on it, and auditors."""
        if not user.is_authenticated:
            return self.none()
        seen = Q(use_case__in=UseCase.objects.visible_to(user).values("pk"))
        squads = SquadMember.objects.current().filter(user=user).values("use_case")
        works = Q(author=user) | Q(use_case__product_owner=user) | Q(use_case__in=squads)
        if user.has_duty(Duty.AUDITOR, Duty.COMMUNITY_LEAD):
            return self.filter(seen)
        public = Q(state=Showcase.State.SHOWN, use_case__is_confidential=False)
        return self.filter(seen & (public | works))

    def for_list(self) -> "ShowcaseQuerySet":
        """With what a list shows, newest first."""
        related = ("use_case__unit", "use_case__product_owner", "author", "consent_by")
        return self.select_related(*related).order_by("-consented_at", "-created_at", "id")


class Showcase(Record):
    """
    One finished project as its squad tells it.

    `consent_digest` is the digest of the words that the product owner agreed to: other words need a new
    consent. Figures are never typed here; they are computed from what finance verified.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        WAITING = "waiting", _("Waits for the product owner")
        SHOWN = "shown", _("Shown")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    COLORS = {"draft": "grey", "waiting": "yellow", "shown": "green", "withdrawn": "grey"}
    LIFE = Machine(
        "state",
        {
            "hand_in": {State.DRAFT: State.WAITING},
            "rewrite": {State.WAITING: State.DRAFT, State.SHOWN: State.DRAFT, State.WITHDRAWN: State.DRAFT},
            "send_back": {State.WAITING: State.DRAFT},
            "consent": {State.WAITING: State.SHOWN},
            "withdraw": {State.WAITING: State.WITHDRAWN, State.SHOWN: State.WITHDRAWN},
        },
    )
    TEXTS = ("headline", "story", "outcome", "advice")

    use_case = models.OneToOneField(UseCase, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    headline = models.CharField(_("in one line"), max_length=160)
    story = models.TextField(_("the problem, and what was done"), max_length=4000)
    outcome = models.TextField(_("what came of it"), max_length=2000)
    advice = models.TextField(_("what others should know before they try"), max_length=2000)
    consent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    consented_at = models.DateTimeField(null=True, blank=True)
    consent_digest = models.CharField(max_length=64, blank=True)
    remark = models.CharField(_("remark of the product owner"), max_length=500, blank=True)

    objects = ShowcaseQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="shown") | Q(consent_by__isnull=False, consented_at__isnull=False),
                name="nothing_is_shown_without_consent",
            )
        ]

    def __str__(self) -> str:
        return self.headline

    @property
    def digest(self) -> str:
        """Of the words as they stand."""
        words = json.dumps([getattr(self, name) for name in self.TEXTS], ensure_ascii=False)
        return hashlib.sha256(words.encode()).hexdigest()

    @property
    def color(self) -> str:
        """Of the badge."""
        return self.COLORS[self.state]
