"""One use case that needs what another one brings."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record
from projects.models.use_cases import UseCase

if TYPE_CHECKING:
    from portal.core.models import User


class DependencyQuerySet(models.QuerySet["Dependency"]):
    """Speaking filters over dependencies."""

    def visible_to(self, user: "User") -> "DependencyQuerySet":
        """Those of which the person sees both ends."""
        return self.filter(self.sees(user, "use_case"), self.sees(user, "needs"))

    @staticmethod
    def sees(user: "User", end: str) -> Exists:
        """
        Whether the person sees this end. Asked row by row: given two lists of keys, SQLite tries every pair of them
        in the index of pairs.
        """
        return Exists(UseCase.objects.visible_to(user).filter(pk=OuterRef(end)))

    def for_list(self) -> "DependencyQuerySet":
        """With what a list shows."""
        return self.select_related("use_case", "needs")


class Dependency(Record):
    """`use_case` depends on `needs`: it cannot do without what that one brings to production."""

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="dependencies")
    needs = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="dependents")
    reason = models.CharField(_("what it needs from there"), max_length=300, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = DependencyQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["use_case", "needs"], name="one_dependency_per_pair"),
            models.CheckConstraint(condition=~Q(use_case=F("needs")), name="no_need_of_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.use_case.ref} → {self.needs.ref}"
