"""Certificates: the template, and what a person earned with stamped dates."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import Credential, Record
from portal.core.models.credentials import Right
from training.models.attempts import Attempt
from training.models.exercises import Exercise
from training.models.paths import Path
from training.wording import say

if TYPE_CHECKING:
    from portal.core.models import User

SOON = timedelta(days=60)


class CertificateTemplate(Record):
    """What passing a path's exam earns: a title, a validity and a right."""

    code = models.SlugField(max_length=60, unique=True)
    version = models.PositiveIntegerField(default=1, help_text=_("Grows whenever anything below changes."))
    path = models.OneToOneField(Path, on_delete=models.PROTECT, related_name="template")
    titles = models.JSONField(default=dict)
    demonstrates = models.JSONField(default=dict, help_text=_("By language: a list of sentences."))
    validity_days = models.PositiveIntegerField()
    right = models.CharField(max_length=40, choices=Right)
    requires = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="opens"
    )
    exercise = models.ForeignKey(
        Exercise, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # must have been assessed and passed, beside the exam
    portfolio = models.ForeignKey(
        Exercise, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # of real work, likewise

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """In the reader's language."""
        return say(self.titles)

    @property
    def marked(self) -> list[Exercise]:
        """What people must have marked and found good, beside the exam."""
        return [each for each in (self.exercise, self.portfolio) if each]

    @property
    def points(self) -> list[str]:
        """What was demonstrated, in the reader's language."""
        return list(say(self.demonstrates) or [])

    @property
    def stamp(self) -> dict[str, Any]:
        """What an award copies, so that a later change of the template changes no award."""
        return {
            "titles": self.titles,
            "demonstrates": self.demonstrates,
            "validity_days": self.validity_days,
            "right": self.right,
        }


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Speaking filters over certificates."""

    def visible_to(self, user: "User") -> "CertificateQuerySet":
        """One's own; all of them for the community lead and the auditor."""
        if user.has_duty(Duty.COMMUNITY_LEAD, Duty.AUDITOR):
            return self
        return self.filter(user_id=user.pk)

    def for_list(self) -> "CertificateQuerySet":
        """With what a list shows."""
        return self.select_related("user__manager", "template", "template__path")

    def valid(self) -> "CertificateQuerySet":
        """Begun, not expired, not revoked."""
        now = clock.now()
        return self.filter(valid_from__lte=now, valid_until__gt=now, revoked_at__isnull=True)

    def expiring(self) -> "CertificateQuerySet":
        """Valid, but not for long."""
        return self.valid().filter(valid_until__lte=clock.now() + SOON)

    def latest(self) -> "CertificateQuerySet":
        """Not followed by a renewal."""
        return self.filter(superseded_at__isnull=True)

    def shared(self) -> "CertificateQuerySet":
        """Those whose holder lets outsiders verify them now."""
        return self.filter(is_public=True, user__is_active=True)


class Certificate(Record):
    """
    What one person earned; `valid_until` and the template's words are stamped and never recomputed.

    `spell` counts the awards of one template to one person: a renewal is the next spell. `evidence` says what
    it rests on: an exam, or spaced review.
    """

    class Status(models.TextChoices):
        VALID = "valid", _("Valid")
        EXPIRING = "expiring", _("Expires soon")
        SUPERSEDED = "superseded", _("Renewed by a later one")
        EXPIRED = "expired", _("Expired")
        REVOKED = "revoked", _("Revoked")

    class NameShown(models.TextChoices):
        FULL = "full", _("My full name")
        INITIALS = "initials", _("My initials only")
        NONE = "none", _("No name")

    STATUS_COLORS = {
        "valid": "green",
        "expiring": "yellow",
        "superseded": "blue",
        "expired": "grey",
        "revoked": "red",
    }

    public_id = models.CharField(max_length=32, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    template = models.ForeignKey(CertificateTemplate, on_delete=models.PROTECT, related_name="certificates")
    template_version = models.PositiveIntegerField()
    spell = models.PositiveIntegerField(default=1)
    stamp = models.JSONField(default=dict)
    evidence = models.JSONField(default=list)
    attempt = models.OneToOneField(
        Attempt, null=True, blank=True, on_delete=models.PROTECT, related_name="certificate"
    )
    renews = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="renewal"
    )
    credential = models.OneToOneField(Credential, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateTimeField(_("valid from"))
    valid_until = models.DateTimeField(_("valid until"))
    is_public = models.BooleanField(default=False)
    was_public = models.BooleanField(default=False, help_text=_("Outsiders may hold a copy of the badge."))
    name_shown = models.CharField(max_length=8, choices=NameShown, default=NameShown.FULL)
    status_index = models.PositiveIntegerField(
        null=True,
        blank=True,
        unique=True,
        help_text=_("Its place in the public lists of states, drawn by lot."),
    )
    warned_days = models.PositiveSmallIntegerField(
        default=9999, help_text=_("Smallest warning sent, in days.")
    )
    superseded_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=200, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("valid_from")), name="certificate_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["user", "template", "spell"], name="one_certificate_per_template_and_spell"
            ),
            models.CheckConstraint(
                condition=Q(is_public=False) | Q(status_index__isnull=False),
                name="a_shared_certificate_has_a_place",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """As stamped, in the reader's language."""
        return say(self.stamp["titles"])

    @property
    def points(self) -> list[str]:
        """What was demonstrated, as stamped."""
        return list(say(self.stamp["demonstrates"]) or [])

    @property
    def shown_name(self) -> str:
        """The holder's name as far as they consented to show it to outsiders."""
        match self.name_shown:
            case self.NameShown.FULL:
                return self.user.display_name
            case self.NameShown.INITIALS:
                return self.user.initials
        return ""

    @property
    def status(self) -> str:
        """Valid, soon over, over or taken back, as of now."""
        now = clock.now()
        if self.revoked_at:
            return self.Status.REVOKED
        if self.valid_until <= now:
            return self.Status.EXPIRED
        if self.superseded_at:
            return self.Status.SUPERSEDED
        return self.Status.EXPIRING if self.valid_until <= now + SOON else self.Status.VALID

    @property
    def status_label(self) -> str:
        """The status in words."""
        return str(self.Status(self.status).label)

    @property
    def status_color(self) -> str:
        """The colour of the badge."""
        return self.STATUS_COLORS[self.status]
