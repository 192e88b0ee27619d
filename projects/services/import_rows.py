"""One row of a file of use cases: its cells understood, then proposed or brought up to date."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy, override

from portal.core.models import OrgUnit, User
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects import custom_values
from projects.models import CustomField, UseCase
from projects.services import use_cases
from projects.services.exports_backlog import unharmed

CREATE, UPDATE, UNCHANGED, ERROR = "create", "update", "unchanged", "error"
NUMBERS, FIGURES = ("people_affected", "rough_benefit"), ("metric_baseline", "metric_target")
PEOPLE = ("process_owner", "improvement_owner", "operation_owner", "monitoring_owner")
YES, NO = {"yes", "true", "1", "x", "oui", "vrai"}, {"no", "false", "0", "non", "faux"}
NEEDED = ("external_id", "title", "problem")
LABELS = {"external_id": gettext_lazy("number or key in the source"), "tags": gettext_lazy("tags")}
FIELDS: dict[str, Any] = {
    name: LABELS.get(name) or getattr(UseCase._meta.get_field(name), "verbose_name", name)
    for name in dict.fromkeys((*NEEDED, *use_cases.PROPOSAL, *use_cases.DETAILS))
    if name not in {"external_source", "custom"}
}


def known_fields() -> dict[str, Any]:
    """What a column may be brought into: the fields of every house, then those of this one."""
    return FIELDS | {each.key: each.label for each in custom_values.active()}


@dataclass
class Result:
    """What became, or would become, of one row."""

    row: int
    outcome: str
    ref: str = ""
    key: str = ""
    messages: list[dict[str, str]] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """For the report."""
        return {
            "row": self.row, "outcome": self.outcome, "ref": self.ref, "key": self.key, "messages": self.messages,
        }  # fmt: skip


class Undone(Exception):
    """Raised to roll a trial back."""


class Wrong(Exception):
    """Cells that cannot be understood, by column."""

    def __init__(self, messages: list[dict[str, str]]) -> None:
        super().__init__()
        self.messages = messages


class Reader:
    """Understands rows with one mapping, one source and one person's rights."""

    def __init__(self, *, source: str, mapping: dict[str, str], options: dict[str, Any], by: User) -> None:
        self.source, self.mapping, self.options, self.by = source, mapping, options, by

    @cached_property
    def units(self) -> dict[str, list[OrgUnit]]:
        """Units by name."""
        found: dict[str, list[OrgUnit]] = {}
        for unit in OrgUnit.objects.all():
            found.setdefault(unit.name.casefold(), []).append(unit)
        return found

    @cached_property
    def people(self) -> dict[str, list[User]]:
        """Active people by e-mail and by name."""
        found: dict[str, list[User]] = {}
        for person in User.objects.active().filter(is_service=False):
            for word in {person.email.casefold(), person.display_name.casefold()}:
                found.setdefault(word, []).append(person)
        return found

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Kinds of AI by code and by word, in both languages."""
        found = {}
        for language in ("en", "fr"):
            with override(language):
                for kind in UseCase.Kind:
                    found[kind.value] = found[str(kind.label).casefold()] = kind.value
        return found

    def understand(self, cells: dict[str, str]) -> tuple[dict[str, Any], list[dict[str, str]]]:
        """Values by field and remarks. Raises `Wrong` with every cell that makes no sense."""
        values: dict[str, Any] = {}
        wrong: list[dict[str, str]] = []
        remarks: list[dict[str, str]] = []
        for name, column in self.mapping.items():
            text = unharmed(cells.get(column, "").strip())
            if not text:
                continue
            try:
                values[name] = self.value(name, text)
            except ValueError as problem:
                note = {"column": column, "text": str(problem)}
                if name in PEOPLE and self.options.get("skip_unknown_people"):
                    remarks.append(note)
                else:
                    wrong.append(note)
        if wrong:
            raise Wrong(wrong)
        if own := {name: values.pop(name) for name in list(values) if name in self.own}:
            values["custom"] = own
        return values, remarks

    @cached_property
    def own(self) -> dict[str, CustomField]:
        """Fields of the house by key."""
        return {each.key: each for each in custom_values.active()}

    def own_value(self, name: str, text: str) -> Any:
        """A cell of a field of the house; people are found among those read already."""
        field = self.own[name]
        if field.kind == CustomField.Kind.PERSON:
            return self.person(text).pk
        try:
            return custom_values.understood(field, text)
        except ValidationError as problem:
            raise ValueError(problem.messages[0]) from None

    def value(self, name: str, text: str) -> Any:
        """One cell. Raises `ValueError` in words."""
        if name in self.own:
            return self.own_value(name, text)
        if name in NUMBERS:
            return whole(text)
        if name in FIGURES:
            return number(text)
        if name in PEOPLE:
            return self.person(text)
        own = {"unit": self.unit, "ai_kind": self.kind, "is_confidential": truth, "tags": tag_list}
        return own[name](text) if name in own else text

    def kind(self, text: str) -> str:
        """By code or word."""
        if found := self.kinds.get(text.casefold()):
            return found
        raise ValueError(_("“%(text)s” is not a kind of AI we know.") % {"text": text[:60]})

    def person(self, text: str) -> User:
        """By e-mail, or by a name that only one bears."""
        found = self.people.get(text.casefold(), [])
        if len(found) == 1:
            return found[0]
        words = (
            _("Nobody here is called “%(text)s”.")
            if not found
            else _("Several people are called “%(text)s”: write the e-mail address.")
        )
        raise ValueError(words % {"text": text[:80]})

    def unit(self, text: str) -> OrgUnit:
        """By a name that only one bears."""
        found = self.units.get(text.casefold(), [])
        if len(found) == 1:
            return found[0]
        words = (
            _("There is no business line “%(text)s”.")
            if not found
            else _("There are several units “%(text)s”.")
        )
        raise ValueError(words % {"text": text[:80]})

    def take(self, number: int, cells: dict[str, str], *, keep: bool) -> Result:
        """One row, whole or not at all; nothing stays when it is only tried."""
        key = cells.get(self.mapping["external_id"], "").strip()
        try:
            values, remarks = self.understand(cells)
            with transaction.atomic():
                result = self.upsert(number, key, values)
                result.messages += remarks
                if not keep:
                    raise Undone
        except Undone:
            if result.outcome == CREATE:
                result.ref = ""  # the number it would bear is not given yet
            return result
        except Wrong as wrong:
            return Result(number, ERROR, key=key, messages=wrong.messages)
        except ValidationError as problem:
            return Result(number, ERROR, key=key, messages=self.named(problem))
        except Refused as refused:
            text = f"{refused.verdict.reason} {refused.verdict.remedy}".strip()
            return Result(number, ERROR, key=key, messages=[{"column": "", "text": text}])
        except IllegalMove as illegal:
            return Result(number, ERROR, key=key, messages=[{"column": "", "text": str(illegal)}])
        return result

    def named(self, problem: ValidationError) -> list[dict[str, str]]:
        """Problems of a service by their column."""
        found = getattr(problem, "message_dict", None) or {"": problem.messages}
        return [
            {"column": self.mapping.get(name, ""), "text": str(text)}
            for name, texts in found.items()
            for text in texts
        ]

    def upsert(self, number: int, key: str, values: dict[str, Any]) -> Result:
        """Propose what is new; change what differs; leave alone what is the same."""
        if not key:
            raise ValidationError({"external_id": _("Without its number a row cannot be found again.")})
        values = {name: value for name, value in values.items() if name != "external_id"}
        taken = UseCase.objects.filter(external_source=self.source, external_id=key)
        use_case = taken.select_related("product_owner").first()
        if use_case is None:
            return self.propose(number, key, values)
        if not UseCase.objects.visible_to(self.by).filter(pk=use_case.pk).exists():
            raise ValidationError({"external_id": _("This number belongs to a draft of somebody else.")})
        differing = {name: value for name, value in values.items() if differs(use_case, name, value)}
        if differing:
            use_cases.update(use_case, **differing, by=self.by)
        return Result(number, UPDATE if differing else UNCHANGED, use_case.ref, key)

    def propose(self, number: int, key: str, values: dict[str, Any]) -> Result:
        """A new one."""
        for name in ("title", "problem"):
            if not values.get(name):
                raise ValidationError({name: _("A new use case needs this cell.")})
        made = use_cases.propose(
            **values,
            external_source=self.source,
            external_id=key,
            submit=bool(self.options.get("submit", True)),
            by=self.by,
        )
        return Result(number, CREATE, made.ref, key)


def differs(use_case: UseCase, name: str, value: Any) -> bool:
    """Whether a row brings something else than what is there; of the own fields only those it names count."""
    if name == "custom":
        return any(use_case.custom.get(key) != each for key, each in value.items())
    return bool(getattr(use_case, name) != value)


def tag_list(text: str) -> list[str]:
    """Words between commas or semicolons."""
    return [tag.strip()[:40] for tag in text.replace(";", ",").split(",") if tag.strip()][:20]


def whole(text: str) -> int:
    """A whole number; blanks between thousands are fine."""
    plain = "".join(text.split()).replace("\u202f", "").replace("€", "")
    plain = plain.removesuffix(".0")
    if plain.isdecimal() and len(plain) <= 10 and int(plain) <= 2_000_000_000:
        return int(plain)
    raise ValueError(_("“%(text)s” is not a whole number from 0 to 2,000,000,000.") % {"text": text[:60]})


def number(text: str) -> float:
    """A figure with a point or a comma."""
    try:
        found = float("".join(text.split()).replace(",", "."))
    except ValueError:
        found = float("nan")
    if not abs(found) < 1e15:
        raise ValueError(_("“%(text)s” is not a number.") % {"text": text[:60]})
    return found


def truth(text: str) -> bool:
    """Yes or no."""
    word = text.casefold()
    if word in YES | NO:
        return word in YES
    raise ValueError(_("“%(text)s” is neither yes nor no.") % {"text": text[:60]})
