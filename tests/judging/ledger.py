"""R1 to R15 said a second time, from bare columns: what must be true whatever the rules of the portal say."""

from datetime import timedelta
from typing import Any

from django.db.models import Q

from governance.checklist import for_tier
from governance.models import (
    ApprovalRequest,
    Decision,
    Delegation,
    Deployment,
    Finding,
    ModelVersion,
    Override,
)
from portal.core import clock
from portal.core.models import AuditEvent, User
from portal.core.models.credentials import Credential
from projects.models import DatasetVersion, GuardrailResult, SquadMember
from training.models import Mentorship

DUTIES = {"model_reviewer": "model_reviewer", "risk_officer": "risk_officer", "executive": "executive"}
SHAPED = ("experiment.question_changed", "experiment.version_chosen", "experiment.advice_taken")
ABOUT_MODELS = ("model_review", "promotion", "block_waiver")


class Broken(AssertionError):
    """An invariant does not hold."""


def must(holds: Any, words: str) -> None:
    """Say which invariant is broken."""
    if not holds:
        raise Broken(words)


def stakes(asked: ApprovalRequest) -> set[Any]:
    """Everybody who made a part of what is asked about."""
    found = {asked.requested_by_id}
    if asked.policy_draft_id:
        events = AuditEvent.objects.filter(verb__startswith="policy.", target_id=str(asked.policy_draft_id))
        wrote = events.filter(verb__in=["policy.drafted", "policy.edited"])
        return found | {asked.policy_draft.written_by_id, *wrote.values_list("actor_id", flat=True)}
    found |= {asked.use_case.product_owner_id, *owners_before(asked)}
    squad = SquadMember.objects.filter(use_case=asked.use_case_id)
    if asked.kind in ABOUT_MODELS:
        mentors = Mentorship.objects.filter(use_case=asked.use_case_id, accepted_at__isnull=False)
        found |= {
            asked.use_case.sponsor_id,
            asked.use_case.improvement_owner_id,
            *mentors.values_list("mentor", flat=True),
        }
    else:
        squad = squad.exclude(role="sponsor")
    found |= set(squad.values_list("user", flat=True))
    return (found | makers(ModelVersion.objects.get(pk=asked.version_id)) if asked.version_id else found) - {
        None
    }


def owners_before(asked: ApprovalRequest) -> set[Any]:
    """Product owners of an earlier time."""
    named = AuditEvent.objects.filter(verb="use_case.owner_named", target_id=str(asked.use_case_id))
    return {each["before"] for each in named.values_list("details", flat=True)}


def makers(version: ModelVersion) -> set[Any]:
    """Of the run, the data and the card."""
    experiment, data = version.trial.experiment, version.dataset_version
    versions = DatasetVersion.objects.filter(dataset=data.dataset_id, number__lte=data.number)
    prepared = User.objects.filter(pk__in=data.preparers).values_list("pk", flat=True)
    told = Q(target_id=str(data.dataset_id), verb="dataset.described")
    told |= Q(target_id=str(experiment.pk), verb__in=SHAPED)
    words = GuardrailResult.objects.filter(experiment=experiment, justified_by__isnull=False)
    return {
        version.registered_by_id, version.card_by_id, version.block_waived_by_id, experiment.author_id, *prepared,
        *versions.values_list("uploaded_by", flat=True), *words.values_list("justified_by", flat=True),
        *AuditEvent.objects.filter(told, actor_id__isnull=False).values_list("actor_id", flat=True),
    }  # fmt: skip


def as_asked(asked: ApprovalRequest) -> dict[str, Any]:
    """What stands in the columns when a request opens: its rules, and the words and figures it is about."""
    return {
        "policy": asked.policy,
        "subject": subject(asked),
        "tier": asked.use_case.risk_tier if asked.use_case else "",
    }


def subject(asked: ApprovalRequest) -> Any:
    """Card, guardrails, data and artifact, column by column."""
    if not asked.version_id:
        return None
    version = ModelVersion.objects.get(pk=asked.version_id)
    checks = GuardrailResult.objects.filter(experiment=version.trial.experiment_id).order_by("pk")
    card = [getattr(version, name) for name in ModelVersion.AUTHORED]
    return [
        *card,
        version.bundle_digest,
        version.table_digest,
        *checks.values_list("pk", "value", "is_alerted", "justification"),
    ]


def holds(pk: Any, role: str) -> bool:
    """The duty, on an open account."""
    return User.objects.filter(pk=pk, is_active=True, groups__name=DUTIES.get(role, "")).exists()


def is_certified(pk: Any) -> bool:
    """The certificate of the reviewer, valid now."""
    now = clock.now()
    held = Credential.objects.filter(
        user=pk, code="model.approve", revoked_at__isnull=True, valid_from__lte=now
    )
    return held.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=now)).exists()


