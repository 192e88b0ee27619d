"""Discussion on a use case, and who wants to hear of it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core import markdown
from portal.core.models import Record
from projects.models.use_cases import UseCase


class Comment(Record):
    """One person's Markdown text on one use case; withdrawn, the words are gone and the place stays."""

    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=4000)
    mentioned = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]

    @property
    def html(self) -> str:
        """The text as safe HTML."""
        return markdown.comment_html(self.text)

    def __str__(self) -> str:
        return self.text[:60]


class CommentReaction(Record):
    """One person's sign below one comment."""

    class Kind(models.TextChoices):
        THANKS = "thanks", _("Thank you")
        AGREE = "agree", _("I agree")
        DOUBT = "doubt", _("I doubt it")
        SEEN = "seen", _("Seen")

    ICONS = {"thanks": "heart-handshake", "agree": "thumb-up", "doubt": "help", "seen": "eye"}

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reactions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["comment", "user", "kind"], name="one_reaction_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_kind_display()}"


class Watch(Record):
    """How much one person wants to hear of one use case; without a row: what involves them."""

    class Level(models.TextChoices):
        ALL = "all", _("Everything")
        DECISIONS = "decisions", _("Decisions only")
        NONE = "none", _("Nothing but what asks me")

    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="watches")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    level = models.CharField(max_length=10, choices=Level)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["use_case", "user"], name="one_watch_per_person")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_level_display()}"
