"""Templates: how a kind of use case usually begins, and what it must have (mission M22)."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record
from portal.core.states import Machine

if TYPE_CHECKING:
    from portal.core.models import User


class TemplateQuerySet(models.QuerySet["UseCaseTemplate"]):
    """Speaking filters over templates."""

    def visible_to(self, user: "User") -> "TemplateQuerySet":
        """Everybody signed in: a template holds no data and nobody's secret."""
        return self.all() if user.is_authenticated else self.none()

    def in_use(self) -> "TemplateQuerySet":
        """Offered for new use cases."""
        return self.filter(state=UseCaseTemplate.State.OFFERED)


class UseCaseTemplate(Record):
    """Words, kill criteria, roles and standards that a new use case starts with."""

    class State(models.TextChoices):
        OFFERED = "offered", _("Offered")
        RETIRED = "retired", _("No longer offered")

    COLORS = {"offered": "green", "retired": "grey"}
    LIFE = Machine(
        "state",
        {"retire": {State.OFFERED: State.RETIRED}, "offer": {State.RETIRED: State.OFFERED}},
    )

    name = models.CharField(_("name"), max_length=120, unique=True)
    summary = models.TextField(_("when to use it"), max_length=2000, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.OFFERED)
    details = models.JSONField(default=dict)  # field of the use case -> words it starts with
    criteria = models.JSONField(default=list)  # statement, metric, comparator, threshold, in_days
    roles = models.JSONField(default=list)  # squad roles that must be there
    standards = models.JSONField(default=list)  # codes of projects.standards
    made_from = models.ForeignKey(
        "projects.UseCase", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = TemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name
