"""Which rows of governance a person may see: those of the use cases they may see."""

from typing import TYPE_CHECKING

from django.db.models import Q

from portal.core.duties import Duty
from projects.models import UseCase

if TYPE_CHECKING:
    from portal.core.models import User

# Judging and running models needs to see them, also those of confidential use cases.
SUPERVISION = (Duty.MODEL_REVIEWER, Duty.IT_ENGINEER, Duty.AUDITOR, Duty.RISK_OFFICER)


def seen_through(user: "User", path: str) -> Q:
    """Rows whose use case, found by following `path`, the person may see."""
    if not user.is_authenticated:
        return Q(pk__in=[])
    if user.has_duty(*SUPERVISION):
        return Q(pk__isnull=False)  # an empty Q would vanish when joined by “or”
    return Q(**{f"{path}__in": UseCase.objects.visible_to(user).values("pk")})
