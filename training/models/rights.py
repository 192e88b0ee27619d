"""Acts that were refused for want of a certificate, kept until they can be done."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from portal.core.models import Record
from portal.core.models.credentials import Right

if TYPE_CHECKING:
    from portal.core.models import User


class PostponedActQuerySet(models.QuerySet["PostponedAct"]):
    """Speaking filters over postponed acts."""

    def visible_to(self, user: "User") -> "PostponedActQuerySet":
        """One's own."""
        return self.filter(user_id=user.pk)

    def open(self) -> "PostponedActQuerySet":
        """Neither done nor dropped."""
        return self.filter(closed_at__isnull=True)


class PostponedAct(Record):
    """The page on which somebody wanted to do what they may not do yet."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    right = models.CharField(max_length=40, choices=Right)
    url = models.CharField(max_length=300)
    offered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = PostponedActQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "right", "url"],
                condition=models.Q(closed_at__isnull=True),
                name="an_act_is_kept_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.right} · {self.url}"
