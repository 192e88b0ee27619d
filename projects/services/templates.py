"""Templates: keeping them, beginning with one, beginning from a finished use case."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.states import IllegalMove
from portal.core.verdicts import require
from projects import rules, standards
from projects.models import KillCriterion, SquadRole, UseCase, UseCaseTemplate
from projects.services import kill_criteria, use_cases

DETAILS = (
    "decides_today", "data_hint", "decision_supported", "action_taken", "process", "end_users", "success_metric",
    "metric_unit", "ai_kind",
)  # fmt: skip
CONTENT = ("name", "summary", "details", "criteria", "roles", "standards")
MOST_CRITERIA = 5


@transaction.atomic
def create(*, name: str, by: User, **content: Any) -> UseCaseTemplate:
    """Write a template. `content` takes the rest of `CONTENT`; raises `ValidationError` naming each wrong part."""
    require(rules.templates.may_manage(by))
    return keep(
        UseCaseTemplate(name=name.strip(), made_by=by, standards=list(standards.HOUSE)), content, by=by
    )


def keep(template: UseCaseTemplate, content: dict[str, Any], *, by: User) -> UseCaseTemplate:
    """Check and save a new template."""
    fill(template, content)
    try:
        with transaction.atomic():
            template.save(force_insert=True)
    except IntegrityError:
        raise ValidationError({"name": _("There is a template of this name already.")}) from None
    audit.record("template.created", template, by=by, name=template.name)
    return template


def fill(template: UseCaseTemplate, content: dict[str, Any]) -> None:
    """Set and check the parts that are given."""
    if unknown := sorted(set(content) - set(CONTENT)):
        raise ValidationError({name: _("This is not changed here.") for name in unknown})
    for name, value in content.items():
        setattr(template, name, value.strip() if isinstance(value, str) else value)
    problems = {
        name: wrong
        for name in CONTENT
        if (wrong := CHECKS.get(name, lambda value: "")(getattr(template, name)))
    }
    if problems:
        raise ValidationError(problems)
    template.full_clean(exclude=["made_by", "made_from", *CHECKS], validate_unique=False)


def wrong_details(details: Any) -> str:
    """Known fields with words that fit."""
    if not isinstance(details, dict) or set(details) - set(DETAILS):
        return _("A template holds only these fields: %(names)s.") % {"names": ", ".join(DETAILS)}
    if any(not isinstance(text, str) or len(text) > 2000 for text in details.values()):
        return _("At most %(longest)s characters, please.") % {"longest": 2000}
    if details.get("ai_kind") and details["ai_kind"] not in UseCase.Kind.values:
        return _("This kind of AI is not known.")
    too_long = [
        name
        for name, text in details.items()
        if (most := getattr(UseCase._meta.get_field(name), "max_length", None)) and len(text) > most
    ]
    return _("Too long: %(names)s.") % {"names": ", ".join(too_long)} if too_long else ""


def wrong_criteria(criteria: Any) -> str:
    """Up to five criteria that can be written as they stand."""
    if not isinstance(criteria, list) or len(criteria) > MOST_CRITERIA:
        return _("Give at most five kill criteria.")
    for place, row in enumerate(criteria, start=1):
        if not is_criterion(row):
            return _(
                "Kill criterion %(place)s needs a statement, a metric, a comparator, a threshold and days (1 to 365)."
            ) % {"place": place}
    return ""


def is_criterion(row: Any) -> bool:
    """Whether one row has all it needs."""
    if not isinstance(row, dict) or set(row) != {"statement", "metric", "comparator", "threshold", "in_days"}:
        return False
    has_words = all(
        isinstance(row[name], str) and 0 < len(row[name].strip()) <= most
        for name, most in (("statement", 300), ("metric", 120))
    )
    has_figures = isinstance(row["threshold"], int | float) and isinstance(row["in_days"], int)
    return (
        has_words
        and has_figures
        and row["comparator"] in KillCriterion.Comparator.values
        and 1 <= row["in_days"] <= 365
    )


def wrong_roles(roles: Any) -> str:
    """Known squad roles."""
    known = isinstance(roles, list) and all(role in SquadRole.values for role in roles)
    return "" if known else _("One of the roles is not known.")


def wrong_standards(codes: Any) -> str:
    """Known standards."""
    known = isinstance(codes, list) and all(code in standards.BY_CODE for code in codes)
    return "" if known else _("One of the standards is not known.")


CHECKS: dict[str, Any] = {
    "details": wrong_details,
    "criteria": wrong_criteria,
    "roles": wrong_roles,
    "standards": wrong_standards,
}


@transaction.atomic
def change(template: UseCaseTemplate, *, by: User, **content: Any) -> UseCaseTemplate:
    """Rewrite parts of a template; use cases that began with it keep their words and follow its standards."""
    require(rules.templates.may_manage(by))
    before = {name: getattr(template, name) for name in content if name in CONTENT}
    fill(template, content)
    try:
        with transaction.atomic():
            template.save(update_fields=sorted(content) or None)
    except IntegrityError:
        raise ValidationError({"name": _("There is a template of this name already.")}) from None
    audit.record("template.changed", template, by=by, before=before, after=content)
    return template


@transaction.atomic
def retire(template: UseCaseTemplate, *, by: User) -> UseCaseTemplate:
    """Offer it no longer."""
    require(rules.templates.may_manage(by))
    UseCaseTemplate.LIFE.move(template, "retire")
    audit.record("template.retired", template, by=by)
    return template


@transaction.atomic
def offer(template: UseCaseTemplate, *, by: User) -> UseCaseTemplate:
    """Offer it again."""
    require(rules.templates.may_manage(by))
    UseCaseTemplate.LIFE.move(template, "offer")
    audit.record("template.offered", template, by=by)
    return template


@transaction.atomic
def make_from(use_case: UseCase, *, name: str, by: User, summary: str = "") -> UseCaseTemplate:
    """Make a template of a finished use case: its words, criteria and roles, without its people and figures."""
    require(rules.templates.may_make_from(by, use_case))
    criteria = [
        {
            "statement": each.statement,
            "metric": each.metric,
            "comparator": each.comparator,
            "threshold": each.threshold,
            "in_days": 20,
        }
        for each in use_case.kill_criteria.all()
    ]
    content = {
        "summary": summary,
        "details": {field: text for field in DETAILS if (text := getattr(use_case, field))},
        "criteria": criteria[:MOST_CRITERIA],
        "roles": sorted(set(use_case.members.values_list("role", flat=True)) - {SquadRole.PRODUCT_OWNER}),
        "standards": list(standards.BY_CODE),
    }
    return keep(UseCaseTemplate(name=name.strip(), made_by=by, made_from=use_case), content, by=by)


@transaction.atomic
def begin(template: UseCaseTemplate, *, title: str, problem: str, by: User) -> UseCase:
    """Begin a draft with a template's words; the author goes on from there."""
    require(rules.templates.may_begin(by, template))
    made = use_cases.propose(title=title, problem=problem, submit=False, by=by, **template.details)
    made.template = template
    made.save(update_fields=["template"])
    audit.record("use_case.begun_from_template", made, by=by, template=template.pk)
    return made


