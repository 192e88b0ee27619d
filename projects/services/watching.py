"""Choosing how much one hears of a use case."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import require
from projects import rules
from projects.models import UseCase, Watch


@transaction.atomic
def watch(use_case: UseCase, *, level: str, by: User) -> str:
    """Everything, decisions only or nothing; "" goes back to what involves one. Returns the level."""
    require(rules.comments.may_watch(by, use_case))
    if level and level not in Watch.Level.values:
        raise ValidationError({"level": _("Choose one of the levels.")})
    if level:
        Watch.objects.update_or_create(use_case=use_case, user=by, defaults={"level": level})
    else:
        Watch.objects.filter(use_case=use_case, user=by).delete()
    audit.record("use_case.watched", use_case, by=by, level=level)
    return level
