"""What waits for one person in projects."""

from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from portal.core import clock
from portal.core.models import User
from portal.core.waiting import Waiting
from projects import rules
from projects.models import KillCriterion, ScoreCard, SquadMember, StopProposal, UseCase
from projects.selectors import triage as triage_reads
from projects.selectors.next_steps import timebox

SOON = timedelta(days=5)
MOST = 20


def waiting_for(user: User) -> list[Waiting]:
    """Everything that waits for this person: triage, questions, votes, use cases to bring on, experiments."""
    return [
        *triage(user),
        *questions(user),
        *votes(user),
        *deadlines(user),
        *time_boxes(user),
        *stops(user),
        *to_bring_on(user),
        *of_experiments(user),
    ]


def of_experiments(user: User) -> list[Waiting]:
    """What the data half of projects adds."""
    if find_spec("projects.selectors.experiments") is None:
        return []
    found: list[Waiting] = import_module("projects.selectors.experiments").waiting_for(user)
    return found


def triage(user: User) -> list[Waiting]:
    """Proposals, for portfolio managers."""
    if not rules.triage.may_triage(user):
        return []
    line = UseCase.objects.visible_to(user).awake().filter(phase=UseCase.Phase.SUBMITTED)
    oldest = line.order_by("phase_since", "ref").first()
    if oldest is None:
        return []
    count = line.count()
    title = ngettext("%(count)s proposal to triage", "%(count)s proposals to triage", count) % {
        "count": count
    }
    late = triage_reads.level(oldest).state == "late"
    return [
        Waiting(
            title,
            str(oldest),
            reverse("projects:triage"),
            oldest.phase_since,
            _("Triage"),
            "triage",
            late,
        )
    ]


def questions(user: User) -> list[Waiting]:
    """Questions about one's own proposals, and drafts never sent."""
    mine = UseCase.objects.filter(
        submitter_id=user.pk, phase__in=[UseCase.Phase.NEEDS_INFO, UseCase.Phase.DRAFT]
    )
    return [
        waiting(use_case, _("Answer a question"), _("Answer"), "comment")
        if use_case.phase == UseCase.Phase.NEEDS_INFO
        else waiting(use_case, _("Finish your draft"), _("Go on"), "edit", can_wait=True)
        for use_case in mine[:MOST]
    ]


def waiting(
    use_case: UseCase, title: Any, action: Any, icon: str, *, page: str = "detail", **ranked: bool
) -> Waiting:
    """One line that leads to a page of the use case."""
    url = reverse(f"projects:use_case_{page}", args=[use_case.pk])
    return Waiting(title, str(use_case), url, use_case.phase_since, action, icon, **ranked)


def mine_to_steer(user: User) -> QuerySet[UseCase]:
    """Use cases one owns or leads."""
    led = SquadMember.objects.current().filter(user_id=user.pk, is_lead=True).values("use_case")
    return UseCase.objects.filter(Q(product_owner_id=user.pk) | Q(pk__in=led)).order_by("phase_since")


def votes(user: User) -> list[Waiting]:
    """Open votes one has not given one's levels to; for the owner, votes that can be closed."""
    squads = SquadMember.objects.current().filter(user_id=user.pk).values("use_case")
    near = Q(use_case__product_owner_id=user.pk) | Q(use_case__sponsor_id=user.pk) | Q(use_case__in=squads)
    cards = ScoreCard.objects.filter(near, state=ScoreCard.State.OPEN).select_related("use_case")
    return [
        waiting(card.use_case, _("Give your levels"), _("Score it"), "star", page="score")
        for card in cards.exclude(votes__voter_id=user.pk)[:MOST]
    ]


def deadlines(user: User) -> list[Waiting]:
    """Kill criteria of one's use cases that are due."""
    due = KillCriterion.objects.filter(
        use_case__in=mine_to_steer(user),
        use_case__phase__in=rules.kill_criteria.MEASURABLE,
        result=KillCriterion.Result.PENDING,
        deadline__lte=clock.today() + SOON,
    ).select_related("use_case")
    return [
        waiting(
            each.use_case,
            _("Measure a kill criterion"),
            _("Record"),
            "target",
            page="kill_criteria",
            urgent=each.deadline < clock.today(),
        )
        for each in due[:MOST]
    ]


def time_boxes(user: User) -> list[Waiting]:
    """Framings whose time is used up or nearly."""
    running = mine_to_steer(user).filter(phase=UseCase.Phase.INITIALISATION)
    boxes = [(use_case, timebox(use_case)) for use_case in running[:MOST]]
    return [
        waiting(
            use_case,
            _("The time box is used up") if box.state == "over" else _("The time box ends soon"),
            _("Decide"),
            "clock",
            urgent=box.state == "over",
        )
        for use_case, box in boxes
        if box and box.state != "within"
    ]


def stops(user: User) -> list[Waiting]:
    """Proposals to stop that wait for the sponsor's or the owner's answer."""
    near = Q(use_case__product_owner_id=user.pk) | Q(use_case__sponsor_id=user.pk)
    open_ones = StopProposal.objects.filter(near, state=StopProposal.State.OPEN).select_related("use_case")
    return [
        Waiting(
            _("Stop, or go on with a reason?"),
            f"{each.use_case} · {each.get_cause_display()}",
            reverse("projects:stop_proposal", args=[each.use_case_id, each.pk]),
            each.created_at,
            _("Answer"),
            "hand-stop",
            True,
        )
        for each in open_ones[:MOST]
    ]


def to_bring_on(user: User) -> list[Waiting]:
    """Use cases in one's backlog that were never scored."""
    bare = mine_to_steer(user).filter(
        phase=UseCase.Phase.BACKLOG, held_until__isnull=True, score_cards__isnull=True
    )
    return [
        waiting(use_case, _("Score this use case"), _("Score it"), "star", page="score")
        for use_case in bare[:MOST]
    ]
