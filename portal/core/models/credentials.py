"""Rights that were earned."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.models.records import Record

if TYPE_CHECKING:
    from portal.core.models.users import User


class Right(models.TextChoices):
    """What a credential can open. The value is the code that rules ask for."""

    OWN_USE_CASE = "usecase.own", _("Own a use case")
    LAUNCH_AUTOML = "automl.launch", _("Launch an AutoML experiment")
    APPROVE_MODEL = "model.approve", _("Review and approve models")


class CredentialQuerySet(models.QuerySet["Credential"]):
    """Speaking filters over credentials."""

    def valid(self) -> "CredentialQuerySet":
        """Begun, not expired (no end = never expires), not revoked."""
        now = clock.now()
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=now), valid_from__lte=now, revoked_at__isnull=True
        )

    def visible_to(self, user: "User") -> "CredentialQuerySet":
        """A person's own."""
        return self.filter(user=user)


class Credential(Record):
    """A right one person holds from a day to a day; both are stamped when it is given."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="credentials")
    code = models.CharField(_("right"), max_length=40, choices=Right)
    source = models.CharField(
        _("earned by"), max_length=200, help_text=_("The certificate or decision it rests on.")
    )
    valid_from = models.DateTimeField(_("valid from"))
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=200, blank=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="credential_ends_after_start",
            ),
            models.UniqueConstraint(fields=["user", "code", "source"], name="one_credential_per_source"),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.source}"
