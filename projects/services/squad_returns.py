"""Putting memberships of a squad back as they were, when an act on the squad is taken back."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.states import IllegalMove
from portal.core.verdicts import require
from projects import rules
from projects.models import SquadMember, UseCase
from projects.services import squads

FIELDS = ("allocation", "starts_on", "ends_on", "backup_id", "site", "is_lead")
DAYS = ("starts_on", "ends_on")
State = dict[str, Any]


def state(use_case: UseCase) -> State:
    """What an act on the squad may change: each membership by its key, as JSON keeps it."""
    return {str(each.pk): written(each) for each in SquadMember.objects.filter(use_case=use_case)}


def written(member: SquadMember) -> State:
    """One membership as JSON keeps it."""
    found = {name: getattr(member, name) for name in FIELDS}
    return found | {name: found[name].isoformat() for name in DAYS if found[name]}


@transaction.atomic
def put_back(use_case: UseCase, was: State, *, by: User) -> None:
    """
    Make these memberships what they were; one that was not there is withdrawn, its row stays.

    Everything is checked again as when it was agreed: raises `ValidationError` when the time is promised
    elsewhere by now or an account is closed, `IllegalMove` when somebody else leads.
    """
    require(rules.squads.may_manage_squad(by, use_case))
    squads.hold(use_case)
    found = SquadMember.objects.filter(use_case=use_case, pk__in=was).select_related("user", "backup")
    # Who leads again comes last, so that nobody else leads at that moment.
    for member in sorted(found, key=lambda each: bool((was[str(each.pk)] or {}).get("is_lead"))):
        member.use_case = use_case
        before = was[str(member.pk)]
        if before is None:
            withdraw(member, by=by)
        else:
            restore(member, before, by=by)


def withdraw(member: SquadMember, *, by: User) -> None:
    """No day of it remains; that somebody was taken in is never deleted."""
    last = min(member.starts_on, clock.today()) - timedelta(days=1)
    member.ends_on, member.is_lead = last, False
    member.save(update_fields=["ends_on", "is_lead"])
    noted(member, by=by)
    squads.tell(member, N_("You have left the squad of %(title)s."), [member.user], by=by)


def restore(member: SquadMember, before: State, *, by: User) -> None:
    """Share, days, backup, site and lead as they were."""
    squads.lock(member)
    has_ended = bool(member.ends_on and member.ends_on < clock.today())
    for name in FIELDS:
        setattr(member, name, parse_date(before[name]) if name in DAYS and before[name] else before[name])
    squads.check(member)
    others = SquadMember.objects.filter(use_case=member.use_case, is_lead=True).exclude(pk=member.pk)
    if member.is_lead and (leader := others.select_related("user").first()):
        raise IllegalMove(_("%(person)s leads the squad now.") % {"person": leader.user})
    member.save(update_fields=["allocation", "starts_on", "ends_on", "backup", "site", "is_lead"])
    noted(member, by=by)
    is_again = has_ended and not (member.ends_on and member.ends_on < clock.today())
    words = (
        N_("You are in the squad of %(title)s.")
        if is_again
        else N_("Your place in the squad of %(title)s has changed.")
    )
    squads.tell(member, words, [member.user], by=by)


def noted(member: SquadMember, *, by: User) -> None:
    """On the trail, with what it is again."""
    audit.record(
        "squad.put_back", member.use_case, by=by, user=member.user_id, role=member.role, now=written(member)
    )
