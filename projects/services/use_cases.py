"""Proposing and looking after use cases."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Model
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects import bids, buying, custom_values, rules
from projects.models import MakeOrBuyAssessment, PhaseEvent, Sequence, UseCase
from projects.selectors import offers
from projects.services import compared_texts, phases, ranks
from projects.services.words import ask_for

PROPOSAL = (
    "title",
    "problem",
    "decides_today",
    "data_hint",
    "people_affected",
    "rough_benefit",
    "is_confidential",
)
DETAILS = (
    "decision_supported", "action_taken", "process", "process_owner", "end_users", "success_metric", "metric_unit",
    "metric_baseline", "metric_target", "ai_kind", "unit", "improvement_owner", "operation_owner", "monitoring_owner",
    "tags", "external_source", "external_id", "custom",
)  # fmt: skip
# Whoever decides or frames is chosen by those who steer.
STEERED = ("sponsor", "timebox_days", "timebox_person_days")
EDITABLE = (*PROPOSAL, *DETAILS, *STEERED)
PEOPLE = ("process_owner", "improvement_owner", "operation_owner", "monitoring_owner", "sponsor")


def next_ref() -> str:
    """The next reference, such as UC-0007. One UPDATE holds the row until commit, so two proposals never share one."""
    Sequence.objects.get_or_create(name="use_case")
    Sequence.objects.filter(name="use_case").update(last=F("last") + 1)
    return f"UC-{Sequence.objects.get(name='use_case').last:04d}"


@transaction.atomic
def propose(*, title: str, problem: str, by: User, submit: bool = True, **more: Any) -> UseCase:
    """
    Put a problem forward; kept as a draft when `submit` is false.

    `more` takes the fields of `PROPOSAL` and `DETAILS`. Raises `ValidationError` naming each wrong field.
    """
    require(rules.use_cases.may_propose(by))
    known_only(more, (*PROPOSAL, *DETAILS))
    own = more.pop("custom", {})
    use_case = UseCase(
        title=title.strip(), problem=problem.strip(), submitter=by, phase_since=clock.now(), **more
    )
    use_case.custom = custom_values.merged(use_case, own) if own else {}
    check(use_case)
    use_case.ref = next_ref()
    ranks.hold_the_order()
    use_case.rank = ranks.last_rank()
    use_case.save(force_insert=True)
    compared_texts.keep([use_case])
    PhaseEvent.objects.create(use_case=use_case, to_phase=use_case.phase, action="propose", by=by)
    audit.record("use_case.proposed", use_case, by=by)
    if submit:
        phases.move(use_case, "submit", by=by)
    return use_case


def known_only(changes: dict[str, Any], allowed: tuple[str, ...]) -> None:
    """Refuse fields that have acts of their own (phase, product owner, tier …)."""
    if unknown := sorted(set(changes) - set(allowed)):
        raise ValidationError({name: _("This is not changed here.") for name in unknown})


def check(use_case: UseCase) -> None:
    """The model's own checks, and that people named are still with us."""
    use_case.full_clean(exclude=["ref", "submitter", "phase", "duplicate_of", "product_owner", "rank"])
    problems = {
        name: _("%(person)s has left; choose somebody else.") % {"person": person}
        for name in PEOPLE
        if (person := getattr(use_case, name)) and not person.is_active
    }
    if use_case.sponsor_id and use_case.sponsor_id == use_case.product_owner_id:
        problems["sponsor"] = _("The sponsor decides on what the product owner asks: choose somebody else.")
    if problems:
        raise ValidationError(problems)


@transaction.atomic
def update(use_case: UseCase, *, by: User, **changes: Any) -> UseCase:
    """Change what is known about a use case. Raises `ValidationError` naming each wrong field; then nothing is changed."""
    require(rules.use_cases.may_edit(by, use_case))
    known_only(changes, EDITABLE)
    if "custom" in changes:
        changes["custom"] = custom_values.merged(use_case, changes["custom"])
    before = {name: getattr(use_case, name) for name in changes}
    changes = {name: value for name, value in changes.items() if value != before[name]}
    if not changes:
        return use_case
    if changes.get("is_confidential") is False:
        require(rules.squads.may_lift_confidentiality(by, use_case))
        audit.record("use_case.confidentiality_lifted", use_case, by=by)
    if steered := set(changes) & set(STEERED):
        require(rules.ways.may_steer(by, use_case))
        is_open = use_case.phase == UseCase.Phase.BACKLOG or use_case.pivot_until is not None
        if steered - {"sponsor"} and not is_open:
            raise ValidationError(
                {
                    name: _("The time box is frozen once initialisation has begun.")
                    for name in steered - {"sponsor"}
                }
            )
    try:
        assign(use_case, changes)
        check(use_case)
    except ValidationError:
        assign(use_case, before)
        raise
    use_case.save(update_fields=sorted(changes))
    if {"title", "problem"} & set(changes):
        compared_texts.keep([use_case])
    old = {name: plain(before[name]) for name in changes}
    audit.record(
        "use_case.updated",
        use_case,
        by=by,
        before=old,
        after={name: plain(value) for name, value in changes.items()},
    )
    return use_case


