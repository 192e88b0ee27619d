"""A community lead asks a person to follow a path until a day."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.duties import Duty
from portal.core.models import Record
from training.models.paths import Path

if TYPE_CHECKING:
    from portal.core.models import User


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Speaking filters over assignments."""

    def visible_to(self, user: "User") -> "AssignmentQuerySet":
        """One's own; all of them for the community lead and the auditor."""
        if user.has_duty(Duty.COMMUNITY_LEAD, Duty.AUDITOR):
            return self
        return self.filter(user_id=user.pk)

    def for_list(self) -> "AssignmentQuerySet":
        """With person and path."""
        return self.select_related("user", "path__exam", "path__template", "assigned_by")

    def standing(self) -> "AssignmentQuerySet":
        """Not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class Assignment(Record):
    """A path with a due day for one person. Progress is computed, never stored."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    path = models.ForeignKey(Path, on_delete=models.PROTECT, related_name="assignments")
    due_on = models.DateField(_("due on"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "path"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_assignment_per_path",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.path_id}"
