"""Forming squads."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects import rules, workload
from projects.models import SquadMember, SquadRole, UseCase
from projects.selectors.loads import promises_of

CHANGEABLE = ("allocation", "starts_on", "ends_on", "backup", "site")


@transaction.atomic
def add_member(
    use_case: UseCase,
    *,
    user: User,
    role: str,
    by: User,
    allocation: int = 20,
    is_lead: bool = False,
    starts_on: date | None = None,
    ends_on: date | None = None,
    backup: User | None = None,
    site: str = "",
) -> SquadMember:
    """Take a person into the squad in one role. A new lead takes over from the present one."""
    require(rules.squads.may_manage_squad(by, use_case))
    member = SquadMember(
        use_case=use_case,
        user=user,
        role=role,
        allocation=allocation,
        starts_on=starts_on or clock.today(),
        ends_on=ends_on,
        backup=backup,
        site=(site or user.site).strip(),
    )
    lock(member)
    check(member)
    member.save(force_insert=True)
    audit.record("squad.member_added", use_case, by=by, user=user.pk, role=role, allocation=allocation)
    tell(member, N_("You are in the squad of %(title)s."), [user], by=by)
    if backup:
        tell(member, N_("You are the backup of %(person)s in the squad of %(title)s."), [backup], by=by)
    if is_lead:
        make_lead(member, by=by)
    return member


@transaction.atomic
def change_member(member: SquadMember, *, by: User, **changes: Any) -> SquadMember:
    """Change share, days, backup or site of a membership that has not ended."""
    require(rules.squads.may_manage_squad(by, member.use_case))
    if unknown := sorted(set(changes) - set(CHANGEABLE)):
        raise ValidationError({name: _("This is not changed here.") for name in unknown})
    if member.ends_on and member.ends_on < clock.today():
        raise ValidationError(_("This membership has ended already."))
    before = {name: getattr(member, name) for name in changes}
    lock(member)
    try:
        for name, value in changes.items():
            setattr(member, name, value)
        check(member)
    except ValidationError:
        for name, value in before.items():
            setattr(member, name, value)
        raise
    member.save(update_fields=sorted(changes) or None)
    shown = {name: {"before": plain(before[name]), "after": plain(value)} for name, value in changes.items()}
    audit.record("squad.member_changed", member.use_case, by=by, user=member.user_id, changes=shown)
    tell(member, N_("Your place in the squad of %(title)s has changed."), [member.user], by=by)
    if member.backup and member.backup != before.get("backup", member.backup):
        tell(
            member, N_("You are the backup of %(person)s in the squad of %(title)s."), [member.backup], by=by
        )
    return member


def plain(value: Any) -> Any:
    """A value as the trail keeps it."""
    return value.pk if isinstance(value, User) else value


def hold(use_case: UseCase) -> None:
    """Hold the squad until commit: one change after the other, so that each is taken back alone."""
    list(UseCase.everything.select_for_update().filter(pk=use_case.pk).values_list("pk", flat=True))


def lock(member: SquadMember) -> None:
    """Hold squad and person until commit, so that two squads cannot promise the same time at once."""
    hold(member.use_case)
    list(User.objects.select_for_update().filter(pk=member.user_id).values_list("pk", flat=True))


def check(member: SquadMember) -> None:
    """A known role, an active person, days in order, no overlap, at most all of their time. Names every problem."""
    problems = problems_of_person(member)
    if not 1 <= member.allocation <= workload.FULL:
        problems["allocation"] = _("Between 1 and 100 %, please.")
    if len(member.site) > 80:
        problems["site"] = _("At most %(longest)s characters, please.") % {"longest": 80}
    if member.ends_on and member.ends_on < member.starts_on:
        problems["ends_on"] = _("The end lies before the start.")
    else:
        problems |= problems_of_time(member)
    if problems:
        raise ValidationError(problems)


def problems_of_person(member: SquadMember) -> dict[str, str]:
    """Who, in which role, and who steps in."""
    problems = {}
    if member.role not in SquadRole.values:
        problems["role"] = _("This role is not known.")
    if not member.user.is_active or member.user.is_service:
        problems["user"] = _("This account is closed; choose somebody else.")
    if member.role == SquadRole.PRODUCT_OWNER and member.use_case.product_owner_id != member.user_id:
        problems["role"] = _("The accountable product owner is %(owner)s.") % {
            "owner": member.use_case.product_owner
        }
    if member.backup_id == member.user_id:
        problems["backup"] = _("Nobody is their own backup.")
    elif member.backup and (not member.backup.is_active or member.backup.is_service):
        problems["backup"] = _("This account is closed; choose somebody else.")
    return problems


def problems_of_time(member: SquadMember) -> dict[str, str]:
    """The same role twice at once, or more than all of a person's time."""
    theirs = SquadMember.objects.filter(user=member.user).exclude(pk=member.pk)
    same = theirs.filter(use_case=member.use_case, role=member.role)
    if same.between(member.starts_on, member.ends_on).exists():
        return {"user": _("%(person)s is in this role already in these days.") % {"person": member.user}}
    others = promises_of([member.user_id], since=member.starts_on, leaving_out=member.pk)
    taken, day = workload.peak(others, member.starts_on, member.ends_on)
    if taken + member.allocation <= workload.FULL:
        return {}
    return {
        "allocation": _(
            "%(person)s has promised %(taken)s %% on %(day)s already: at most %(free)s %% are free. "
            "Ask for less, for other days, or for somebody else."
        )
        % {
            "person": member.user,
            "taken": taken,
            "day": formats.date_format(day, "j M Y"),
            "free": max(workload.FULL - taken, 0),
        }
    }


def tell(member: SquadMember, text: str, people: list[User], *, by: User) -> None:
    """Let those concerned know."""
    notices.tell(
        people,
        text=text,
        url=f"/use-cases/{member.use_case_id}/squad/",
        icon="squads",
        by=by,
        title=member.use_case,
        person=member.user,
    )


@transaction.atomic
def end_membership(member: SquadMember, *, by: User) -> SquadMember:
    """Let somebody go from today on; that they were there is never deleted."""
    require(rules.squads.may_manage_squad(by, member.use_case))
    hold(member.use_case)
    today = clock.today()
    running = SquadMember.objects.filter(pk=member.pk).exclude(ends_on__lt=today)
    # The last day is yesterday: from now on the rights of a member are gone.
    if not running.update(ends_on=yesterday(today), is_lead=False):
        raise ValidationError(_("This membership has ended already."))
    member.ends_on, member.is_lead = yesterday(today), False
    audit.record("squad.member_left", member.use_case, by=by, user=member.user_id, role=member.role)
    tell(member, N_("You have left the squad of %(title)s."), [member.user], by=by)
    return member


def yesterday(today: date) -> date:
    """The last day of somebody who leaves today."""
    return date.fromordinal(today.toordinal() - 1)


@transaction.atomic
def make_lead(member: SquadMember, *, by: User) -> SquadMember:
    """Designate the squad lead: one per squad, so the present one steps back."""
    require(rules.squads.may_manage_squad(by, member.use_case))
    hold(member.use_case)
    if not SquadMember.objects.current().filter(pk=member.pk).exists():
        raise ValidationError(_("Only a current member leads the squad."))
    SquadMember.objects.filter(use_case=member.use_case, is_lead=True).exclude(pk=member.pk).update(
        is_lead=False
    )
    SquadMember.objects.filter(pk=member.pk).update(is_lead=True)
    member.is_lead = True
    audit.record("squad.lead_made", member.use_case, by=by, user=member.user_id)
    return member