def check_vote(vote: Decision, asked: ApprovalRequest, before: dict[str, Any]) -> None:
    """One decision, at the moment it was taken; `before` is what stood when it was asked and just before it."""
    giver, step = vote.on_behalf_of_id, before["policy"]["steps"][before["step"] - 1]
    at_stake = stakes(asked)
    must(vote.decided_by_id not in at_stake, "R1 decided on own work")
    must(giver not in at_stake, "R1 R9 decided in the place of one with a stake")
    must(
        before["state"] == "open" and vote.step == before["step"], "R2 not the active step of an open request"
    )
    seat = giver or vote.decided_by_id
    sponsors = {asked.use_case.sponsor_id} if step["role"] == "sponsor" and asked.use_case else set()
    must(holds(seat, step["role"]) or seat in sponsors, f"{'R9' if giver else 'R2'} nobody's seat")
    must(not step["certificate"] or is_certified(vote.decided_by_id), "R2 without a certificate")
    if giver:
        today = clock.today()
        given = Delegation.objects.filter(given_by=giver, given_to=vote.decided_by_id, ended_at=None)
        must(
            given.filter(starts_on__lte=today, ends_on__gte=today).exists(),
            "R9 no seat was handed over today",
        )
    must(subject(asked) == before["subject"], "R5 decided on what had changed since it was asked")
    said_yes = vote.answer in {"approve", "approve_with_findings"}
    must(said_yes or vote.reason, "R12 a no without its reason")
    if said_yes and asked.kind == "model_review":
        must(set(for_tier(before["policy"]["tier"])) <= set(vote.checklist), "R12 a yes without its checks")
        accepted = asked.answers.filter(is_accepted=True).values("guardrail")
        open_ones = GuardrailResult.objects.filter(
            experiment=asked.version.trial.experiment_id, severity="justify"
        )
        must(
            not open_ones.filter(is_alerted=True).exclude(pk__in=accepted).exists(),
            "R12 a justification nobody accepted",
        )


def check_opened(asked: ApprovalRequest) -> None:
    """A request that has just opened has its people, and the track its policy allows."""
    policy, at_stake = asked.policy, stakes(asked)
    for step in policy["steps"]:
        held = User.objects.filter(is_active=True, groups__name=DUTIES.get(step["role"], ""))
        able = {pk for pk in held.values_list("pk", flat=True) if not step["certificate"] or is_certified(pk)}
        if step["role"] == "sponsor":
            able = {asked.use_case.sponsor_id}
        must(len(able - at_stake) >= step["quorum"], "R4 too few could decide")
    seats = sum(step["quorum"] for step in policy["steps"])
    must(1 + seats >= policy["people"] or asked.is_own_act, "R7 fewer people than the policy asks")
    small = policy["tier"] == "minimal" and policy["preapproved"]["allowed"]
    must(small or not asked.is_preapproved, "R15 the short track at a higher tier")


def check_answered(asked: ApprovalRequest, opened: dict[str, Any]) -> None:
    """A yes has the votes that the policy pinned at its opening asks for; an override its two people."""
    must(asked.policy == opened["policy"], "R3 the rules of an open request changed")
    if asked.state != "approved" or asked.overrides.exclude(state__in=["proposed", "dropped"]).exists():
        return
    votes = list(asked.decisions.exclude(answer="abstain"))
    for number, step in enumerate(opened["policy"]["steps"], start=1):
        given = [each for each in votes if each.step == number]
        must(len(given) >= step["quorum"], "R3 R6 R7 approved without the votes its policy asks for")
    voices = [pk for each in asked.decisions.all() for pk in (each.decided_by_id, each.on_behalf_of_id) if pk]
    must(len(voices) == len(set(voices)), "R2 two voices of one person")
    seats = {asked.requested_by_id, *(each.decided_by_id for each in votes)}
    must(len(seats) >= opened["policy"]["people"] or asked.is_own_act, "R7 fewer people than the policy asks")


def check_override(each: Override) -> None:
    """Two people without a stake, words, hours and a severe finding."""
    must(each.proposed_by_id != each.confirmed_by_id, "R8 one person alone")
    at_stake = stakes(each.request)
    must(not {each.proposed_by_id, each.confirmed_by_id} & at_stake, "R8 somebody with a stake")
    for who in filter(None, (each.proposed_by_id, each.confirmed_by_id)):
        must(holds(who, "risk_officer") or holds(who, "executive"), "R8 somebody without the duty")
    if each.state == "in_force":
        must(each.ends_at <= each.confirmed_at + timedelta(hours=72), "R8 longer than three days")
        must(Finding.objects.filter(request=each.request, severity="high").exists(), "R8 without a finding")


def check_standing() -> None:
    """Versions and champions as they stand after the timetable has run."""
    now, today = clock.now(), clock.today()
    must(not Override.objects.filter(state="in_force", ends_at__lt=now).exists(), "R8 its hours are over")
    usable = ModelVersion.objects.filter(status__in=["approved", "approved_conditionally"])
    must(not usable.filter(valid_until__lt=now).exists(), "R11 an approval that has run out")
    late = Finding.objects.filter(state__in=["open", "in_progress"], due_on__lt=today, request__isnull=False)
    bound = usable.filter(status="approved_conditionally")
    must(not bound.filter(pk__in=late.values("version")).exists(), "R10 a late finding and an approval")


def check_service() -> None:
    """What serves was approved, word for word; a condition has its finding."""
    for each in Deployment.objects.filter(role="champion", ended_at=None).select_related(
        "version", "request"
    ):
        must(each.request.state == "approved", "R2 a champion without a decision")
    for version in ModelVersion.objects.filter(status="approved_conditionally"):
        named = Finding.objects.filter(version=version, request__isnull=False, owner__isnull=False)
        must(named.exists(), "R10 a condition without a finding")


def check_tier(asked_at: str, now: str, approved: bool) -> None:
    """A lower tier holds after its decision, not before."""
    order = ("minimal", "limited", "high", "prohibited")
    must(approved or order.index(now) >= order.index(asked_at), "R14 a proposal in force before its decision")
