"""Planning the days of the gates."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import require
from projects import rules
from projects.models import GatePlan, UseCase
from projects.services import dependencies
from projects.worktime import after_working_days, working_days

FARTHEST = timedelta(days=3650)


@transaction.atomic
def plan(
    use_case: UseCase, *, gate: str, planned_on: date | None, by: User, with_later: bool = False
) -> GatePlan | None:
    """
    Plan a gate for a day, move the plan, or take it away with no day. Days follow the order of the gates.

    `with_later` moves the plans of the later gates along, so that the working days between them stay.
    """
    require(rules.roadmap.may_plan(by, use_case))
    if gate not in GatePlan.Gate.values:
        raise ValidationError({"gate": _("Choose a gate.")})
    before = use_case.gate_plans.filter(gate=gate).first()
    if planned_on is None:
        if before:
            audit.record("gate_plan.removed", use_case, by=by, gate=gate, before=before.planned_on)
            before.delete()
        return None
    if before and before.planned_on == planned_on:
        return before
    along = moved_along(use_case, before, planned_on) if before and with_later else {}
    check(use_case, gate, planned_on, leaving_out=set(along))
    with dependencies.telling(use_case, by=by):
        made = keep(use_case, gate, planned_on, by=by)
        for later, day in along.items():
            check(use_case, later, day, leaving_out=set(along))
            keep(use_case, later, day, by=by)
    return made


def moved_along(use_case: UseCase, moved: GatePlan, planned_on: date) -> dict[str, date]:
    """Days for the later gates, in their order, as many working days apart as before."""
    found: dict[str, date] = {}
    old, new = moved.planned_on, planned_on
    for later in use_case.gate_plans.filter(gate__gt=moved.gate).order_by("gate"):
        found[later.gate] = after_working_days(new, max(working_days(old, later.planned_on), 1))
        old, new = later.planned_on, found[later.gate]
    return found


def keep(use_case: UseCase, gate: str, planned_on: date, *, by: User) -> GatePlan:
    """The day on the row and on the trail."""
    before = use_case.gate_plans.filter(gate=gate).values_list("planned_on", flat=True).first()
    made, _is_new = GatePlan.objects.update_or_create(
        use_case=use_case, gate=gate, defaults={"planned_on": planned_on}
    )
    audit.record("gate_plan.set", use_case, by=by, gate=gate, before=before, after=planned_on)
    return made


def check(use_case: UseCase, gate: str, planned_on: date, *, leaving_out: set[str]) -> None:
    """A day ahead, after the plan of the gate before and before that of the gate after; others move along."""
    if not clock.today() <= planned_on <= clock.today() + FARTHEST:
        raise ValidationError({"planned_on": _("Choose a day from today on, within ten years.")})
    for other in use_case.gate_plans.exclude(gate__in={gate, *leaving_out}):
        if (other.gate < gate) != (other.planned_on < planned_on):
            words = _(
                "%(other)s is planned for %(day)s: the gates follow each other. Move that one first, or choose another day."
            )
            day = formats.date_format(other.planned_on, "DATE_FORMAT")
            raise ValidationError({"planned_on": words % {"other": other.gate, "day": day}})