def assign(thing: Model, values: dict[str, Any]) -> None:
    """Set several attributes."""
    for name, value in values.items():
        setattr(thing, name, value)


def plain(value: Any) -> Any:
    """A value as the trail keeps it."""
    if isinstance(value, Model):
        return f"{value.pk} {value}"
    return value[:200] if isinstance(value, str) else value


@transaction.atomic
def submit(use_case: UseCase, *, by: User, answer: str = "") -> UseCase:
    """Send a draft, or the answer to a question, to triage."""
    require(rules.use_cases.may_submit(by, use_case))
    asked = use_case.open_question
    phases.move(
        use_case,
        "submit",
        by=by,
        comment=answer[:2000],
        evidence={"question": asked} if asked else {},
        open_question="",
    )
    return use_case


@transaction.atomic
def withdraw(use_case: UseCase, *, by: User) -> UseCase:
    """Take a proposal back: it is a draft again."""
    require(rules.use_cases.may_withdraw(by, use_case))
    phases.move(use_case, "withdraw", by=by)
    return use_case


@transaction.atomic
def name_product_owner(use_case: UseCase, *, product_owner: User, by: User) -> UseCase:
    """Hand the use case to another product owner, who must hold the right to own one."""
    require(rules.use_cases.may_name_owner(by, use_case))
    check_owner(use_case, product_owner)
    before = use_case.product_owner
    use_case.product_owner = product_owner
    use_case.save(update_fields=["product_owner"])
    audit.record("use_case.owner_named", use_case, by=by, before=before and before.pk, after=product_owner.pk)
    notices.tell(
        [product_owner, before, use_case.submitter],
        text=N_("%(owner)s is now product owner of %(title)s."),
        url=f"/use-cases/{use_case.pk}/",
        by=by,
        owner=product_owner,
        title=use_case,
    )
    return use_case


def check_owner(use_case: UseCase, product_owner: User) -> None:
    """An active person, not the sponsor, with the credential."""
    if not product_owner.is_active or product_owner.is_service:
        raise ValidationError({"product_owner": _("This account is closed; choose somebody else.")})
    if use_case.sponsor_id == product_owner.pk:
        raise ValidationError({"product_owner": _("This person is the sponsor; choose somebody else.")})
    require(rules.use_cases.may_own(product_owner))


@transaction.atomic
def set_risk_tier(use_case: UseCase, *, tier: str, reason: str, by: User) -> UseCase:
    """Assess the risk with its reason. “Prohibited” stops every move forward."""
    require(rules.use_cases.may_set_risk_tier(by, use_case))
    if tier not in UseCase.Tier.values or tier == UseCase.Tier.UNASSESSED:
        raise ValidationError({"tier": _("Choose a tier.")})
    require(rules.use_cases.is_not_lower(use_case, tier))
    return write_risk_tier(use_case, tier=tier, reason=reason, by=by)


@transaction.atomic
def apply_risk_tier(
    use_case: UseCase, *, tier: str, reason: str, by: User, evidence: Mapping[str, Any]
) -> UseCase:
    """What the risk questions of governance led to, or a second person has decided; called from there only."""
    use_case.refresh_from_db()
    return write_risk_tier(use_case, tier=tier, reason=reason, by=by, **evidence)


def write_risk_tier(use_case: UseCase, *, tier: str, reason: str, by: User, **evidence: Any) -> UseCase:
    """The tier with its basis, on the row and on the trail."""
    said = ask_for(reason=reason)
    before = use_case.risk_tier
    use_case.risk_tier, use_case.risk_basis = tier, said["reason"]
    use_case.save(update_fields=["risk_tier", "risk_basis"])
    audit.record(
        "use_case.tier_set", use_case, by=by, before=before, after=tier, reason=said["reason"], **evidence
    )
    notices.tell(
        [use_case.submitter, use_case.product_owner, use_case.sponsor],
        text=N_("The risk tier of %(title)s was set."),
        url=f"/use-cases/{use_case.pk}/",
        by=by,
        title=use_case,
    )
    return use_case


