"""Offers of vendors, compared side by side before make or buy is decided."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record
from projects.models.use_cases import UseCase

if TYPE_CHECKING:
    from portal.core.models import User


class OfferQuerySet(models.QuerySet["Offer"]):
    """Speaking filters over offers."""

    def visible_to(self, user: "User") -> "OfferQuerySet":
        """Those of visible use cases."""
        return self.filter(use_case__in=UseCase.objects.visible_to(user))

    def standing(self) -> "OfferQuerySet":
        """Not taken away."""
        return self.filter(withdrawn_at__isnull=True)


class Offer(Record):
    """
    What one vendor offers for one use case: cost, way out, and its answers to what may rule it out.

    Offers are withdrawn rather than deleted: one sees later what was on the table.
    """

    class Answer(models.TextChoices):
        OPEN = "", _("Not answered yet")
        YES = "yes", _("Yes")
        NO = "no", _("No")

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="offers")
    vendor = models.CharField(_("vendor"), max_length=120)
    product = models.CharField(_("product"), max_length=120, blank=True)
    link = models.URLField(_("link"), blank=True)
    costs = models.JSONField(
        default=dict
    )  # the codes "buy_…" of `projects.buying.COSTS` -> euros or per cent
    exit_strategy = models.TextField(_("way out"), max_length=2000, blank=True)
    on_site = models.CharField(_("runs on our own machines"), max_length=3, choices=Answer, blank=True)
    deployable = models.CharField(
        _("can be deployed and exposed simply"), max_length=3, choices=Answer, blank=True
    )
    open_exit = models.CharField(
        _("data and results leave with us in an open form"), max_length=3, choices=Answer, blank=True
    )
    note = models.TextField(_("note"), max_length=2000, blank=True)
    is_preferred = models.BooleanField(_("preferred"), default=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case"],
                condition=Q(is_preferred=True, withdrawn_at__isnull=True),
                name="one_preferred_offer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vendor} · {self.product}" if self.product else self.vendor
