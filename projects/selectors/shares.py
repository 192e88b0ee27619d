"""Reads: who sees a thing and why, and what a person sees and why; datasets and artifacts alike."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _, gettext_lazy

from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import Verdict
from projects.models import Artifact, Dataset, ReceiverKind, Share, ShareRight, SquadMember
from projects.models.shares import OPEN_TO_ALL
from projects.rules import shares as rules
from projects.rules.shares import Thing


@dataclass(frozen=True)
class Place:
    """A kind of thing that is shared: its model, and where all of them and one of them stand."""

    code: str
    model: Any
    label: Any
    all: str
    one: str
    icon: str

    def route(self, act: str) -> str:
        """The page of an act of sharing."""
        return f"projects:{self.code}_{act}"


PLACES = {
    each.code: each
    for each in (
        Place("dataset", Dataset, gettext_lazy("Data"), "projects:dataset_list", "projects:dataset_detail", "data"),
        Place("artifact", Artifact, gettext_lazy("Library"), "projects:library", "projects:artifact_detail", "book"),
    )
}  # fmt: skip
RIGHT_COLORS = {"view": "grey", "use": "blue", "edit": "purple", "manage": "orange"}


@dataclass(frozen=True)
class Way:
    """One reason why somebody sees a thing, and what it allows."""

    why: str
    right: str
    label: str
    person: User | None = None
    until: date | None = None
    reason: str = ""
    share: Share | None = None
    may_change: Verdict | None = None
    may_end: Verdict | None = None

    @property
    def right_label(self) -> str:
        """The right in words."""
        return str(ShareRight(self.right).label)

    @property
    def color(self) -> str:
        """The colour of its chip."""
        return RIGHT_COLORS[self.right]


@dataclass(frozen=True)
class Access:
    """Who sees a thing: by what they are, by what was shared, and what the class adds."""

    people: list[Way]
    shares: list[Way]
    is_open: bool
    auditors: list[User]

    @property
    def faces(self) -> list[Way]:
        """Each person by role once: the strongest right, which stands first, and every reason."""
        found: dict[object, Way] = {}
        for way in self.people:
            key = way.person.pk if way.person else way.label
            known = found.get(key)
            found[key] = replace(known, why=f"{known.why} · {way.why}") if known else way
        return list(found.values())


@dataclass(frozen=True)
class Seen:
    """One thing that a person sees, with every reason."""

    thing: Thing
    color: str
    ways: list[Way]


@dataclass(frozen=True)
class Kind:
    """A kind of receiver, and whether the class lets it be chosen."""

    name: str
    label: str
    verdict: Verdict


def access(thing: Thing, reader: User) -> Access:
    """Who sees a thing and why; the shares are those the reader may know of. A constant number of queries."""
    shown = thing.shares.visible_to(reader).current().for_list().order_by("until", "created_at")
    may_manage = rules.may_manage(reader, thing)
    return Access(
        people=by_duty(thing),
        shares=[shared_way(each, reader, may_manage) for each in shown[:500]],
        is_open=thing.classification in OPEN_TO_ALL,
        auditors=list(User.objects.with_duty(Duty.AUDITOR).order_by("display_name")),
    )


def keeper_words() -> dict[str, str]:
    """What those who answer for a thing are to it."""
    return {"owner": _("Owner"), "steward": _("Steward")}


def by_duty(thing: Thing) -> list[Way]:
    """Those who answer for it and the squad of the use case, each with what they are to it."""
    words = keeper_words()
    named = [(words[name], getattr(thing, name)) for name in thing.KEEPERS]
    found = [Way(why, ShareRight.MANAGE, str(person), person) for why, person in named if person]
    if not thing.use_case:
        return found
    if lead := thing.use_case.product_owner:
        found.append(Way(_("Product owner"), ShareRight.EDIT, str(lead), lead))
    members = SquadMember.objects.current().filter(use_case=thing.use_case).select_related("user")
    return found + [
        Way(
            _("Squad: %(role)s") % {"role": each.get_role_display()},
            ShareRight.EDIT,
            str(each.user),
            each.user,
        )
        for each in members
    ]


def shared_way(share: Share, reader: User, may_manage: Verdict) -> Way:
    """One share; what the reader may do with it costs no query."""
    is_own = share.person_id == reader.pk
    may_change = rules.may_change_as(share, may_manage)
    return Way(
        why=shared_because(share), right=share.right, label=share.receiver, person=share.person, until=share.until,
        reason=share.reason, share=share, may_change=may_change, may_end=rules.is_running(share) if is_own else may_manage,
    )  # fmt: skip


def shared_because(share: Share) -> str:
    """By which kind of share, and who gave it."""
    words = {
        ReceiverKind.PERSON: _("Shared by name by %(by)s"),
        ReceiverKind.SQUAD: _("Shared with the squad by %(by)s"),
        ReceiverKind.UNIT: _("Shared with the unit by %(by)s"),
        ReceiverKind.EVERYONE: _("Shared with everyone by %(by)s"),
    }
    text = _("Opened on request by %(by)s") if share.is_on_request else words[ReceiverKind(share.kind)]
    return text % {"by": share.granted_by}


def kinds(user: User, thing: Thing) -> list[Kind]:
    """To whom a thing of this class may be shared at all."""
    may_share, found = rules.may_share(user, thing), []
    for each in ReceiverKind:
        verdict = rules.reaches(thing, each) if may_share else may_share
        found.append(Kind(each.value, str(each.label), verdict))
    return found


def shown_on_page(thing: Thing, reader: User) -> Any:
    """The few shares that stand on the page of the thing itself."""
    return thing.shares.visible_to(reader).current().for_list()[:5]


def seen_by(person: User, reader: User, place: Place) -> QuerySet[Any]:
    """
    Things of a kind that a person sees for another reason than that their class is open to all, as far as the reader
    may know.

    All of them to the person and to auditors, to portfolio managers those they see themselves, to others those they
    answer for or whose sharing they manage.
    """
    things = place.model.objects
    beyond = ~Q(classification__in=OPEN_TO_ALL) | things.all().tied(person) | things.all().given(person)
    found: QuerySet[Any] = things.visible_to(person).filter(beyond).for_list().order_by(*place.model.BY_NAME)
    if reader.pk == person.pk or reader.has_duty(Duty.AUDITOR):
        return found
    if reader.has_duty(Duty.PORTFOLIO_MANAGER):
        return found.filter(pk__in=things.visible_to(reader).order_by().values("pk"))
    return found.filter(pk__in=things.managed_by(reader).order_by().values("pk"))


def why(person: User, things: list[Any], place: Place) -> list[Seen]:
    """Every reason for each of these; a constant number of queries for a page of them."""
    roles: dict[Any, list[SquadMember]] = {}
    cases = {each.use_case_id for each in things if each.use_case_id}
    for member in SquadMember.objects.current().filter(user=person, use_case__in=cases):
        roles.setdefault(member.use_case_id, []).append(member)
    shares: dict[Any, list[Share]] = {}
    reaching = place.model.objects.all().current_shares(person).for_list()
    for share in reaching.filter(**{f"{place.code}__in": [each.pk for each in things]}):
        shares.setdefault(share.thing.pk, []).append(share)
    return [
        Seen(
            each,
            Dataset.COLORS[each.classification],
            reasons(person, each, roles.get(each.use_case_id, []), shares.get(each.pk, [])),
        )
        for each in things
    ]


def reasons(person: User, thing: Thing, roles: list[SquadMember], shares: list[Share]) -> list[Way]:
    """Why one person sees one thing."""
    words = keeper_words()
    found = [
        Way(words[name], ShareRight.MANAGE, str(person))
        for name in thing.KEEPERS
        if getattr(thing, f"{name}_id") == person.pk
    ]
    if thing.use_case and thing.use_case.product_owner_id == person.pk:
        found.append(Way(_("Product owner"), ShareRight.EDIT, str(person)))
    for each in roles:
        label = _("Squad: %(role)s") % {"role": each.get_role_display()}
        found.append(Way(label, ShareRight.EDIT, str(person)))
    for share in shares:
        found.append(
            Way(
                shared_because(share), share.right, share.receiver,
                until=share.until, reason=share.reason, share=share,
            )
        )  # fmt: skip
    if thing.classification in OPEN_TO_ALL:
        found.append(Way(_("Its class is open to every colleague"), ShareRight.USE, str(person)))
    if person.has_duty(Duty.AUDITOR):
        found.append(Way(_("Auditor"), ShareRight.VIEW, str(person)))
    return found
