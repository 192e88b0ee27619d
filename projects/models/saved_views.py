"""Ways of looking at the backlog that people keep and share."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record
from projects.models.squads import SquadMember
from projects.models.use_cases import UseCase

if TYPE_CHECKING:
    from portal.core.models import User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Speaking filters over saved views."""

    def visible_to(self, user: "User") -> "SavedViewQuerySet":
        """One's own, those for everybody, and those of squads one works in."""
        if not user.is_authenticated:
            return self.none()
        squads = SquadMember.objects.current().filter(user_id=user.pk).values("use_case")
        owned = UseCase.objects.filter(product_owner_id=user.pk).values("pk")
        shared = Q(scope=SavedView.Scope.SQUAD) & (Q(use_case__in=squads) | Q(use_case__in=owned))
        return self.filter(Q(owner_id=user.pk) | Q(scope=SavedView.Scope.EVERYONE) | shared)

    def for_list(self) -> "SavedViewQuerySet":
        """With what a list shows."""
        return self.select_related("owner", "use_case")


class SavedView(Record):
    """Filters, layout, columns and order under a name. What it shows is still what its reader may see."""

    class Scope(models.TextChoices):
        PRIVATE = "private", _("Only me")
        SQUAD = "squad", _("A squad")
        EVERYONE = "everyone", _("Everybody")

    class Layout(models.TextChoices):
        TABLE = "table", _("Table")
        BOARD = "board", _("Board")
        MATRIX = "matrix", _("Matrix")
        ROADMAP = "roadmap", _("Roadmap")

    name = models.CharField(_("name"), max_length=80)
    layout = models.CharField(_("layout"), max_length=10, choices=Layout, default=Layout.TABLE)
    query = models.CharField(_("filters"), max_length=2000, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(_("for"), max_length=10, choices=Scope, default=Scope.PRIVATE)
    use_case = models.ForeignKey(
        UseCase,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("squad of"),
    )
    is_locked = models.BooleanField(_("locked"), default=False)
    external_source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=80, blank=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_view_per_name_and_owner"),
            models.UniqueConstraint(
                fields=["owner", "external_source", "external_id"],
                condition=~Q(external_id=""),
                name="one_view_per_external_id_and_owner",
            ),
            models.CheckConstraint(
                condition=Q(scope="squad", use_case__isnull=False) | (~Q(scope="squad") & Q(use_case=None)),
                name="squad_view_names_its_squad",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ViewFollower(Record):
    """What one person does with a view: a star, and how often they hear what entered and left it."""

    class Every(models.TextChoices):
        NEVER = "never", _("Never")
        DAY = "day", _("Every day")
        WEEK = "week", _("Every week")

    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="followers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_starred = models.BooleanField(_("starred"), default=False)
    every = models.CharField(_("tell me"), max_length=6, choices=Every, default=Every.NEVER)
    seen = models.JSONField(default=dict)  # use case key -> phase, as of the last digest
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["view", "user"], name="one_follower_per_view")]

    def __str__(self) -> str:
        return f"{self.user} · {self.view}"
