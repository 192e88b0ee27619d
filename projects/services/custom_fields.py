"""Deciding which fields a use case has."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.states import IllegalMove
from portal.core.verdicts import require
from projects import custom_values, rules
from projects.models import CustomField

MOST, MOST_OPTIONS, LONGEST_OPTION = 40, 50, 80


@transaction.atomic
def define(
    *,
    label: str,
    kind: str,
    by: User,
    help_text: str = "",
    options: Sequence[str] = (),
    required_from: str = "",
) -> CustomField:
    """Add a field to every use case; its key is made of the label. Raises `ValidationError` naming each wrong part."""
    require(rules.custom_fields.may_define(by))
    if CustomField.objects.active().count() >= MOST:
        raise ValidationError({"label": _("%(most)s fields are enough: retire one first.") % {"most": MOST}})
    field = CustomField(
        key=free_key(label), label=label.strip(), help_text=help_text.strip(), kind=kind, options=tidy(options),
        required_from=required_from, position=CustomField.objects.count(), created_by=by,
    )  # fmt: skip
    check(field)
    try:
        with transaction.atomic():
            field.save(force_insert=True)
    except IntegrityError:
        raise IllegalMove(_("Somebody has just defined a field of this name.")) from None
    audit.record("custom_field.defined", field, by=by, **facts(field))
    return field


def free_key(label: str) -> str:
    """A short name that no field has had, not even a retired one."""
    word = slugify(label).replace("-", "_").strip("_")[:28] or "field"
    while "__" in word:
        word = word.replace("__", "_")
    taken = set(CustomField.objects.values_list("key", flat=True))
    names = [f"{custom_values.PREFIX}{word}", *(f"{custom_values.PREFIX}{word}_{n}" for n in range(2, 1000))]
    return next(name for name in names if name not in taken)


def tidy(options: Sequence[str]) -> list[str]:
    """Each once, in order, without blanks around it."""
    found: dict[str, str] = {}
    for each in options:
        if word := str(each).strip():
            found.setdefault(word.casefold(), word)
    return list(found.values())


def check(field: CustomField) -> None:
    """The model's own checks; a choice has options, nothing else has any; no two active fields share a label."""
    problems: dict[str, Any] = {}
    try:
        field.full_clean(exclude=["created_by"])
    except ValidationError as problem:
        problems |= problem.message_dict
    if field.kind == CustomField.Kind.CHOICE and not 2 <= len(field.options) <= MOST_OPTIONS:
        problems["options"] = _("Write 2 to %(most)s options, one a line.") % {"most": MOST_OPTIONS}
    if field.kind != CustomField.Kind.CHOICE and field.options:
        problems["options"] = _("Only a choice has options.")
    if any(len(each) > LONGEST_OPTION for each in field.options):
        problems["options"] = _("An option has at most %(most)s characters.") % {"most": LONGEST_OPTION}
    same = CustomField.objects.active().filter(label__iexact=field.label).exclude(pk=field.pk)
    if same.exists():
        problems["label"] = _("There is a field of this name already.")
    if problems:
        raise ValidationError(problems)


@transaction.atomic
def change(field: CustomField, *, by: User, **changes: Any) -> CustomField:
    """
    Change label, help, options, phase or position; key and kind stay, or values would mean something else.

    An option that is dropped stays readable where it was chosen.
    """
    require(rules.custom_fields.may_change(by, field))
    allowed = ("label", "help_text", "options", "required_from", "position")
    if unknown := sorted(set(changes) - set(allowed)):
        raise ValidationError({name: _("This is not changed here.") for name in unknown})
    if "options" in changes:
        changes["options"] = tidy(changes["options"])
    before = facts(field)
    for name, value in changes.items():
        setattr(field, name, value.strip() if isinstance(value, str) else value)
    try:
        check(field)
    except ValidationError:
        field.refresh_from_db()
        raise
    field.save(update_fields=sorted(changes))
    audit.record("custom_field.changed", field, by=by, before=before, after=facts(field))
    return field


@transaction.atomic
def retire(field: CustomField, *, by: User) -> CustomField:
    """Ask for it no more: it leaves forms, filters and columns; what was written is kept."""
    require(rules.custom_fields.may_change(by, field))
    field.retired_at = clock.now()
    field.save(update_fields=["retired_at"])
    audit.record("custom_field.retired", field, by=by, key=field.key)
    return field


@transaction.atomic
def restore(field: CustomField, *, by: User) -> CustomField:
    """Ask for it again, with the values it had."""
    require(rules.custom_fields.may_restore(by, field))
    field.retired_at = None
    check(field)
    field.save(update_fields=["retired_at"])
    audit.record("custom_field.restored", field, by=by, key=field.key)
    return field


def facts(field: CustomField) -> dict[str, Any]:
    """What the trail keeps."""
    names = ("key", "label", "help_text", "kind", "options", "required_from", "position")
    return {name: getattr(field, name) for name in names}
