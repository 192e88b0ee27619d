"""What waits for one person in governance, for the home page."""

from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from typing import TypeVar

from django.db.models import F, Model as DbModel, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from governance import gates
from governance.models import ApprovalRequest, Delegation, Deployment, Finding, Measurement, ModelVersion
from governance.rules.deployments import may_promote
from governance.rules.findings import JUDGES, may_verify
from governance.rules.second_looks import may_look_again
from governance.selectors.approvals import could_decide
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import AuditEvent, User
from portal.core.verdicts import Verdict
from portal.core.waiting import Waiting
from projects.models import SquadMember, UseCase

MOST = 20
Row = TypeVar("Row", bound=DbModel)
DECIDERS = (Duty.MODEL_REVIEWER, Duty.RISK_OFFICER, Duty.EXECUTIVE)


def waiting_for(user: User) -> list[Waiting]:
    """Decisions, findings, versions to submit again, figures to verify."""
    return [
        *decisions(user),
        *findings(user),
        *to_verify(user),
        *versions(user),
        *to_promote(user),
        *figures(user),
        *next_gates(user),
        *samples(user),
        *trail(user),
    ]


def first_allowed(rows: QuerySet[Row], rule: Callable[[User, Row], Verdict], user: User) -> list[Row]:
    """
    The first rows on which the rule lets this person act; asked one after the other until there are enough.

    What the rule surely refuses is left out of `rows` beforehand, so that it is asked about few more than are shown.
    """
    allowed = (each for each in rows.iterator(chunk_size=MOST) if rule(user, each))
    return list(islice(allowed, MOST))


def asked(user: User) -> list[ApprovalRequest]:
    """Open requests this person could decide now."""
    givers = Delegation.objects.current().filter(given_to=user).values("given_by")
    mine = Q(use_case__sponsor_id=user.pk) | Q(dataset__owner_id=user.pk) | Q(dataset__steward_id=user.pk)
    mine |= Q(artifact__owner_id=user.pk)
    if user.has_duty(*DECIDERS) or givers.exists():
        mine = Q()
    return could_decide(
        user, ApprovalRequest.objects.visible_to(user).open().filter(mine).for_list().order_by("created_at")
    )


def decisions(user: User) -> list[Waiting]:
    """Requests whose turn is theirs."""
    return [
        Waiting(
            each.get_kind_display(), each.about, reverse("governance:approval_detail", args=[each.pk]),
            each.created_at, _("Review") if each.version_id else _("Decide"), "inbox", each.is_overdue,
        )
        for each in asked(user)
    ]  # fmt: skip


def findings(user: User) -> list[Waiting]:
    """Findings to put right."""
    rows = Finding.objects.filter(owner=user, state__in=["open", "in_progress"]).select_related("use_case")
    return [
        Waiting(
            each.title,
            each.use_case,
            reverse("governance:finding_detail", args=[each.pk]),
            each.created_at,
            _("Put it right"),
            "finding",
            each.due_on <= clock.today(),
        )
        for each in rows
    ]


def to_verify(user: User) -> list[Waiting]:
    """Findings somebody else has put right: for whoever raised them; for all who judge where that person cannot."""
    if not user.has_duty(*JUDGES):
        return []
    judges = User.objects.filter(is_active=True, groups__name__in=JUDGES).values("pk")
    other = ~Q(raised_by__in=judges) | Q(raised_by=F("owner")) | Q(raised_by=F("resolved_by"))
    rows = (
        Finding.objects.visible_to(user)
        .filter(Q(raised_by=user) | Q(raised_by=None) | other, state=Finding.State.RESOLVED)
        .exclude(owner=user)
        .exclude(resolved_by__isnull=False, resolved_by=user)
        .exclude(use_case__in=SquadMember.objects.filter(user=user).values("use_case"))
        .select_related("use_case", "version__trial__experiment", "version__dataset_version")
    )
    return [
        Waiting(
            each.title,
            each.use_case,
            reverse("governance:finding_detail", args=[each.pk]),
            each.created_at,
            _("Verify"),
            "finding",
        )
        for each in first_allowed(rows.order_by("created_at", "pk"), may_verify, user)
    ]


