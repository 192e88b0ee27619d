"""What a filter of the backlog means: each name stands for one condition, on pages, in saved views and in the API."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.models import OrgUnit, User
from projects import custom_values, rubric
from projects.models import (
    Comment,
    CustomField,
    Estimate,
    GatePlan,
    KillCriterion,
    RubricVersion,
    ScoreCard,
    SquadMember,
    UseCase,
)
from projects.selectors import dependencies
from projects.worktime import working_days

STALE_DAYS = 30
SOON_DAYS = 14
NOBODY = "none"
OPEN = (UseCase.Phase.SUBMITTED, UseCase.Phase.NEEDS_INFO, UseCase.Phase.BACKLOG, *UseCase.ACTIVE)
STAFFED = (UseCase.Phase.BACKLOG, *UseCase.ACTIVE)
Condition = Callable[[User, list[str]], Q]


def agreed() -> QuerySet[ScoreCard]:
    """The card that counts, of the use case of the outer query."""
    return ScoreCard.objects.filter(use_case=OuterRef("pk"), state=ScoreCard.State.AGREED)


def current_squad() -> QuerySet[SquadMember]:
    """The squad of today, of the use case of the outer query."""
    return SquadMember.objects.current().filter(use_case=OuterRef("pk"))


def has_text(user: User, values: list[str]) -> Q:
    """Reference, title or problem."""
    text = values[0].strip()
    return Q(title__icontains=text) | Q(problem__icontains=text) | Q(ref__iexact=text)


def in_unit(user: User, values: list[str]) -> Q:
    """The unit and everything below it."""
    path = OrgUnit.objects.filter(pk=values[0]).values_list("path", flat=True).first()
    return Q(unit__path__startswith=path) if path else Q(pk__in=[])


def tagged(user: User, values: list[str]) -> Q:
    """One of the tags, whole words; SQLite keeps letters beyond ASCII escaped."""
    found = Q()
    for tag in values[0].split(","):
        if tag := tag.strip():
            for written in {json.dumps(tag), json.dumps(tag, ensure_ascii=False)}:
                found |= Q(tags_text__contains=written)
    return found


def among(field: str) -> Condition:
    """One of the values given."""
    return lambda user, values: Q(**{f"{field}__in": values})


def people(field: str) -> Condition:
    """A person by key, name or e-mail; `none` means nobody and `me` the reader."""

    def condition(user: User, values: list[str]) -> Q:
        word = values[0].strip()
        if word.lower() == NOBODY:
            return Q(**{f"{field}__isnull": True})
        return Q(**{f"{field}__in": named(word, user)})

    return condition


def named(word: str, user: User) -> QuerySet[User]:
    """People by key, name or e-mail; `me` is the reader."""
    if word.lower() == "me":
        return User.objects.filter(pk=user.pk)
    if word.isdecimal() and len(word) < 10:
        return User.objects.filter(pk=int(word))
    return User.objects.filter(Q(display_name__icontains=word) | Q(email__iexact=word))


def compared(lookup: str) -> Condition:
    """A figure or a day compared with the one given."""
    return lambda user, values: Q(**{lookup: values[0]})


def score_at_least(axis: str) -> Condition:
    """An axis of the agreed score."""
    return lambda user, values: Exists(agreed().filter(**{f"{axis}__gte": values[0]}))  # type: ignore[return-value]


def squad_holds(lead: str) -> Condition:
    """The person works in the squad, or leads it."""

    def condition(user: User, values: list[str]) -> Q:
        more = {"is_lead": True} if lead else {}
        return Exists(current_squad().filter(user__in=named(values[0].strip(), user), **more))  # type: ignore[return-value]

    return condition


def days_in_phase(user: User, values: list[str]) -> Q:
    """As long in its phase, or longer."""
    return Q(phase_since__lte=clock.now() - timedelta(days=int(float(values[0]))))


def gate_due(user: User, values: list[str]) -> Q:
    """A planned gate that is still ahead falls within so many days."""
    until = clock.today() + timedelta(days=int(float(values[0])))
    return Exists(plans_ahead().filter(planned_on__lte=until))  # type: ignore[return-value]


def plans_ahead() -> QuerySet[GatePlan]:
    """Plans for the gate in front of the use case of the outer query."""
    ahead = Q()
    for phase, gate in NEXT_GATE.items():
        ahead |= Q(use_case__phase=phase, gate=gate)
    return GatePlan.objects.filter(ahead, use_case=OuterRef("pk"))


NEXT_GATE = {"backlog": "G1", "initialisation": "G2", "development": "G3", "production": "G5"}


def over_timebox() -> Q:
    """In initialisation for more working days than its time box holds."""
    over = Q(pk__in=[])
    boxes = UseCase.objects.filter(phase=UseCase.Phase.INITIALISATION).values_list("timebox_days", flat=True)
    for days in set(boxes):
        over |= Q(timebox_days=days, phase_since__date__lte=last_start(days))
    return Q(phase=UseCase.Phase.INITIALISATION) & over


def last_start(days: int) -> date:
    """The latest day from which so many working days have passed."""
    day = clock.today() - timedelta(days=days)
    while working_days(day, clock.today()) < days:
        day -= timedelta(days=1)
    return day


def overdue(user: User) -> Any:
    """Over the time box, a criterion not measured in time, a planned gate missed or a pause that has ended."""
    today = clock.today()
    late = KillCriterion.objects.filter(use_case=OuterRef("pk"), result="pending", deadline__lt=today)
    waiting = Q(phase__in=STAFFED)
    return (
        over_timebox()
        | (waiting & Q(Exists(late)))
        | (waiting & Q(Exists(plans_ahead().filter(planned_on__lt=today))))
        | (waiting & Q(held_until__lt=today))
    )


def stale(user: User) -> Any:
    """Open, and for a month neither moved nor spoken of."""
    since = clock.now() - timedelta(days=STALE_DAYS)
    spoken = Comment.objects.filter(use_case=OuterRef("pk"), created_at__gte=since)
    return Q(phase__in=OPEN, phase_since__lt=since) & ~Q(Exists(spoken))


def mine(user: User) -> Any:
    """Proposed, owned or sponsored by the reader."""
    return Q(submitter=user.pk) | Q(product_owner=user.pk) | Q(sponsor=user.pk)


def my_squads(user: User) -> Any:
    """The reader works in the squad."""
    return Exists(current_squad().filter(user=user.pk))


def provisional(user: User) -> Any:
    """Agreed on too few criteria."""
    return Exists(agreed().filter(coverage__lt=rubric.PROVISIONAL_BELOW))


def of_old_rubric(user: User) -> Any:
    """Agreed by questions that have changed since."""
    newest = RubricVersion.objects.published().order_by("-number").values("number")[:1]
    return Exists(agreed().filter(rubric_version__lt=Subquery(newest)))


def missed(user: User) -> Any:
    """A kill criterion was missed and it goes on all the same."""
    return Q(phase__in=STAFFED) & Q(
        Exists(KillCriterion.objects.filter(use_case=OuterRef("pk"), result="missed"))
    )


DERIVED: dict[str, tuple[Any, Callable[[User], Any]]] = {
    "mine": (_("Mine"), mine),
    "my_squads": (_("My squads"), my_squads),
    "overdue": (_("Overdue"), overdue),
    "over_timebox": (_("Over the time box"), lambda user: over_timebox()),
    "stale": (_("Silent for 30 days"), stale),
    "provisional": (_("Provisional score"), provisional),
    "old_rubric": (_("Scored by an earlier rubric"), of_old_rubric),
    "unscored": (_("Not scored"), lambda user: Q(phase__in=OPEN) & ~Q(Exists(agreed()))),
    "no_lead": (_("No squad lead"), lambda user: Q(phase__in=STAFFED) & ~Q(Exists(current_squad().filter(is_lead=True)))),
    "no_squad": (_("No squad"), lambda user: Q(phase__in=STAFFED) & ~Q(Exists(current_squad()))),
    "no_kill_criteria": (_("No kill criterion"), lambda user: Q(phase__in=STAFFED) & ~Q(Exists(KillCriterion.objects.filter(use_case=OuterRef("pk"))))),
    "kill_missed": (_("Kill criterion missed"), missed),
    "on_hold": (_("On hold"), lambda user: Q(held_until__isnull=False)),
    "dependency_late": (_("Dependency too late"), dependencies.in_conflict),
    "confidential": (_("Confidential"), lambda user: Q(is_confidential=True)),
    "open": (_("Open"), lambda user: Q(phase__in=OPEN)),
    "ended": (_("Ended"), lambda user: ~Q(phase__in=(*OPEN, UseCase.Phase.DRAFT))),
}  # fmt: skip
FIELDS_THAT_MAY_BE_EMPTY: dict[str, tuple[Any, Q]] = {
    "product_owner": (_("Product owner"), Q(product_owner=None)),
    "sponsor": (_("Sponsor"), Q(sponsor=None)),
    "unit": (_("Business line"), Q(unit=None)),
    "process_owner": (_("Process owner"), Q(process_owner=None)),
    "process": (_("Operational process"), Q(process="")),
    "decision_supported": (_("Decision supported"), Q(decision_supported="")),
    "success_metric": (_("Success metric"), Q(success_metric="")),
    "metric_target": (_("Target"), Q(metric_target=None)),
    "end_users": (_("End users"), Q(end_users="")),
    "rough_benefit": (_("Benefit"), Q(rough_benefit=None)),
    "tags": (_("Tags"), Q(tags=[])),
}


def derived(user: User, values: list[str]) -> Q:
    """All of the marks named."""
    found = Q()
    for value in values:
        found &= Q(DERIVED[value][1](user))
    return found


def without(user: User, values: list[str]) -> Q:
    """All of the fields named are empty."""
    found = Q()
    for value in values:
        found &= FIELDS_THAT_MAY_BE_EMPTY[value][1]
    return found


CONDITIONS: dict[str, Condition] = {
    "q": has_text,
    "phase": among("phase"),
    "unit": in_unit,
    "risk_tier": among("risk_tier"),
    "product_owner": people("product_owner"),
    "health": among("health"),
    "is": derived,
    "without": without,
    "sponsor": people("sponsor"),
    "submitter": people("submitter"),
    "process_owner": people("process_owner"),
    "member": squad_holds(""),
    "lead": squad_holds("lead"),
    "ai_kind": among("ai_kind"),
    "make_or_buy": among("make_or_buy"),
    "tag": tagged,
    "priority_min": compared("priority__gte"),
    "priority_max": compared("priority__lte"),
    "value_min": score_at_least("value"),
    "feasibility_min": score_at_least("feasibility"),
    "risk_min": score_at_least("risk"),
    "benefit_min": compared("rough_benefit__gte"),
    "people_min": compared("people_affected__gte"),
    "days_in_phase": days_in_phase,
    "gate_within": gate_due,
    "created_after": compared("created_at__date__gte"),
    "created_before": compared("created_at__date__lte"),
    "external_source": among("external_source"),
}


# One list that grows: filters made before an upper app is ready offer its marks, too.
MARKS = [(name, label) for name, (label, _rule) in DERIVED.items()]


def register_mark(name: str, label: Any, rule: Callable[[User], Any]) -> None:
    """Another mark for “Only”, of an upper app; called from its `ready()`."""
    DERIVED[name] = (label, rule)
    MARKS.append((name, label))


def own_condition(name: str) -> Condition | None:
    """
    What a filter of a custom field means; nothing when the name is none.

    `cf_x` is the value (text: part of it; choice: one of several; person as elsewhere, `none` for nobody),
    `cf_x_min` and `cf_x_max` bound a figure, `cf_x_from` and `cf_x_until` a day.
    """
    for field in custom_values.active():
        if not name.startswith(field.key):
            continue
        if name in (lookups := own_lookups(field)):
            return lookups[name]
    return None


def own_lookups(field: CustomField) -> dict[str, Condition]:
    """The filters of one custom field."""
    path = f"custom__{field.key}"
    match field.kind:
        case CustomField.Kind.NUMBER:
            return {
                f"{field.key}_min": lambda user, values: Q(**{f"{path}__gte": float(values[0])}),
                f"{field.key}_max": lambda user, values: Q(**{f"{path}__lte": float(values[0])}),
            }
        case CustomField.Kind.DATE:
            return {
                f"{field.key}_from": compared(f"{path}__gte"),
                f"{field.key}_until": compared(f"{path}__lte"),
            }
        case CustomField.Kind.CHOICE:
            return {field.key: among(path)}
        case CustomField.Kind.PERSON:
            return {field.key: own_person(path)}
        case _:
            return {field.key: lambda user, values: Q(**{f"{path}__icontains": values[0].strip()})}


def own_person(path: str) -> Condition:
    """A person by key, name or e-mail; `none` means nobody and `me` the reader."""

    def condition(user: User, values: list[str]) -> Q:
        word = values[0].strip()
        if word.lower() == NOBODY:
            return Q(**{f"{path}__isnull": True})
        return Q(**{f"{path}__in": list(named(word, user).values_list("pk", flat=True)[:200])})

    return condition


def in_order(queryset: Any) -> Any:
    """The most promising first, what was never scored last."""
    return queryset.order_by(F("priority").desc(nulls_last=True), "ref")


def with_scores(queryset: Any) -> Any:
    """With the agreed card and the estimate, two queries in all: `use_case.agreed_cards`."""
    cards = ScoreCard.objects.filter(state=ScoreCard.State.AGREED)
    return queryset.select_related("estimate").prefetch_related(
        Prefetch("score_cards", queryset=cards, to_attr="agreed_cards")
    )


def card_of(use_case: Any) -> ScoreCard | None:
    """The agreed card of a use case read by `with_scores`."""
    return next(iter(use_case.agreed_cards), None)


def effort_of(use_case: Any) -> float | None:
    """Person-months to production, where somebody estimated them."""
    estimate: Estimate | None = getattr(use_case, "estimate", None)
    return estimate.effort_months if estimate else None
