"""
Who may share what, how far: the class of a thing caps it, and nobody hands on more than they have.

Every kind of thing that is shared (datasets and artifacts) has `shares`, `classification`, `owner`, `use_case` and,
in `KEEPERS`, the fields of those who answer for it; these rules ask for no more.
"""

from datetime import date

from django.utils.translation import gettext as _

from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no
from projects.models import Artifact, Dataset, ReceiverKind, Share, ShareRight

Thing = Dataset | Artifact  # every kind of thing that is shared
Class = Dataset.Classification
# To whom things of a class may be shared at all, and which need a last day.
REACH: dict[str, frozenset[str]] = {
    Class.PUBLIC: frozenset(ReceiverKind.values),
    Class.INTERNAL: frozenset(ReceiverKind.values),
    Class.CONFIDENTIAL: frozenset({ReceiverKind.PERSON, ReceiverKind.SQUAD, ReceiverKind.UNIT}),
    Class.PERSONAL: frozenset({ReceiverKind.PERSON, ReceiverKind.SQUAD}),
    Class.SPECIAL: frozenset(),
}
NEEDS_A_DAY = frozenset({Class.PERSONAL})


def is_keeper(user: User, thing: Thing) -> bool:
    """Whether somebody answers for a thing: its owner, and the steward where it has one."""
    return user.pk in {getattr(thing, f"{name}_id") for name in thing.KEEPERS}


def keepers(thing: Thing) -> list[User]:
    """Those who answer for a thing."""
    return [person for name in thing.KEEPERS if (person := getattr(thing, name)) is not None]


def has_share(user: User, thing: Thing, right: str) -> bool:
    """Whether a current share gives this right to somebody who changes things."""
    if not user.is_active or user.has_duty(Duty.AUDITOR):
        return False
    return bool(thing.shares.current().giving(right).reaching(user).exists())


def managing(user: User, thing: Thing) -> list[Share]:
    """Current shares by which somebody manages the sharing of a thing."""
    return list(thing.shares.current().giving(ShareRight.MANAGE).reaching(user))


def may_manage(user: User, thing: Thing) -> Verdict:
    """Owner, steward and those it is shared with to manage, and never what lies in a sandbox."""
    if thing.use_case and thing.use_case.is_sandbox:
        return no(
            _("This lies in a sandbox, for practice; nobody else sees it."),
            _("Bring it again outside of the sandbox to share it."),
            code="sandbox",
        )
    if is_keeper(user, thing):
        return YES
    if user.has_duty(Duty.AUDITOR):
        return no(_("Auditors read everything and change nothing."), code="auditor.reads_only")
    if managing(user, thing):
        return YES
    return no(
        _("Only those who answer for it and those who may manage it share this."),
        _("Ask %(owner)s.") % {"owner": thing.owner},
        code="dataset.share_not_yours",
    )


def may_share(user: User, thing: Thing) -> Verdict:
    """Whether somebody may share a thing with anybody at all."""
    return first_no(may_manage(user, thing), is_lendable(thing))


def is_lendable(thing: Thing) -> Verdict:
    """The class caps how far data may go: special categories never leave the squad."""
    if thing.classification == Class.SPECIAL:
        return no(
            _("Special categories of personal data stay with those who answer for them and the squad."),
            _("Add the person to the squad if the work needs it."),
            code="dataset.special_categories",
        )
    return YES


def reaches(thing: Thing, kind: str) -> Verdict:
    """Whether the class lets a thing be shared with this kind of receiver at all."""
    lendable, allowed = is_lendable(thing), REACH[thing.classification]
    if not lendable or kind in allowed:
        return lendable
    names = [str(each.label).lower() for each in ReceiverKind if each in allowed]
    return no(
        _("Data of the class “%(name)s” is not shared this far.")
        % {"name": thing.get_classification_display()},
        _("Share it with one of these: %(kinds)s.") % {"kinds": ", ".join(names)},
        code="share.class_caps_reach",
    )


def fits_class(thing: Thing, kind: str, until: date | None) -> Verdict:
    """Whether a receiver of this kind, until this day or for good, is within the cap of the class."""
    reach = reaches(thing, kind)
    if not reach:
        return reach
    if until is None and thing.classification in NEEDS_A_DAY:
        return no(
            _("Data of the class “%(name)s” is shared until a day, never for good.")
            % {"name": thing.get_classification_display()},
            _("Choose the last day of the work it is for."),
            code="share.class_needs_day",
        )
    return YES


def may_hand_on(user: User, thing: Thing, until: date | None) -> Verdict:
    """Whoever manages by a share hands on nothing that lasts longer than what they have themselves."""
    if is_keeper(user, thing):
        return YES
    days = [each.until for each in managing(user, thing)]
    if not days or None in days:
        return YES
    last = max(day for day in days if day)
    if until is not None and until <= last:
        return YES
    return no(
        _("Your own right ends on %(day)s; what you hand on cannot last longer.") % {"day": last.isoformat()},
        _("Choose %(day)s or a day before it.") % {"day": last.isoformat()},
        code="share.longer_than_own",
    )


def may_give(user: User, thing: Thing, *, kind: str, until: date | None) -> Verdict:
    """Everything that stands between a person and one new share."""
    return first_no(may_share(user, thing), fits_class(thing, kind, until), may_hand_on(user, thing, until))


def is_running(share: Share) -> Verdict:
    """An ended share stays as it was."""
    if share.ended_at is not None:
        return no(_("This access is over already."), code="dataset.access_over_already")
    return YES


def may_change(user: User, share: Share) -> Verdict:
    """Those who manage the sharing, while it runs; what a decision gave is asked for anew instead."""
    return may_change_as(share, may_share(user, share.thing))


def may_change_as(share: Share, may_manage: Verdict) -> Verdict:
    """The same where it is known whether somebody manages the sharing."""
    if share.is_on_request:
        return no(
            _("A decision gave this access as it was asked for; it is not changed afterwards."),
            _("End it, or ask anew."),
            code="share.decided_on_request",
        )
    return first_no(is_running(share), may_manage)


def may_look_up(user: User, person: User) -> Verdict:
    """What one sees oneself; what others see is for auditors, portfolio managers and whoever manages a sharing."""
    return YES if user.pk == person.pk else may_look_up_others(user)


def may_look_up_others(user: User) -> Verdict:
    """Whether somebody is shown at all what colleagues see."""
    if user.has_duty(Duty.AUDITOR, Duty.PORTFOLIO_MANAGER):
        return YES
    if any(model.objects.managed_by(user).exists() for model in (Dataset, Artifact)):
        return YES
    return no(
        _(
            "What a colleague sees is shown to auditors, portfolio managers and those who answer for data or artifacts."
        ),
        _("Look at what you see yourself."),
        code="share.look_up_not_yours",
    )


def may_end(user: User, share: Share) -> Verdict:
    """Those who manage the sharing, and the person who needs it no longer, while it runs."""
    running = is_running(share)
    if not running or user.pk == share.person_id:
        return running
    if may_manage(user, share.thing):
        return YES
    return no(
        _(
            "Only those who answer for it, those who manage the sharing and the person themselves end an access."
        ),
        _("Ask %(owner)s.") % {"owner": share.thing.owner},
        code="dataset.end_grant_not_yours",
    )