def to_promote(user: User) -> list[Waiting]:
    """Approved versions that serve nobody yet, for those who may put them into service."""
    rows = (
        ModelVersion.objects.visible_to(user)
        .filter(status=ModelVersion.Status.APPROVED)
        .exclude(pk__in=Deployment.objects.values("version"))
        .select_related("model__use_case", "trial__experiment", "dataset_version")
    )
    if not user.has_duty(Duty.IT_ENGINEER):
        squads = SquadMember.objects.current().filter(user=user).values("use_case")
        rows = rows.filter(Q(model__use_case__product_owner=user) | Q(model__use_case__in=squads))
    return [
        Waiting(
            _("Approved model to put into service"),
            each,
            reverse("governance:version_detail", args=[each.pk]),
            each.decided_at,
            _("Put into service"),
            "model",
        )
        for each in first_allowed(rows.order_by("decided_at", "pk"), may_promote, user)
    ]


def next_gates(user: User) -> list[Waiting]:
    """For product owners: the gate in front of each of their use cases, and how much is missing."""
    asked_already = ApprovalRequest.objects.open().filter(version__isnull=True).values("use_case")
    mine = UseCase.objects.filter(
        product_owner=user, held_until__isnull=True, phase__in=["backlog", "initialisation", "development"]
    )
    found = []
    for use_case in mine.exclude(pk__in=asked_already).order_by("phase_since")[:MOST]:
        gate = gates.gate_of(use_case)
        missing = sum(each.stops for each in gates.requirements(use_case, gate))
        title = (
            ngettext("%(gate)s: one thing is missing", "%(gate)s: %(n)s things are missing", missing)
            if missing
            else _("%(gate)s: everything is there")
        )
        url = reverse("governance:gate_detail", args=[use_case.pk, gate])
        words = {"gate": gates.TITLES[gate], "n": missing}
        found.append(Waiting(title % words, use_case, url, use_case.phase_since, _("Open the gate"), "flag"))
    return found


def samples(user: User) -> list[Waiting]:
    """For risk officers: small changes drawn for a second look that nobody has looked at."""
    if not user.has_duty(Duty.RISK_OFFICER):
        return []
    rows = ApprovalRequest.objects.visible_to(user).filter(is_sampled=True, second_look=None).for_list()
    rows = rows.exclude(pk__in=ApprovalRequest.objects.filter(touched_by(user)).values("pk"))
    return [
        Waiting(
            _("Small change to look at again"),
            each.about,
            reverse("governance:approval_detail", args=[each.pk]),
            each.closed_at,
            _("Look again"),
            "checklist",
        )
        for each in first_allowed(rows.order_by("closed_at", "pk"), may_look_again, user)
    ]


def touched_by(user: User) -> Q:
    """What anybody can tell without the trail: the person asked it, decided it, or made or owns a part of it."""
    squads = SquadMember.objects.filter(user=user).values("use_case")
    own = Q(requested_by=user) | Q(decisions__decided_by=user) | Q(decisions__on_behalf_of=user)
    made = Q(version__registered_by=user) | Q(version__card_by=user) | Q(version__block_waived_by=user)
    learned = Q(version__trial__experiment__author=user) | Q(version__dataset_version__uploaded_by=user)
    case = Q(use_case__in=squads) | Q(use_case__product_owner=user) | Q(use_case__improvement_owner=user)
    return own | made | learned | case


def trail(user: User) -> list[Waiting]:
    """For auditors: a chain nobody has verified for a month."""
    if not user.has_duty(Duty.AUDITOR):
        return []
    last = AuditEvent.objects.filter(verb="audit.verified").order_by("-seq").first()
    if last and last.at > clock.now() - timedelta(days=30):
        return []
    url = reverse("governance:audit_list")  # its first button verifies; a link cannot: it is an act
    return [
        Waiting(
            _("Verify the audit trail"),
            _("Nobody has for a month."),
            url,
            last.at if last else None,
            _("Verify"),
            "history",
        )
    ]


def versions(user: User) -> list[Waiting]:
    """Candidates to submit, and versions the reviewer sent back."""
    rows = ModelVersion.objects.filter(
        registered_by=user, status__in=["candidate", "changes_requested"]
    ).select_related("model")
    return [
        Waiting(
            each.get_status_display(),
            each,
            reverse("governance:version_submit", args=[each.pk]),
            each.decided_at or each.created_at,
            _("Submit for review"),
            "model",
        )
        for each in rows
    ]


def figures(user: User) -> list[Waiting]:
    """Realised values a finance controller verifies."""
    if not user.has_duty(Duty.FINANCE_CONTROLLER):
        return []
    rows = (
        Measurement.objects.filter(state=Measurement.State.REPORTED)
        .exclude(reported_by=user)
        .select_related("line__use_case")
    )
    return [
        Waiting(
            _("Realised value to verify"),
            each.line,
            reverse("governance:value_detail", args=[each.line.use_case_id]),
            each.created_at,
            _("Verify"),
            "value",
        )
        for each in rows
    ]