@transaction.atomic
def copy(use_case: UseCase, *, title: str, problem: str, by: User) -> UseCase:
    """Begin a draft with the words of another use case; a copy of a confidential one is confidential."""
    require(rules.templates.may_copy(by, use_case))
    if not UseCase.objects.visible_to(by).filter(pk=use_case.pk).exists():
        raise IllegalMove(_("This use case does not exist."))
    given = {field: text for field in DETAILS if (text := getattr(use_case, field))}
    made = use_cases.propose(
        title=title,
        problem=problem,
        submit=False,
        is_confidential=use_case.is_confidential,
        tags=list(use_case.tags),
        by=by,
        **given,
    )
    made.copied_from, made.template = use_case, use_case.template
    made.save(update_fields=["copied_from", "template"])
    audit.record("use_case.copied", made, by=by, source=use_case.pk)
    return made


@transaction.atomic
def apply_criteria(use_case: UseCase, *, by: User) -> list[KillCriterion]:
    """Write the template's kill criteria that are not there yet, each due its number of days from today."""
    require(rules.templates.may_apply_criteria(by, use_case))
    assert use_case.template is not None  # the rule has asked
    there = set(use_case.kill_criteria.values_list("statement", flat=True))
    room = rules.kill_criteria.MOST - len(there)
    wanted = [row for row in use_case.template.criteria if row["statement"] not in there]
    made = [
        kill_criteria.add(
            use_case,
            statement=row["statement"],
            metric=row["metric"],
            comparator=row["comparator"],
            threshold=row["threshold"],
            deadline=clock.today() + timedelta(days=row["in_days"]),
            by=by,
        )
        for row in wanted[: max(room, 0)]
    ]
    audit.record("template.criteria_applied", use_case, by=by, template=use_case.template_id, count=len(made))
    return made
