"""A pivot: the deciders of a gate ask for a new direction by a day, and the squad finds one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects import rules
from projects.models import UseCase
from projects.services import stops
from projects.services.words import ask_for


@transaction.atomic
def apply_pivot(
    use_case: UseCase, *, until: date, reason: str, by: User, evidence: Mapping[str, Any]
) -> UseCase:
    """
    What the deciders of a gate answered; called from governance only.

    The use case stays in its phase. Until the new direction is written its kill criteria and its time box
    may be changed again, and no gate is asked for; after the day the portal proposes to stop.
    """
    use_case.refresh_from_db()
    if until <= clock.today():
        raise ValidationError({"until": _("Choose a day in the future.")})
    said = ask_for(reason=reason)
    use_case.pivot_until, use_case.pivot_reason = until, said["reason"][:300]
    use_case.save(update_fields=["pivot_until", "pivot_reason"])
    audit.record("use_case.pivot_asked", use_case, by=by, until=until, reason=said["reason"], **evidence)
    return use_case


@transaction.atomic
def turn(use_case: UseCase, *, direction: str, by: User) -> UseCase:
    """Say what is different from now on; the gate may be asked for again and the limits are frozen as before."""
    require(rules.pivots.may_turn(by, use_case))
    said = ask_for(direction=direction)
    asked = use_case.pivot_reason
    use_case.pivot_until, use_case.pivot_reason = None, ""
    use_case.save(update_fields=["pivot_until", "pivot_reason"])
    audit.record("use_case.pivoted", use_case, by=by, asked=asked, direction=said["direction"])
    stops.look_at(use_case)
    notices.tell(
        [use_case.product_owner, use_case.sponsor],
        text=N_("%(title)s goes on in a new direction."),
        url=f"/use-cases/{use_case.pk}/",
        by=by,
        title=use_case,
    )
    return use_case
