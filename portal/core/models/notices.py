"""Messages from the portal to a person."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext, gettext_lazy as _

from portal.core.models.records import Record

if TYPE_CHECKING:
    from portal.core.models.users import User


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Speaking filters over notices."""

    def visible_to(self, user: "User") -> "NoticeQuerySet":
        """One's own."""
        return self.filter(user_id=user.pk)

    def unread(self) -> "NoticeQuerySet":
        """Not opened yet."""
        return self.filter(read_at__isnull=True)


class Notice(Record):
    """
    A sentence for one person with a link.

    `text` is a translatable template with %(name)s places filled from `params`, so that each
    reader sees it in their language. Mail is an outbox: `mail_due` (at once) or `digest_due`
    (once a day) until `mailed_at`.
    """

    class Kind(models.TextChoices):
        TASK = "task", _("Something waits for you")
        MENTION = "mention", _("Somebody mentions you")
        COMMENT = "comment", _("Comments and reactions")
        DECISION = "decision", _("Decisions and phases")
        SQUAD = "squad", _("Squads")
        OTHER = "other", _("Everything else")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    text = models.CharField(max_length=300)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    icon = models.CharField(max_length=30, default="bell")
    read_at = models.DateTimeField(null=True, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.OTHER)
    digest_due = models.BooleanField(default=False)
    mail_due = models.BooleanField(default=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["user", "read_at", "-created_at"], name="notice_reader")]

    def __str__(self) -> str:
        return gettext(self.text) % self.params


class NoticePreference(Record):
    """How one person hears: for each kind in the portal only, by mail at once, or in the daily digest."""

    class Channel(models.TextChoices):
        IN_APP = "in_app", _("In the portal only")
        MAIL = "mail", _("E-mail at once")
        DIGEST = "digest", _("Daily digest")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preference"
    )
    channels = models.JSONField(default=dict)  # kind -> channel; a kind left out goes by mail at once
    digest_hour = models.PositiveSmallIntegerField(_("hour of the digest"), default=7)
    digest_sent_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(digest_hour__lte=23), name="digest_hour_of_a_day")
        ]

    def __str__(self) -> str:
        return str(self.user)

    def channel(self, kind: str) -> str:
        """The channel of a kind."""
        return str(self.channels.get(kind, self.Channel.MAIL))
