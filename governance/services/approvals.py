"""Putting a question to deciders, and taking their answer once."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from governance import manifests, policies
from governance.models import ApprovalRequest, Decision, JustificationAnswer, ModelVersion, PolicyVersion
from governance.models.approvals import Step
from governance.rules import approvals as rules
from governance.selectors import approval_plans, approvals as selectors
from governance.services import answers, dissents, findings as finding_services, outcomes, pins
from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.states import IllegalMove
from portal.core.verdicts import require
from projects.models import Artifact, Dataset, GuardrailResult, UseCase

Answer = Decision.Answer


def page(request: ApprovalRequest) -> str:
    """Where the request is read and decided."""
    return reverse("governance:approval_detail", args=[request.pk])


@transaction.atomic
def open_request(
    *,
    kind: str,
    by: User,
    use_case: UseCase | None = None,
    version: ModelVersion | None = None,
    policy_draft: PolicyVersion | None = None,
    thing: Dataset | Artifact | None = None,
    topic: str = "",
    comment: str = "",
    waivers: Mapping[str, str] | None = None,
    course: str = "",
    proposal: Mapping[str, Any] | None = None,
) -> ApprovalRequest:
    """
    Ask. Called by the services of gates, models, deployments, risks, policies and petitions, which have checked the
    asker. `topic` tells like questions about one use case apart.

    The policy in force is copied into the request. Raises `Refused` when too few people could
    decide: a request nobody can answer must not exist, and none is ever answered by itself.
    """
    policy = policies.for_use_case(use_case) if use_case else in_force_for(policy_draft, thing)
    request = ApprovalRequest(
        kind=kind, use_case=use_case, version=version, policy_draft=policy_draft, topic=topic, **lent(thing),
        requested_by=by, comment=comment, waivers=dict(waivers or {}), course=course, proposal=dict(proposal or {}),
    )  # fmt: skip
    approval_plans.pin(request, policy)
    set_times(request)
    request.revision = 1 + asked_before(request)
    request.subject_digest = manifests.subject_digest(request)
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError:
        raise IllegalMove(_("There is an open request for this already.")) from None
    pins.keep(request, by=by)
    audit.record(
        "approval.requested", request, by=by, kind=kind, use_case=str(use_case.pk) if use_case else "",
        digest=request.subject_digest, policy=policy.version, steps=request.policy["steps"], waivers=request.waivers,
        revision=request.revision, preapproved=request.is_preapproved,
    )  # fmt: skip
    if request.is_own_act:
        close(request, "approve", by=by)
        outcomes.approved(request, by=by, conditional=False)
    else:
        ask(request, by=by)
    return request


def lent(thing: Dataset | Artifact | None) -> dict[str, Dataset | Artifact | None]:
    """What somebody asks to use, in the column of its kind."""
    return {"dataset": thing} if isinstance(thing, Dataset) else {"artifact": thing}


def in_force_for(draft: PolicyVersion | None, thing: Dataset | Artifact | None) -> policies.TierPolicy:
    """A policy is published by the steps of the one in force at its tier; a thing is lent by those of its use case."""
    if thing is not None and thing.use_case is not None:
        return policies.for_use_case(thing.use_case)
    return policies.for_tier(draft.tier if draft else "")


def set_times(request: ApprovalRequest) -> None:
    """When it is due, and when it ends unanswered."""
    days = request.policy["days"]
    request.due_on = clock.today() + timedelta(days=days)
    request.expires_at = clock.now() + timedelta(days=days + request.policy["timetable"]["expire_after"])


def asked_before(request: ApprovalRequest) -> int:
    """How often this was asked about the same subject; earlier answers count for nothing now (R5)."""
    same = ApprovalRequest.objects.filter(
        kind=request.kind,
        use_case=request.use_case,
        version=request.version,
        policy_draft=request.policy_draft,
        dataset=request.dataset,
        artifact=request.artifact,
        topic=request.topic,
    )
    if request.thing:
        same = same.filter(requested_by=request.requested_by)
    if request.use_case and request.kind in ApprovalRequest.GATES:
        same = same.filter(created_at__gte=request.use_case.phase_since)
    return same.count()


def ask(request: ApprovalRequest, *, by: User | None) -> None:
    """Tell those whose turn it is."""
    step = request.active
    if step is None:
        return
    people = [*selectors.still_asked(request, step), *selectors.delegates(request, step)]
    text = N_("Your decision is asked: %(what)s.") if step.decides else N_("Your advice is asked: %(what)s.")
    notices.tell(people, text=text, url=page(request), icon="inbox", by=by, what=request)


def decide(
    request: ApprovalRequest,
    *,
    answer: str,
    by: User,
    reason: str = "",
    category: str = "",
    findings: Iterable[Mapping[str, Any]] = (),
    checklist: Iterable[str] = (),
    seen_digest: str = "",
    until: date | None = None,
    lessons: str = "",
    dissent: str = "",
) -> Decision:
    """
    Answer the step whose turn it is, once; a hold or a pivot of a gate until a day, a stop with its lessons.

    `dissent` is kept beside the answer as the person's own opinion, whatever the outcome.

    Raises `Refused` for the wrong person, `ValidationError` for an answer without its reasons,
    `IllegalMove` when the request is closed, was decided meanwhile or its subject has changed;
    in the last case the request is void, whoever notices.
    """
    request.refresh_from_db()
    forget_prefetched(request)
    require_right_person(request, by=by)
    require_same_subject(request, seen_digest, by=by)
    planned = [dict(each) for each in findings]
    said = {
        "answer": answer,
        "reason": reason.strip(),
        "category": category,
        "checklist": sorted(set(checklist)),
        "until": until,
        "lessons": lessons.strip(),
        "dissent": dissent.strip(),
    }
    answers.validate(request, said, planned)
    try:
        return take(request, said, planned, by=by)
    except IntegrityError:
        raise IllegalMove(told(request)) from None


def require_right_person(request: ApprovalRequest, *, by: User) -> None:
    """R1, R2 and R9, also on a closed request: who may not decide hears that first."""
    step = request.active or next(iter(request.plan[::-1]), None)
    require(rules.no_conflict(by, request))
    require(rules.has_seat(by, request, step))
    if request.state != ApprovalRequest.State.OPEN:
        raise IllegalMove(told(request))
    require(rules.one_voice(by, request))


def require_same_subject(request: ApprovalRequest, seen_digest: str, *, by: User) -> None:
    """R5: what is decided on is what was asked about and what the decider read."""
    if manifests.subject_digest(request) != request.subject_digest:
        void(request, by=by)
        raise IllegalMove(
            _("What was submitted has changed since; this request is void. It must be submitted again.")
        )
    if seen_digest and seen_digest != request.subject_digest:
        raise IllegalMove(
            _("You decided on an older state of this request. Reload the page and read it again.")
        )


def told(request: ApprovalRequest) -> str:
    """What the second of two people hears: the state, who and when."""
    fresh = ApprovalRequest.objects.get(pk=request.pk)
    last = fresh.decisions.select_related("decided_by").order_by("-decided_at").first()
    words = {"state": fresh.get_state_display(), "who": last.decided_by if last else "—"}
    return _("This was decided a moment ago. Its state is now “%(state)s”; last decision by %(who)s.") % words


@transaction.atomic
def take(
    request: ApprovalRequest, said: dict[str, Any], planned: list[dict[str, Any]], *, by: User
) -> Decision:
    """
    Compare, write the answer, count, and let it have its effect: one transaction.

    The row is locked, so that of many answers at once each is counted against those before it (on
    SQLite the immediate transaction does the same); whoever comes after the end is told.
    """
    step, number = request.active, request.active_step
    here = ApprovalRequest.objects.select_for_update().filter(
        pk=request.pk,
        state=ApprovalRequest.State.OPEN,
        active_step=number,
        subject_digest=request.subject_digest,
    )
    if step is None or here.first() is None:
        raise IllegalMove(told(request))
    require(rules.may_judge(by, request, step))  # once more: nothing can change any more
    answers.validate(request, said, planned)  # a justification may have been refused meanwhile
    giver = rules.in_whose_place(by, request, step)
    decision = Decision.objects.create(
        request=request, step=number, role=step.role, answer=said["answer"], category=said["category"], reason=said["reason"],
        until=said["until"], lessons=said["lessons"], checklist=said["checklist"], decided_by=by, on_behalf_of=giver, subject_digest=request.subject_digest,
        certificate=certificate(by, step), decided_at=clock.now(),
    )  # fmt: skip
    changes = counted(request, step, decision)
    if changes:
        ApprovalRequest.objects.filter(pk=request.pk).update(**changes)
        for name, value in changes.items():
            setattr(request, name, value)
    forget_prefetched(request)
    verb = PAST[said["answer"]] if request.state != ApprovalRequest.State.OPEN else "answered"
    audit.record(
        f"approval.{verb}", request, by=by, step=number, role=step.role, answer=said["answer"], category=said["category"],
        reason=said["reason"], digest=request.subject_digest, certificate=decision.certificate,
        on_behalf_of=str(giver) if giver else "", until=str(said["until"] or ""),
    )  # fmt: skip
    if said["dissent"]:
        dissents.record(request, text=said["dissent"], by=by)
    for each in planned:
        finding_services.add(request=request, by=by, **each)
    if changes:
        follow(request, says_yes=said["answer"] in Decision.YES, by=by)
    return decision


def counted(request: ApprovalRequest, step: Step, decision: Decision) -> dict[str, Any]:
    """What the answer changes: nothing while the step needs more of them, the next step, or the end."""
    if decision.answer in Decision.ENDS:
        return ended(Decision.Answer(decision.answer).value)
    votes = request.decisions.filter(step=decision.step).exclude(answer=Answer.ABSTAIN)
    if votes.count() < step.quorum:
        return {}
    if decision.step < len(request.plan):
        return {"active_step": decision.step + 1}
    return ended("approve")


def ended(verb: str) -> dict[str, Any]:
    """The fields of a request that is answered."""
    return {"state": ApprovalRequest.LIFE.moves[verb][ApprovalRequest.State.OPEN], "closed_at": clock.now()}


PAST = {
    Answer.APPROVE: "approved",
    Answer.APPROVE_WITH_FINDINGS: "approved_with_findings",
    Answer.REQUEST_CHANGES: "changes_requested",
    Answer.REJECT: "rejected",
    Answer.ABSTAIN: "answered",
    Answer.HOLD: "held",
    Answer.PIVOT: "pivoted",
    Answer.STOP: "stopped",
}


def follow(request: ApprovalRequest, *, says_yes: bool, by: User) -> None:
    """What comes after a decision: the next step, the effect, and word to who asked."""
    if request.state == ApprovalRequest.State.OPEN:
        ask(request, by=by)
        return
    if says_yes:
        conditional = request.decisions.filter(answer=Answer.APPROVE_WITH_FINDINGS).exists()
        outcomes.approved(request, by=by, conditional=conditional)
    else:
        outcomes.refused(request, by=by)
    notices.tell(
        concerned(request),
        text=N_("Decided: %(what)s. See the answer."),
        url=page(request),
        icon="approval",
        by=by,
        what=request,
    )


def concerned(request: ApprovalRequest) -> list[User | None]:
    """Who waits for the answer."""
    return [request.requested_by, request.use_case.product_owner if request.use_case else None]


def forget_prefetched(request: ApprovalRequest) -> None:
    """Related rows read earlier are old now."""
    request.__dict__.pop("_prefetched_objects_cache", None)


def certificate(user: User, step: Step) -> str:
    """The credential the person held at this moment, for the record."""
    if not step.certificate:
        return ""
    held = user.credentials.valid().filter(code=step.certificate).first()
    return held.source[:200] if held else ""


@transaction.atomic
def answer_justification(
    request: ApprovalRequest, *, guardrail: GuardrailResult, is_accepted: bool, by: User, comment: str = ""
) -> JustificationAnswer:
    """Accept or refuse one justification; may be changed until the decision."""
    here = ApprovalRequest.objects.select_for_update().filter(pk=request.pk, state=ApprovalRequest.State.OPEN)
    if here.first() is None:  # locked: no answer comes between a decision and what it was counted on
        raise IllegalMove(told(request))
    require(rules.may_answer_justification(by, request))
    if guardrail.pk not in {row.guardrail.pk for row in selectors.justifications(request)}:
        raise ValidationError({"guardrail": _("This guardrail asks for no justification here.")})
    if not is_accepted and not comment.strip():
        raise ValidationError({"comment": _("Say why you refuse it: the author learns from it.")})
    answer, _new = JustificationAnswer.objects.update_or_create(
        request=request, guardrail=guardrail,
        defaults={"is_accepted": is_accepted, "comment": comment.strip(), "answered_by": by, "answered_at": clock.now()},
    )  # fmt: skip
    audit.record("justification.answered", request, by=by, **answer.facts())
    return answer


@transaction.atomic
def close(request: ApprovalRequest, verb: str, *, by: User | None) -> None:
    """Move an open request to an end."""
    ApprovalRequest.LIFE.move(request, verb, closed_at=clock.now())
    if verb == "approve":
        audit.record("approval.own_act", request, by=by)


@transaction.atomic
def withdraw(request: ApprovalRequest, *, by: User) -> None:
    """Take the question back before it is answered."""
    if request.state != ApprovalRequest.State.OPEN:
        raise IllegalMove(told(request))
    require(rules.may_withdraw(by, request))
    close(request, "withdraw", by=by)
    outcomes.taken_back(request, "withdraw")
    audit.record("approval.withdrawn", request, by=by)
    tell_deciders(request, N_("Withdrawn: %(what)s. Nothing is asked of you any more."), by=by)


@transaction.atomic
def void(request: ApprovalRequest, *, by: User | None) -> None:
    """End a request whose subject is no longer what was asked about (R5)."""
    close(request, "void", by=by)
    outcomes.taken_back(request, "void")
    audit.record(
        "approval.voided",
        request,
        by=by,
        digest=request.subject_digest,
        now=manifests.subject_digest(request),
    )
    notices.tell(
        concerned(request),
        text=N_("Void, because it changed after it was submitted: %(what)s."),
        url=page(request),
        icon="alert",
        by=None,
        what=request,
    )


def tell_deciders(request: ApprovalRequest, text: str, *, by: User | None) -> None:
    """Tell everybody who was asked."""
    people = [person for step in request.plan for person in selectors.deciders(request, step)]
    notices.tell(people, text=text, url=page(request), by=by, what=request)
