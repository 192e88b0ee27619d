"""Values of custom fields: understood from what people, files and programs send, and shown again."""

import math
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from portal.core.models import User
from projects.models import CustomField, UseCase

Kind = CustomField.Kind
PREFIX = "cf_"
LONGEST = 2000
LARGEST = 1e15
ORDER = [
    UseCase.Phase.BACKLOG,
    UseCase.Phase.INITIALISATION,
    UseCase.Phase.DEVELOPMENT,
    UseCase.Phase.PRODUCTION,
]


def active() -> list[CustomField]:
    """The fields asked for now, in order; one query."""
    return list(CustomField.objects.active())


def understood(field: CustomField, given: Any) -> Any:
    """
    One value as it is kept: text, number, option, ISO day or key of a person; None for nothing.

    Raises `ValidationError` with the words for a person.
    """
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    return READ[Kind(field.kind)](field, given)


def as_text(field: CustomField, given: Any) -> str:
    """Words."""
    if not isinstance(given, str):
        raise ValidationError(_("Write text."))
    if len(given.strip()) > LONGEST:
        raise ValidationError(_("At most %(longest)s characters, please.") % {"longest": LONGEST})
    return given.strip()


def as_number(field: CustomField, given: Any) -> float:
    """A figure, with a point or a comma; blanks between thousands are fine."""
    try:
        found = float("".join(given.split()).replace(",", ".") if isinstance(given, str) else given)
    except (TypeError, ValueError):
        found = math.nan
    if isinstance(given, bool) or not abs(found) < LARGEST:
        raise ValidationError(_("“%(text)s” is not a number.") % {"text": str(given)[:60]})
    return int(found) if found.is_integer() else found


def as_choice(field: CustomField, given: Any) -> str:
    """One of the options, however its letters are cased."""
    word = str(given).strip().casefold()
    for option in field.options:
        if option.casefold() == word:
            return str(option)
    raise ValidationError(_("Choose one of: %(options)s.") % {"options": ", ".join(field.options)[:300]})


def as_day(field: CustomField, given: Any) -> str:
    """A day, as 2026-03-31."""
    try:
        found = given if isinstance(given, date) else parse_date(str(given).strip()[:10])
    except ValueError:
        found = None
    if found is None:
        raise ValidationError(_("Write the day as 2026-03-31."))
    return found.isoformat()[:10]


def as_person(field: CustomField, given: Any) -> int:
    """Somebody who works here, by key, e-mail or a name that only one bears."""
    people = User.objects.active().filter(is_service=False)
    if isinstance(given, User):
        found = list(people.filter(pk=given.pk))
    elif str(given).strip().isdecimal() and len(str(given)) < 10:
        found = list(people.filter(pk=int(given)))
    else:
        word = str(given).strip()
        found = list(people.filter(email__iexact=word)) or list(people.filter(display_name__iexact=word)[:2])
    if len(found) != 1:
        words = (
            _("Several people are called “%(text)s”: write the e-mail address.")
            if found
            else _("Nobody here is called “%(text)s”.")
        )
        raise ValidationError(words % {"text": str(given)[:80]})
    return int(found[0].pk)


READ = {
    Kind.TEXT: as_text, Kind.NUMBER: as_number, Kind.CHOICE: as_choice, Kind.DATE: as_day, Kind.PERSON: as_person,
}  # fmt: skip


def merged(use_case: UseCase, given: Mapping[str, Any]) -> dict[str, Any]:
    """
    All values of a use case once `given` is taken: key to raw value, an empty one takes the value away.

    Fields that are not named, and retired ones, keep what they have; what was written before an option was
    dropped or a person left may stay as it is. Raises `ValidationError` naming each wrong field by its key.
    """
    fields = {each.key: each for each in active()}
    kept, problems = dict(use_case.custom), {}
    for key, raw in given.items():
        if key not in fields:
            problems[key] = _("This field is not known here, or is retired.")
            continue
        if key in kept and raw == kept[key]:
            continue
        try:
            value = understood(fields[key], raw)
        except ValidationError as problem:
            problems[key] = problem.messages[0]
            continue
        if value is None:
            kept.pop(key, None)
        else:
            kept[key] = value
    emptied = [each for each in fields.values() if each.key in given and each.key not in kept]
    problems |= {
        each.key: _("This is needed from “%(phase)s” on.") % {"phase": each.get_required_from_display()}
        for each in emptied
        if each.key not in problems and is_required(each, use_case.phase)
    }
    if problems:
        raise ValidationError(problems)
    return kept


def is_required(field: CustomField, phase: str) -> bool:
    """Whether a use case in this phase must have it."""
    return (
        bool(field.required_from)
        and phase in ORDER
        and ORDER.index(phase) >= ORDER.index(field.required_from)
    )  # type: ignore[arg-type]


def missing(use_case: UseCase, phase: str) -> list[CustomField]:
    """What must be filled before it enters a phase."""
    return [each for each in active() if is_required(each, phase) and each.key not in use_case.custom]


def people_named(use_cases: Iterable[UseCase], fields: Iterable[CustomField]) -> dict[int, str]:
    """Names of the people in these values, in one query."""
    keys = [each.key for each in fields if each.kind == Kind.PERSON]
    named = {row.custom[key] for row in use_cases for key in keys if key in row.custom}
    if not named:
        return {}
    return {person.pk: str(person) for person in User.objects.filter(pk__in=named)}


def shown(field: CustomField, value: Any, people: Mapping[int, str]) -> str:
    """A value as it is read; nothing for none."""
    if value is None:
        return ""
    if field.kind == Kind.PERSON:
        return people.get(value, "?")
    if field.kind == Kind.DATE:
        day = parse_date(str(value))
        return formats.date_format(day, "j M Y") if day else str(value)
    if field.kind == Kind.NUMBER:
        return str(formats.number_format(value, use_l10n=True, force_grouping=True))
    return str(value)
