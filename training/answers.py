"""The shape of an answer: read from a form, checked against the question, complete or not."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from training.models import Question
from training.scoring import is_permutation
from training.wording import say

Kind = Question.Kind
Content = Mapping[str, Any]
LARGEST = Decimal("1e15")
LONGEST = 200


def keys(content: Content, name: str) -> set[str]:
    """The keys of the options, items, targets, gaps or values of a question."""
    return {each["key"] for each in content.get(name, [])}


def number(text: Any) -> str:
    """A decimal as text; a comma is read as a point. Raises `ValidationError` for anything else."""
    cleaned = (
        str(text)[:60].strip().replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace(",", ".")
    )
    try:
        value = Decimal(cleaned)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) > LARGEST or isinstance(text, bool):
        raise ValidationError(_("Write a number such as 0.4 or 12."), code="not_a_number")
    return format(value, "f")


def from_form(question: Question, post: Any) -> dict[str, Any]:
    """What the learner put into the form, as a response; empty when nothing was."""
    return read(question.kind, question.content, post, "")


def read(kind: str, content: Content, post: Any, prefix: str) -> dict[str, Any]:
    """The fields of one question; those of an item of a case begin with the item's key."""
    match kind:
        case Kind.SINGLE:
            return given({"choice": post.get(f"{prefix}choice", "")})
        case Kind.MULTIPLE:
            return given({"choices": post.getlist(f"{prefix}choices")})
        case Kind.TABLE:
            return given({"cells": post.getlist(f"{prefix}cells")})
        case Kind.NUMERIC:
            return given({"number": post.get(f"{prefix}number", "").strip()})
        case Kind.TEXT:
            return given({"text": post.get(f"{prefix}text", "").strip()})
        case Kind.CASE:
            items = {
                each["key"]: read(each["kind"], each["content"], post, f"{each['key']}_")
                for each in content["items"]
            }
            return given({"items": given(items)})
        case Kind.REASONED:
            return reasoned_from(post, prefix)
    field, parts, start = FIELDS[kind]
    return given({field: filled(post, f"{prefix}{start}_", keys(content, parts))})


