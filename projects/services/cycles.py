"""Planning and closing cycles."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import formats
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects import rules
from projects.models import Cycle, SquadMember, Story, UseCase
from projects.services.words import ask_for

CHANGEABLE = ("goal", "starts_on", "ends_on", "metric", "metric_before")
LONGEST = timedelta(days=42)


@transaction.atomic
def plan(
    use_case: UseCase,
    *,
    goal: str,
    starts_on: date,
    ends_on: date,
    by: User,
    metric: str = "",
    metric_before: float | None = None,
) -> Cycle:
    """Set the goal and days of the next cycle."""
    require(rules.cycles.may_plan(by, use_case))
    list(UseCase.objects.select_for_update().filter(pk=use_case.pk).values_list("pk", flat=True))
    cycle = Cycle(
        use_case=use_case,
        number=(use_case.cycles.aggregate(most=Max("number"))["most"] or 0) + 1,
        goal=goal.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        metric=metric.strip(),
        metric_before=metric_before,
    )
    check(cycle)
    cycle.save(force_insert=True)
    audit.record("cycle.planned", use_case, by=by, cycle=cycle.pk, number=cycle.number, goal=cycle.goal)
    return cycle


@transaction.atomic
def change(cycle: Cycle, *, by: User, **changes: Any) -> Cycle:
    """Change goal, days or measure of an open cycle."""
    require(rules.cycles.may_change(by, cycle))
    if unknown := sorted(set(changes) - set(CHANGEABLE)):
        raise ValidationError({name: _("This is not changed here.") for name in unknown})
    list(UseCase.objects.select_for_update().filter(pk=cycle.use_case_id).values_list("pk", flat=True))
    before = {name: getattr(cycle, name) for name in changes}
    try:
        for name, value in changes.items():
            setattr(cycle, name, value.strip() if isinstance(value, str) else value)
        check(cycle)
    except ValidationError:
        for name, value in before.items():
            setattr(cycle, name, value)
        raise
    cycle.save(update_fields=sorted(changes) or None)
    audit.record("cycle.changed", cycle.use_case, by=by, cycle=cycle.pk, before=before, after=changes)
    return cycle


def check(cycle: Cycle) -> None:
    """A goal, days in order, six weeks at most, and no other cycle in these days."""
    problems: dict[str, str] = {}
    if not cycle.goal:
        problems["goal"] = _("Please say this in a sentence.")
    for name, longest in (("goal", 300), ("metric", 120)):
        if len(getattr(cycle, name)) > longest:
            problems[name] = _("At most %(longest)s characters, please.") % {"longest": longest}
    if cycle.ends_on < cycle.starts_on:
        problems["ends_on"] = _("The end lies before the start.")
    elif cycle.ends_on - cycle.starts_on > LONGEST:
        problems["ends_on"] = _("A cycle takes six weeks at most; make it two.")
    elif other := overlapping(cycle):
        problems["starts_on"] = _(
            "Cycle %(number)s runs from %(first)s to %(last)s: cycles do not overlap."
        ) % {
            "number": other.number,
            "first": formats.date_format(other.starts_on, "j M Y"),
            "last": formats.date_format(other.ends_on, "j M Y"),
        }
    if problems:
        raise ValidationError(problems)


def overlapping(cycle: Cycle) -> Cycle | None:
    """Another cycle of the use case with a day in common."""
    others = Cycle.objects.filter(use_case=cycle.use_case).exclude(pk=cycle.pk)
    return others.filter(starts_on__lte=cycle.ends_on, ends_on__gte=cycle.starts_on).first()


@transaction.atomic
def close(
    cycle: Cycle, *, is_accepted: bool, outcome: str, by: User, metric_after: float | None = None
) -> Cycle:
    """Accept the demo or not, note what changed; stories that are not done go back to the list."""
    require(rules.cycles.may_close(by, cycle))
    said = ask_for(outcome=outcome)
    if cycle.metric and metric_after is None:
        raise ValidationError(
            {"metric_after": _("Measure “%(metric)s” now: it was the yardstick.") % {"metric": cycle.metric}}
        )
    Cycle.LIFE.move(
        cycle,
        "close",
        demo=Cycle.Demo.ACCEPTED if is_accepted else Cycle.Demo.REJECTED,
        outcome=said["outcome"],
        metric_after=metric_after,
        closed_by=by,
        closed_at=clock.now(),
    )
    left = cycle.stories.exclude(state=Story.State.DONE)
    carried = [str(key) for key in left.values_list("pk", flat=True)]
    left.update(cycle=None)
    audit.record(
        "cycle.closed", cycle.use_case, by=by, cycle=cycle.pk, demo=cycle.demo, outcome=said["outcome"],
        before=cycle.metric_before, after=metric_after, carried_over=carried,
    )  # fmt: skip
    tell_squad(cycle, is_accepted=is_accepted, by=by)
    return cycle


def tell_squad(cycle: Cycle, *, is_accepted: bool, by: User) -> None:
    """How the demo went."""
    accepted, refused = (
        N_("The demo of %(title)s was accepted."),
        N_("The demo of %(title)s was not accepted."),
    )
    squad = SquadMember.objects.current().filter(use_case=cycle.use_case).select_related("user")
    notices.tell(
        [member.user for member in squad],
        text=accepted if is_accepted else refused,
        url=f"/use-cases/{cycle.use_case_id}/cycles/{cycle.pk}/",
        icon="flag",
        kind="decision",
        by=by,
        title=cycle.use_case,
    )
