"""Who answers in whose place while that person is away."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.models import Record

if TYPE_CHECKING:
    from portal.core.models import User


class DelegationQuerySet(models.QuerySet["Delegation"]):
    """Speaking filters over delegations."""

    def visible_to(self, user: "User") -> "DelegationQuerySet":
        """Those one gave or received."""
        return (
            self.filter(Q(given_by_id=user.pk) | Q(given_to_id=user.pk))
            if user.is_authenticated
            else self.none()
        )

    def current(self) -> "DelegationQuerySet":
        """Begun, not over, not taken back."""
        today = clock.today()
        return self.filter(starts_on__lte=today, ends_on__gte=today, ended_at__isnull=True)

    def for_list(self) -> "DelegationQuerySet":
        """With both people."""
        return self.select_related("given_by", "given_to")


class Delegation(Record):
    """From a day to a day another person answers requests in one's place: one hop, both names kept (R9)."""

    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("in whose place")
    )
    given_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who answers")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=300)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(given_by=F("given_to")), name="delegation_is_to_another"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="delegation_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_by} → {self.given_to}"