@transaction.atomic
def decide_make_or_buy(
    use_case: UseCase, *, choice: str, reason: str, by: User, exception: str = ""
) -> UseCase:
    """
    Make, buy, with a partner or no AI at all, with the reason.

    What a veto of the assessment rules out is refused; a soft veto needs the exception in words.
    """
    require(rules.use_cases.may_decide_make_or_buy(by, use_case))
    if choice not in UseCase.MakeOrBuy.values or choice == UseCase.MakeOrBuy.UNDECIDED:
        raise ValidationError({"choice": _("Choose one of the options.")})
    said = ask_for(reason=reason)
    excused = check_vetoes(use_case, choice, exception)
    before = use_case.make_or_buy
    kept = f"{said['reason']}\n{excused}".strip()[:2000]
    use_case.make_or_buy, use_case.make_or_buy_reason = choice, kept
    use_case.save(update_fields=["make_or_buy", "make_or_buy_reason"])
    audit.record(
        "use_case.make_or_buy_decided",
        use_case,
        by=by,
        before=before,
        after=choice,
        reason=said["reason"],
        exception=excused,
    )
    return use_case


def check_vetoes(use_case: UseCase, choice: str, exception: str) -> str:
    """The words of the exception where a soft veto stands; raises `ValidationError` for what is ruled out."""
    assessment = MakeOrBuyAssessment.objects.filter(use_case=use_case).first()
    facts = bids.facts_with(assessment.facts, offers.judged(use_case, assessment)) if assessment else []
    fired = buying.vetoes(facts, is_prohibited=use_case.risk_tier == UseCase.Tier.PROHIBITED)
    against = [veto for veto in fired if choice in veto.against]
    if hard := [str(veto.label) for veto in against if not veto.is_soft]:
        raise ValidationError({"choice": hard})
    if against and not exception.strip():
        raise ValidationError({"exception": [str(veto.label) for veto in against]})
    return exception.strip()[:500] if against else ""


@transaction.atomic
def hold(use_case: UseCase, *, until: date, reason: str, by: User) -> UseCase:
    """Mark it as waiting until a day; it stays in its phase."""
    require(rules.use_cases.may_hold(by, use_case))
    return write_hold(use_case, until=until, reason=reason, by=by)


@transaction.atomic
def apply_hold(
    use_case: UseCase, *, until: date, reason: str, by: User, evidence: Mapping[str, Any]
) -> UseCase:
    """What the deciders of a gate answered; called from governance only."""
    use_case.refresh_from_db()
    return write_hold(use_case, until=until, reason=reason, by=by, **evidence)


def write_hold(use_case: UseCase, *, until: date, reason: str, by: User, **evidence: Any) -> UseCase:
    """The mark with its day, on the row and on the trail."""
    if until <= clock.today():
        raise ValidationError({"until": _("Choose a day in the future.")})
    said = ask_for(reason=reason)
    use_case.held_until, use_case.held_reason = until, said["reason"][:300]
    use_case.save(update_fields=["held_until", "held_reason"])
    audit.record("use_case.held", use_case, by=by, until=until, reason=said["reason"], **evidence)
    return use_case


@transaction.atomic
def resume(use_case: UseCase, *, by: User) -> UseCase:
    """Go on."""
    require(rules.use_cases.may_resume(by, use_case))
    use_case.held_until, use_case.held_reason = None, ""
    use_case.save(update_fields=["held_until", "held_reason"])
    audit.record("use_case.resumed", use_case, by=by)
    return use_case


@transaction.atomic
def set_health(use_case: UseCase, *, health: str, comment: str = "", by: User) -> UseCase:
    """Report how it goes; a worse state asks for a comment."""
    require(rules.use_cases.may_set_health(by, use_case))
    if health not in UseCase.Health.values:
        raise ValidationError({"health": _("Choose a state.")})
    if health in (UseCase.Health.AT_RISK, UseCase.Health.OFF_TRACK):
        comment = ask_for(comment=comment)["comment"]
    before, use_case.health = use_case.health, health
    use_case.save(update_fields=["health"])
    audit.record("use_case.health_set", use_case, by=by, before=before, after=health, comment=comment)
    return use_case
