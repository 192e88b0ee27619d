"""Keys for programs."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.models.records import Record

if TYPE_CHECKING:
    from portal.core.models.users import User


class TokenQuerySet(models.QuerySet["ApiToken"]):
    """Speaking filters over tokens."""

    def visible_to(self, user: "User") -> "TokenQuerySet":
        """One's own."""
        return self.filter(user_id=user.pk)


class ApiToken(Record):
    """A personal key for the API. Only its SHA-256 is kept; it can do no more than its owner may."""

    class Scope(models.TextChoices):
        READ = "read", _("Read")
        WRITE = "write", _("Read and change")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    scope = models.CharField(_("what it may do"), max_length=10, choices=Scope, default=Scope.READ)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.name
