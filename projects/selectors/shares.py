"""Reads: who sees a dataset and why, and what a person sees and why."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import Verdict
from projects.models import Dataset, DatasetShare, ReceiverKind, Share, ShareRight, SquadMember
from projects.models.datasets import OPEN_TO_ALL, tied_to
from projects.rules import shares as rules

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
    """Who sees a dataset: by what they are, by what was shared, and what the class adds."""

    people: list[Way]
    shares: list[Way]
    is_open: bool
    auditors: list[User]


@dataclass(frozen=True)
class Seen:
    """One dataset that a person sees, with every reason."""

    dataset: Dataset
    color: str
    ways: list[Way]


@dataclass(frozen=True)
class Kind:
    """A kind of receiver, and whether the class lets it be chosen."""

    name: str
    label: str
    verdict: Verdict


def access(dataset: Dataset, reader: User) -> Access:
    """Who sees a dataset and why; the shares are those the reader may know of. A constant number of queries."""
    shown = dataset.shares.visible_to(reader).current().for_list().order_by("until", "created_at")
    may_manage = rules.may_manage(reader, dataset)
    return Access(
        people=by_duty(dataset),
        shares=[shared_way(each, reader, may_manage) for each in shown[:500]],
        is_open=dataset.classification in OPEN_TO_ALL,
        auditors=list(User.objects.with_duty(Duty.AUDITOR).order_by("display_name")),
    )


def by_duty(dataset: Dataset) -> list[Way]:
    """Owner, steward and the squad of the use case, each with what they are to it."""
    found = [Way(_("Owner"), ShareRight.MANAGE, str(dataset.owner), dataset.owner)]
    if dataset.steward:
        found.append(Way(_("Steward"), ShareRight.MANAGE, str(dataset.steward), dataset.steward))
    if not dataset.use_case:
        return found
    if lead := dataset.use_case.product_owner:
        found.append(Way(_("Product owner"), ShareRight.EDIT, str(lead), lead))
    members = SquadMember.objects.current().filter(use_case=dataset.use_case).select_related("user")
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


def kinds(user: User, dataset: Dataset) -> list[Kind]:
    """To whom a dataset of this class may be shared at all."""
    may_share, found = rules.may_share(user, dataset), []
    for each in ReceiverKind:
        verdict = rules.reaches(dataset, each) if may_share else may_share
        found.append(Kind(each.value, str(each.label), verdict))
    return found


def seen_by(person: User, reader: User) -> QuerySet[Dataset]:
    """
    Datasets a person sees for another reason than that their class is open to all, as far as the reader may know.

    All of them to the person and to auditors, to portfolio managers those they see themselves, to others those they
    answer for or whose sharing they manage.
    """
    shared = DatasetShare.objects.current().reaching(person).values("dataset")
    beyond = ~Q(classification__in=OPEN_TO_ALL) | tied_to(person) | Q(pk__in=shared)
    found = Dataset.objects.visible_to(person).filter(beyond).for_list().order_by("name", "pk")
    if reader.pk == person.pk or reader.has_duty(Duty.AUDITOR):
        return found
    if reader.has_duty(Duty.PORTFOLIO_MANAGER):
        return found.filter(pk__in=Dataset.objects.visible_to(reader).values("pk"))
    return found.filter(pk__in=Dataset.objects.managed_by(reader).values("pk"))


def why(person: User, datasets: list[Dataset]) -> list[Seen]:
    """Every reason for each of these; a constant number of queries for a page of them."""
    roles: dict[Any, list[SquadMember]] = {}
    cases = {each.use_case_id for each in datasets if each.use_case_id}
    for member in SquadMember.objects.current().filter(user=person, use_case__in=cases):
        roles.setdefault(member.use_case_id, []).append(member)
    shares: dict[Any, list[Share]] = {}
    reaching = DatasetShare.objects.current().reaching(person).for_list()
    for share in reaching.filter(dataset__in=[each.pk for each in datasets]):
        shares.setdefault(share.dataset_id, []).append(share)
    return [
        Seen(
            each,
            Dataset.COLORS[each.classification],
            reasons(person, each, roles.get(each.use_case_id, []), shares.get(each.pk, [])),
        )
        for each in datasets
    ]


def reasons(person: User, dataset: Dataset, roles: list[SquadMember], shares: list[Share]) -> list[Way]:
    """Why one person sees one dataset."""
    found = []
    if dataset.owner_id == person.pk:
        found.append(Way(_("Owner"), ShareRight.MANAGE, str(person)))
    if dataset.steward_id == person.pk:
        found.append(Way(_("Steward"), ShareRight.MANAGE, str(person)))
    if dataset.use_case and dataset.use_case.product_owner_id == person.pk:
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
    if dataset.classification in OPEN_TO_ALL:
        found.append(Way(_("Its class is open to every colleague"), ShareRight.USE, str(person)))
    if person.has_duty(Duty.AUDITOR):
        found.append(Way(_("Auditor"), ShareRight.VIEW, str(person)))
    return found
