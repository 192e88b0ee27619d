"""Limits of work in progress on the board."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import require
from projects import rules
from projects.models import BoardLimit
from projects.selectors.boards import COLUMNS

HIGHEST = 10_000


@transaction.atomic
def limit(phase: str, *, most: int | None, by: User, most_in_lane: int | None = None) -> BoardLimit | None:
    """Set the limit of a column, and of each of its lanes; without a figure it is taken away."""
    require(rules.boards.may_limit(by))
    if phase not in COLUMNS:
        raise ValidationError({"phase": _("Choose a column of the board.")})
    before = BoardLimit.objects.filter(phase=phase).first()
    if most is None:
        if most_in_lane is not None:
            raise ValidationError({"most": _("Give the limit of the whole column, too.")})
        if before:
            audit.record("board.limit_removed", before, by=by, phase=phase, before=before.most)
            before.delete()
        return None
    check(most, most_in_lane)
    if before and (before.most, before.most_in_lane) == (most, most_in_lane):
        return before
    made, _is_new = BoardLimit.objects.update_or_create(
        phase=phase, defaults={"most": most, "most_in_lane": most_in_lane, "set_by": by}
    )
    audit.record("board.limited", made, by=by, phase=phase, before=before and before.most, after=most)
    return made


def check(most: int, most_in_lane: int | None) -> None:
    """Whole figures, and a lane that fits into its column."""
    if not 1 <= most <= HIGHEST:
        raise ValidationError({"most": _("Give a whole number from 1 to %(most)s.") % {"most": HIGHEST}})
    if most_in_lane is not None and not 1 <= most_in_lane <= most:
        raise ValidationError({"most_in_lane": _("A lane holds at least 1, and no more than its column.")})