def given(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that carry something."""
    return {name: value for name, value in fields.items() if value}


def filled(post: Any, prefix: str, names: set[str]) -> dict[str, str]:
    """One entry for each part that was filled in."""
    return given({name: post.get(prefix + name, "").strip() for name in sorted(names)})


def reasoned_from(post: Any, prefix: str) -> dict[str, Any]:
    """Value and reason, as far as given."""
    found: dict[str, Any] = given({"reason": post.get(f"{prefix}reason", "")})
    if post.get(f"{prefix}value") in {"true", "false"}:
        found["value"] = post[f"{prefix}value"] == "true"
    return found


def checked(question: Question, response: Any) -> dict[str, Any]:
    """
    The response in its exact shape. Raises `ValidationError` saying what to mend.

    A partial answer is fine, an empty one takes the answer back; an unknown option is not.
    """
    return fitted(question.kind, question.content, response)


def fitted(kind: str, content: Content, response: Any) -> dict[str, Any]:
    """The response to a question of this kind with this content."""
    example, check = EXAMPLES[kind], CHECKS[kind]
    if not isinstance(response, dict):
        raise ValidationError(_("An answer is an object such as %(example)s.") % {"example": example})
    unknown = sorted(set(map(str, response)) - SHAPES[kind])
    if unknown:
        raise ValidationError(
            _("“%(name)s” does not belong to this kind of question; send %(example)s.")
            % {"name": unknown[0][:40], "example": example},
            code="unknown_field",
        )
    return check(content, response) if response else {}


def known(value: Any, options: set[str]) -> str:
    """An option that exists."""
    if not isinstance(value, str) or value not in options:
        raise ValidationError(_("Choose one of the answers offered."), code="unknown_option")
    return value


def several(value: Any, options: set[str]) -> list[str]:
    """Some options, each once."""
    if not isinstance(value, list):
        raise ValidationError(_("Send a list of the answers chosen."), code="not_a_list")
    return sorted({known(each, options) for each in value})


def words(value: Any) -> str:
    """A short text on one line."""
    if not isinstance(value, str) or len(value) > LONGEST or any(ord(each) < 32 for each in value):
        raise ValidationError(
            _("Write a text on one line, of %(most)s characters at most.") % {"most": LONGEST},
            code="not_a_text",
        )
    return value.strip()


def check_single(content: Content, response: dict[str, Any]) -> dict[str, Any]:
    """One option of the question."""
    return {"choice": known(response.get("choice"), keys(content, "options"))}


def check_multiple(content: Content, response: dict[str, Any]) -> dict[str, Any]:
    """Some options."""
    return given({"choices": several(response.get("choices"), keys(content, "options"))})


def check_cells(content: Content, response: dict[str, Any]) -> dict[str, Any]:
    """Some cells of the table."""
    cells = {cell["key"] for row in content["rows"] for cell in row["cells"] if cell.get("key")}
    return given({"cells": several(response.get("cells"), cells)})


def check_numeric(_content: Content, response: dict[str, Any]) -> dict[str, Any]:
    """A decimal number."""
    return {"number": number(response.get("number"))}


def check_text(_content: Content, response: dict[str, Any]) -> dict[str, Any]:
    """A short text."""
    return given({"text": words(response.get("text"))})


def check_ordering(content: Content, response: dict[str, Any]) -> dict[str, Any]:
    """A place for some or all items."""
    items = keys(content, "items")
    places = {}
    for item, place in pairs_of(response.get("places")):
        text = str(place)
        if not text.isascii() or not text.isdigit() or len(text) > 3 or not 1 <= int(text) <= len(items):
            raise ValidationError(
                _("A place is a whole number from 1 to %(last)s.") % {"last": len(items)}, code="bad_place"
            )
        places[known(item, items)] = int(text)
    return given({"places": places})


def check_matching(content: Content, response: dict[str, Any]) -> dict[str, Any]:
    """A target for some or all items."""
    items, targets = keys(content, "items"), keys(content, "targets")
    pairs = {known(item, items): known(target, targets) for item, target in pairs_of(response.get("pairs"))}
    return given({"pairs": pairs})


def check_reasoned(content: Content, response: dict[str, Any]) -> dict[str, Any]:
    """True or false and, as far as given, the reason."""
    found: dict[str, Any] = {}
    if "value" in response:
        if not isinstance(response["value"], bool):
            raise ValidationError(_("Answer true or false."), code="not_a_boolean")
        found["value"] = response["value"]
    if "reason" in response:
        found["reason"] = known(response["reason"], keys(content, "options"))
    return found


def check_gaps(content: Content, response: dict[str, Any]) -> dict[str, Any]:
    """Some or all gaps: an option, a number or a text each."""
    gaps = {each["key"]: each for each in content["gaps"]}
    found = {}
    for name, value in pairs_of(response.get("gaps")):
        gap = gaps[known(name, set(gaps))]
        if "options" in gap:
            found[name] = known(value, keys(gap, "options"))
        else:
            found[name] = number(value) if gap.get("is_number") else words(value)
    return given({"gaps": given(found)})


def check_case(content: Content, response: dict[str, Any]) -> dict[str, Any]:
    """Answers to some or all items of the case."""
    items = {each["key"]: each for each in content["items"]}
    found = {}
    for name, inner in pairs_of(response.get("items")):
        item = items[known(name, set(items))]
        place = list(items).index(name) + 1
        try:
            found[name] = fitted(item["kind"], item["content"], inner)
        except ValidationError as problem:
            told = {"place": place, "problem": " ".join(problem.messages)}
            raise ValidationError(_("Part %(place)s: %(problem)s") % told, code=problem.code) from None
    return given({"items": given(found)})


def check_data(content: Content, response: dict[str, Any]) -> dict[str, Any]:
    """Some or all of the numbers asked for; the message names the one that is none."""
    labels = {each["key"]: each["text"] for each in content["values"]}
    found = {}
    for name, value in pairs_of(response.get("values")):
        known(name, set(labels))
        try:
            found[name] = number(value)
        except ValidationError as problem:
            told = {"name": say(labels[name]), "problem": " ".join(problem.messages)}
            raise ValidationError(_("%(name)s: %(problem)s") % told, code="not_a_number") from None
    return given({"values": found})


def pairs_of(value: Any) -> list[tuple[Any, Any]]:
    """The entries of an object."""
    if not isinstance(value, dict):
        raise ValidationError(_("Send one entry for each item."), code="not_an_object")
    return list(value.items())


def is_complete(question: Question, response: Content) -> bool:
    """Whether nothing of the answer is still open."""
    return is_whole(question.kind, question.content, response)


def is_whole(kind: str, content: Content, response: Content) -> bool:
    """Whether every part of a question of this kind is answered."""
    if not response:
        return False
    match kind:
        case Kind.ORDERING:
            return is_permutation(response.get("places", {}), [each["key"] for each in content["items"]])
        case Kind.REASONED:
            return {"value", "reason"} <= set(response)
        case Kind.CASE:
            answered = response.get("items", {})
            return all(
                is_whole(each["kind"], each["content"], answered.get(each["key"], {}))
                for each in content["items"]
            )
    if kind in FIELDS:
        field, parts, _start = FIELDS[kind]
        return set(response.get(field, {})) == keys(content, parts)
    return True


# Kinds answered part by part: the field of the response, the parts of the content, the name in a form.
FIELDS: dict[str, tuple[str, str, str]] = {
    Kind.ORDERING: ("places", "items", "place"),
    Kind.MATCHING: ("pairs", "items", "pair"),
    Kind.GAPS: ("gaps", "gaps", "gap"),
    Kind.DATA: ("values", "values", "datum"),
}
SHAPES: dict[str, set[str]] = {
    Kind.SINGLE: {"choice"},
    Kind.MULTIPLE: {"choices"},
    Kind.NUMERIC: {"number"},
    Kind.ORDERING: {"places"},
    Kind.MATCHING: {"pairs"},
    Kind.REASONED: {"value", "reason"},
    Kind.TEXT: {"text"},
    Kind.GAPS: {"gaps"},
    Kind.TABLE: {"cells"},
    Kind.CASE: {"items"},
    Kind.DATA: {"values"},
}
EXAMPLES: dict[str, str] = {
    Kind.SINGLE: '{"choice": "a"}',
    Kind.MULTIPLE: '{"choices": ["a", "b"]}',
    Kind.NUMERIC: '{"number": "0.4"}',
    Kind.ORDERING: '{"places": {"a": 1, "b": 2}}',
    Kind.MATCHING: '{"pairs": {"a": "x"}}',
    Kind.REASONED: '{"value": true, "reason": "a"}',
    Kind.TEXT: '{"text": "leakage"}',
    Kind.GAPS: '{"gaps": {"a": "x"}}',
    Kind.TABLE: '{"cells": ["a", "b"]}',
    Kind.CASE: '{"items": {"a": {"choice": "x"}}}',
    Kind.DATA: '{"values": {"a": "0.4"}}',
}
CHECKS: dict[str, Callable[[Content, dict[str, Any]], dict[str, Any]]] = {
    Kind.SINGLE: check_single,
    Kind.MULTIPLE: check_multiple,
    Kind.NUMERIC: check_numeric,
    Kind.ORDERING: check_ordering,
    Kind.MATCHING: check_matching,
    Kind.REASONED: check_reasoned,
    Kind.TEXT: check_text,
    Kind.GAPS: check_gaps,
    Kind.TABLE: check_cells,
    Kind.CASE: check_case,
    Kind.DATA: check_data,
}
