"""Sharing a thing with a person, a squad, a unit or everyone; changing and ending it. The last day ends it by itself."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import OrgUnit, User
from portal.core.services import audit, notices
from portal.core.states import IllegalMove
from portal.core.verdicts import require
from projects.models import ArtifactShare, DatasetShare, ReceiverKind, Share, ShareRight, SquadMember, UseCase
from projects.rules import shares as rules
from projects.rules.shares import Thing
from projects.selectors.shares import PLACES

LONGEST_REASON = 2000
WARN_DAYS = 7
KINDS = (DatasetShare, ArtifactShare)  # every kind of share there is
VERBS = {
    "dataset": {
        "shared": "dataset.shared",
        "changed": "dataset.share_changed",
        "unshared": "dataset.unshared",
        "granted": "dataset.access_granted",
        "expired": "dataset.access_expired",
        "warned": "dataset.share_warned",
    },
    "artifact": {
        "shared": "artifact.shared",
        "changed": "artifact.share_changed",
        "unshared": "artifact.unshared",
        "granted": "artifact.access_granted",
        "expired": "artifact.access_expired",
        "warned": "artifact.share_warned",
    },
}
GIVEN = {
    ShareRight.VIEW: N_("%(person)s shares “%(name)s” with you: you may look at it."),
    ShareRight.USE: N_("%(person)s shares “%(name)s” with you: you may use it."),
    ShareRight.EDIT: N_("%(person)s shares “%(name)s” with you: you may use and edit it."),
    ShareRight.MANAGE: N_("%(person)s shares “%(name)s” with you: you may edit it and share it on."),
}


@transaction.atomic
def share(
    thing: Thing,
    *,
    right: str,
    reason: str,
    by: User,
    until: date | None = None,
    person: User | None = None,
    squad: UseCase | None = None,
    unit: OrgUnit | None = None,
    everyone: bool = False,
) -> Share:
    """
    Give one receiver a right on a thing, for good or until a day.

    What runs for this receiver already is changed. Raises `ValidationError` for what does not fit together,
    `Refused` beyond the cap of the class or one's own right, `IllegalMove` when somebody else shared meanwhile.
    """
    thing = locked(thing)
    receiver = {"person": person, "squad": squad, "unit": unit, "is_everyone": everyone}
    refuse_receiver(thing, receiver)
    said = refuse_words(right, reason, until)
    kind = next(name for name in ReceiverKind.values if receiver.get(name) or name == ReceiverKind.EVERYONE)
    require(rules.may_give(by, thing, kind=kind, until=until))
    running = thing.shares.filter(**receiver, ended_at=None, is_on_request=False).first()
    if running is not None and not is_over(running):
        return change(running, right=right, reason=reason, until=until, by=by)
    if running is not None:
        expire(running)
    made = create(thing, right=right, reason=said, until=until, by=by, **receiver)
    note(made, "shared", by=by, reason=said)
    tell(made, GIVEN[ShareRight(right)], by=by, person=by)
    return made


@transaction.atomic
def grant(
    thing: Thing, *, person: User, purpose: str, until: date, by: User, evidence: dict[str, Any]
) -> Share:
    """
    Let one person use a thing until a day; called by the app that decides such requests.

    A grant that runs already is replaced. Raises `Refused` for a class that is never lent, `IllegalMove`
    for a day that has passed.
    """
    thing = locked(thing)
    require(rules.fits_class(thing, ReceiverKind.PERSON, until))
    if until < clock.today():
        raise IllegalMove(_("The last day asked for has passed. Ask again."))
    for running in thing.shares.on_request().filter(person=person, ended_at=None):
        close(running, by=by)
    made = create(
        thing, right=ShareRight.USE, reason=purpose, until=until, by=by, person=person, is_on_request=True
    )
    note(made, "granted", by=by, **evidence)
    tell(made, N_("You may use “%(name)s” until %(until)s."), by=by, until=until)
    return made


@transaction.atomic
def change(share: Share, *, right: str, reason: str, until: date | None, by: User) -> Share:
    """
    Give a running share another right, reason or last day.

    Raises `IllegalMove` when somebody changed or ended it since it was read.
    """
    thing = locked(share.thing)
    require(rules.may_change(by, share))
    said = refuse_words(right, reason, until)
    require(rules.may_give(by, thing, kind=share.kind, until=until))
    before = {name: getattr(share, name) for name in ("right", "reason", "until")}
    after = {"right": right, "reason": said, "until": until}
    if before == after:
        return share
    rows = type(share).objects.filter(pk=share.pk, ended_at=None, **before)  # type: ignore[attr-defined]
    if not rows.update(**after, warned_on=warned(until)):
        raise IllegalMove(_("Somebody changed or ended this share meanwhile. Look at it again."))
    for name, value in after.items():
        setattr(share, name, value)
    note(share, "changed", by=by, before=[before["right"], str(before["until"] or "")], reason=said)
    tell(share, N_("%(person)s changed what you may do with “%(name)s”."), by=by, person=by)
    return share


@transaction.atomic
def end(share: Share, *, by: User) -> None:
    """End a share before its day; what people made with it stays."""
    require(rules.may_end(by, share))
    if not close(share, by=by):
        raise IllegalMove(_("This access is over already."))
    note(share, "unshared", by=by)
    tell(share, N_("Your access to “%(name)s” has ended."), by=by, is_lost=True)


@transaction.atomic
def end_too_wide(thing: Thing, *, by: User | None) -> int:
    """End what the class of a thing does not allow any more, and tell whom it was for and who gave it. How many."""
    count = 0
    for each in thing.shares.filter(ended_at=None).for_list():
        if rules.fits_class(thing, each.kind, each.until) or not close(each, by=by):
            continue
        note(each, "unshared", by=by, because="class")
        text = N_("“%(name)s” is kept more carefully now; its share with %(whom)s has ended.")
        tell(
            each,
            text,
            by=by,
            also=[each.granted_by, *rules.keepers(thing)],
            is_lost=True,
            whom=each.receiver,
        )
        count += 1
    return count


@transaction.atomic
def expire_over() -> int:
    """Write down and tell that the day has passed; the access itself ended with the day. How many."""
    over = [each for kind in KINDS for each in kind.objects.over().for_list()]
    return sum(expire(each) for each in over)


def expire(share: Share) -> bool:
    """Write one end down, once."""
    if not close(share, by=None):
        return False
    note(share, "expired", by=None)
    text = N_("The access of %(person)s to “%(name)s” has run out.")
    tell(share, text, by=None, also=[share.thing.owner], is_lost=True, icon="clock", person=share.receiver)
    return True


@transaction.atomic
def warn_ending() -> int:
    """Tell that a share ends within a week, once for each last day. How many."""
    count = 0
    for share in [each for kind in KINDS for each in kind.objects.ending(WARN_DAYS).for_list()]:
        rows = type(share).objects.filter(pk=share.pk, ended_at=None, until=share.until, warned_on=None)
        if not rows.update(warned_on=clock.today()):
            continue
        note(share, "warned", by=None)
        text = N_("The access of %(person)s to “%(name)s” ends on %(until)s.")
        tell(
            share, text, by=None, also=[share.thing.owner], icon="clock", person=share.receiver, until=share.until
        )  # fmt: skip
        count += 1
    return count


def locked(thing: Thing) -> Thing:
    """The thing as the database has it, held until the end: its class does not change meanwhile."""
    type(thing).objects.select_for_update().get(pk=thing.pk)
    return type(thing).objects.for_list().get(pk=thing.pk)


def create(thing: Thing, *, by: User, **fields: Any) -> Share:
    """One new row; the database decides between two at once."""
    model = thing.shares.model
    fields |= {model.THING: thing, "granted_by": by, "warned_on": warned(fields["until"])}
    try:
        with transaction.atomic():
            made: Share = model.objects.create(**fields)
    except IntegrityError:
        raise IllegalMove(_("Somebody shared it meanwhile. Look at it again.")) from None
    return made


def warned(until: date | None) -> date | None:
    """What is given for a few days only needs no warning that it ends in a few days."""
    today = clock.today()
    return today if until is not None and until <= today + timedelta(days=WARN_DAYS) else None


def is_over(share: Share) -> bool:
    """Whether the last day has passed."""
    return share.until is not None and share.until < clock.today()


def close(share: Share, *, by: User | None) -> bool:
    """Set the end, once."""
    rows = type(share).objects.filter(pk=share.pk, ended_at=None)  # type: ignore[attr-defined]
    return bool(rows.update(ended_at=clock.now(), ended_by=by))


def refuse_receiver(thing: Thing, receiver: dict[str, Any]) -> None:
    """Exactly one receiver that can receive."""
    if sum(bool(each) for each in receiver.values()) != 1:
        raise ValidationError(_("Share with one person, one squad, one unit or everyone."))
    person, squad = receiver["person"], receiver["squad"]
    if person and (not person.is_active or person.is_service):
        raise ValidationError({"person": _("Choose an active colleague.")})
    if person and rules.is_keeper(person, thing):
        raise ValidationError({"person": _("%(person)s answers for it already.") % {"person": person}})
    if squad and squad.is_sandbox:
        raise ValidationError({"squad": _("A sandbox has no squad.")})


def refuse_words(right: str, reason: str, until: date | None) -> str:
    """A right of the list, a reason in bearable length, a day that is not over; returns the reason."""
    said, wrong = reason.strip(), {}
    if right not in ShareRight.values:
        wrong["right"] = _("Choose one of the rights of the list.")
    if not 1 <= len(said) <= LONGEST_REASON:
        wrong["reason"] = _("Say in at most %(limit)s characters what it is for.") % {"limit": LONGEST_REASON}
    if until is not None and until < clock.today():
        wrong["until"] = _("Choose today or a later day.")
    if wrong:
        raise ValidationError(wrong)
    return said


def note(share: Share, what: str, *, by: User | None, **details: Any) -> None:
    """One line of the trail about the thing."""
    to = share.person_id or share.squad_id or share.unit_id or ""
    audit.record(
        VERBS[share.THING][what], share.thing, by=by, receiver=share.kind, to=str(to), right=share.right,
        until=str(share.until or ""), **details,
    )  # fmt: skip


def receivers(share: Share) -> Iterable[User]:
    """Whom a notice about a share reaches: the person, or the squad; units and everyone find it in the list."""
    if share.person:
        return [share.person]
    if share.squad:
        members = SquadMember.objects.current().filter(use_case=share.squad).values("user")
        people = User.objects.active().filter(pk__in=members)
        return [*people, *([share.squad.product_owner] if share.squad.product_owner else [])]
    return []


def tell(
    share: Share,
    text: str,
    *,
    by: User | None,
    also: Iterable[User | None] = (),
    is_lost: bool = False,
    icon: str = "data",
    **words: Any,
) -> None:
    """Leave a notice; who lost the thing is led to the list, the others to its page."""
    place = PLACES[share.THING]
    url = reverse(place.all) if is_lost else reverse(place.one, args=[share.thing.pk])
    people = [*receivers(share), *also]
    notices.tell(people, text=text, url=url, icon=icon, by=by, name=str(share.thing), **words)
