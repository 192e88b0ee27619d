"""What a decision on a kept-aside change would do, in words; data one may ask for; requests answered together."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _, ngettext

from governance import gates, policies
from governance.gate_checks import CHECKS
from governance.models import ApprovalRequest, Deployment, PredictionLog, Waiver
from governance.rules import approvals as rules, waivers as waiver_rules
from portal.core.models import User
from portal.core.verdicts import Verdict
from projects.models import Artifact, ArtifactShare, Dataset, DatasetShare, Share, UseCase
from projects.selectors.artifacts import with_case_known
from projects.selectors.shares import PLACES

Kind = ApprovalRequest.Kind


def preview(request: ApprovalRequest) -> list[str]:
    """What will happen when it is approved, where that is a change kept aside (R14)."""
    made = PREVIEWS.get(request.kind)
    return made(request) if made and request.proposal else []


def of_tier(request: ApprovalRequest) -> list[str]:
    """Before and after."""
    words = {
        "before": request.case.get_risk_tier_display(),
        "after": UseCase.Tier(request.proposal["tier"]).label,
    }
    return [_("The risk tier goes from “%(before)s” to “%(after)s”.") % words]


def day_of(request: ApprovalRequest) -> str:
    """The last day, as the reader writes days."""
    return date_format(date.fromisoformat(request.proposal["until"]), "DATE_FORMAT")


def of_waiver(request: ApprovalRequest) -> list[str]:
    """What no longer stands in the way, until when, and what is done meanwhile."""
    said = request.proposal
    code = said["code"]
    name = CHECKS[code](request.case).label if code in CHECKS else code
    words = {"what": name, "gate": said["gate"], "day": day_of(request)}
    return [
        _("Gate %(gate)s can be passed without “%(what)s” until %(day)s. Afterwards it is required again.")
        % words,
        _("Meanwhile: %(what)s") % {"what": said["meanwhile"]},
    ]


def of_block(request: ApprovalRequest) -> list[str]:
    """That it may be handed in, and what follows the day."""
    words = {"what": request.version, "codes": request.proposal["code"], "day": day_of(request)}
    return [
        _(
            "%(what)s may be handed in for review in spite of %(codes)s, until %(day)s. Then the block is back."
        )
        % words,
        _("Meanwhile: %(what)s") % {"what": request.proposal["meanwhile"]},
    ]


def of_access(request: ApprovalRequest) -> list[str]:
    """Who sees what until when."""
    words = {"who": request.requested_by, "what": request.thing, "day": day_of(request)}
    return [_("%(who)s may see and use “%(what)s” until %(day)s; access ends by itself.") % words]


def of_retirement(request: ApprovalRequest) -> list[str]:
    """What stops, whom it concerns."""
    version = request.version
    found = [
        _("%(what)s leaves service after %(day)s and is put away.")
        % {"what": version, "day": day_of(request)}
    ]
    if Deployment.objects.champions().filter(version=version).exists():
        found.append(_("It is champion: nothing takes its place by itself."))
    users = PredictionLog.objects.filter(deployment__version=version).values("consumer").distinct().count()
    if users:
        words = ngettext(
            "%(n)s person or program that used it is told.",
            "%(n)s people and programs that used it are told.",
            users,
        )
        found.append(words % {"n": users})
    return found


PREVIEWS: dict[str, Any] = {
    Kind.TIER_CHANGE: of_tier, Kind.WAIVER: of_waiver, Kind.BLOCK_WAIVER: of_block, Kind.DATA_ACCESS: of_access,
    Kind.RETIREMENT: of_retirement,
}  # fmt: skip


def waivable(use_case: UseCase, gate: str) -> list[gates.Requirement]:
    """What stands in the way of a gate and may be waived by its policy."""
    policy = policies.for_use_case(use_case)
    found = gates.requirements(use_case, gate)
    return [each for each in found if each.waiver is None and waiver_rules.is_waivable(each, policy)]


@dataclass(frozen=True)
class WaiverRow:
    """A waiver as its page shows it."""

    waiver: Waiver
    label: str
    may_end: Verdict


def waiver_rows(waivers: QuerySet[Waiver], user: User) -> list[WaiverRow]:
    """Those in force, each with the name of what it lets go."""
    found = []
    for each in waivers.in_force().for_list():  # type: ignore[attr-defined]
        label = CHECKS[each.code](each.use_case).label if each.code in CHECKS else each.code
        found.append(WaiverRow(each, label, waiver_rules.may_end(user, each)))
    return found


@dataclass(frozen=True)
class Askable:
    """A dataset or an artifact one may ask for, with the request that waits already."""

    thing: Dataset | Artifact
    icon: str
    ask_url: str
    color: str
    asked: ApprovalRequest | None


def askable(user: User) -> list[Askable]:
    """What is there and may not be used; a constant number of queries."""
    mine = ApprovalRequest.objects.open().filter(kind=Kind.DATA_ACCESS, requested_by=user)
    asked = {each.dataset_id or each.artifact_id: each for each in mine}
    found = []
    for model, page, icon in ((Dataset, "data_access_ask", "data"), (Artifact, "artifact_access_ask", "")):
        for each in with_case_known(model.objects.askable_by(user).for_list(), user)[:200]:
            url = reverse(f"governance:{page}", args=[each.pk])
            color = Dataset.COLORS[each.classification]
            found.append(Askable(each, icon or each.icon, url, color, asked.get(each.pk)))
    return found


@dataclass(frozen=True)
class Grant:
    """What was opened until a day, with its page and the address that ends it."""

    share: Share
    url: str
    end_url: str


def grants(user: User) -> list[Grant]:
    """Running ones: one's own, and those of one's data and artifacts."""
    found = []
    for model, page in ((DatasetShare, "data_grant_end"), (ArtifactShare, "artifact_grant_end")):
        for each in model.objects.visible_to(user).on_request().current().for_list()[:200]:
            place = reverse(PLACES[model.THING].one, args=[each.thing.pk])
            found.append(Grant(each, place, reverse(f"governance:{page}", args=[each.pk])))
    return found


@dataclass(frozen=True)
class TogetherRow:
    """One of several like requests, with what it would do and whether the reader may answer it."""

    request: ApprovalRequest
    verdict: Verdict
    preview: list[str]


def together(user: User, kind: str) -> list[TogetherRow]:
    """Open requests of one kind that the reader sees; those that are theirs to answer first."""
    found = (
        ApprovalRequest.objects.visible_to(user).open().filter(kind=kind).for_list().order_by("created_at")
    )
    rows = [TogetherRow(each, rules.may_decide(user, each), preview(each)) for each in found[:50]]
    return sorted(rows, key=lambda row: not row.verdict)


def kinds_together(user: User, waiting: list[ApprovalRequest]) -> list[tuple[str, str, int]]:
    """Kinds of which two or more wait for this person: name, words, how many."""
    counts: dict[str, int] = {}
    for each in waiting:
        counts[each.kind] = counts.get(each.kind, 0) + 1
    return [(kind, str(Kind(kind).label), number) for kind, number in counts.items() if number > 1]
