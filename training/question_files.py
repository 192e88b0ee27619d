"""A question as an author writes it, turned into what is shown and the key, apart from each other."""

import ast
import hashlib
import json
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from training import patterns, scoring

LANGUAGES = ("en", "fr")
PART_KEYS = {"key", "right", "target", "share", "why", "en", "fr"}
MOST_VARIANTS, FEWEST_ITEMS, MOST_ITEMS = 20, 2, 6
BEFORE_MARK = re.compile(r" (?=[;:?!»%€])|(?<=«) |(?<=\d) (?=\d{3}(?!\d))")
GAP = re.compile(r"\[\[(\w+)\]\]")
Entry = dict[str, Any]
Built = tuple[dict[str, Any], dict[str, Any]]


@dataclass(frozen=True)
class QuestionFile:
    """One question: what is shown and the key apart; `written` is the author's own entry."""

    uid: str
    kind: str
    use: str
    objective: str
    lesson: str
    is_must_know: bool
    content: dict[str, Any]
    answer: dict[str, Any]
    feedback: dict[str, str]
    written: dict[str, Any] = field(default_factory=dict)
    where: str = ""

    @property
    def digest(self) -> str:
        """Changes with anything that matters to the learner or the score."""
        parts = [self.kind, self.use, self.objective, self.lesson, self.is_must_know]
        return digest([*parts, self.content, self.answer, self.feedback])


def digest(value: Any) -> str:
    """SHA-256 of canonical JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def read_entry(entry: Any, homes: Mapping[str, str], where: str = "") -> QuestionFile:
    """One entry of a bank. Raises `ValueError` saying what to mend."""
    if not isinstance(entry, dict):
        raise ValueError("a question is a list of fields that begins with “uid: …”")
    needed = ("uid", "kind", "use", "objective", "stem", "feedback")
    if missing := [name for name in needed if not entry.get(name)]:
        raise ValueError(f"{', '.join(missing)} is missing; add it")
    if entry["kind"] not in BUILDERS:
        raise ValueError(f"no such kind: {entry['kind']}; use one of {', '.join(BUILDERS)}")
    if str(entry["objective"]) not in homes:
        raise ValueError(f"no such objective: {entry['objective']}; use one of paths.yaml")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{2,59}", str(entry["uid"])):
        raise ValueError("uid has 3 to 60 small letters, figures and hyphens")
    content, answer = built(entry, str(entry["uid"]))
    if entry.get("rule") == "every_decision" and entry["use"] != "practice":
        raise ValueError("rule: every_decision pays for silence; it is for practice only")
    if hints := entry.get("hints"):
        content["hints"] = [spoken(each) for each in hints]
    return QuestionFile(
        uid=str(entry["uid"]),
        kind=entry["kind"],
        use=str(entry["use"]),
        objective=str(entry["objective"]),
        lesson=str(entry.get("lesson", homes[str(entry["objective"])])),
        is_must_know=bool(entry.get("must_know", False)),
        content=content,
        answer=answer,
        feedback=spoken(entry["feedback"]),
        written=entry,
        where=where,
    )


def built(entry: Entry, uid: str) -> Built:
    """What is shown and the key, of a question or of an item of a case."""
    try:
        content, answer = BUILDERS[entry["kind"]](entry, uid)
        content["stem"] = spoken(entry["stem"])
    except KeyError as problem:
        raise ValueError(f"{problem} is missing; add it") from None
    except (AttributeError, TypeError) as problem:
        raise ValueError(f"the entry is not built as its kind asks: {problem}") from None
    return content, answer


def typeset(text: str, language: str) -> str:
    """French puts an unbreakable space before ; : ? ! », after « and within large numbers."""
    return BEFORE_MARK.sub("\u00a0", text) if language == "fr" else text


def spoken(entry: Any) -> dict[str, str]:
    """The text in every language."""
    if not isinstance(entry, dict):
        raise ValueError(f"“{str(entry)[:40]}” is one text; write it in each language as {{en: …, fr: …}}")
    missing = [language for language in LANGUAGES if not str(entry.get(language, "")).strip()]
    if missing:
        raise ValueError(f"no text in {', '.join(missing)}")
    return {language: typeset(str(entry[language]), language) for language in LANGUAGES}


def either(entry: Any) -> dict[str, str]:
    """A text in each language, or a figure that is the same in all."""
    return spoken(entry) if isinstance(entry, dict) else dict.fromkeys(LANGUAGES, str(entry))


def opaque(uid: str, key: Any) -> str:
    """A key that says nothing about position or rightness."""
    return hashlib.sha256(f"{uid}/{key}".encode()).hexdigest()[:8]


def parts(entry: Entry, uid: str, name: str) -> list[dict[str, Any]]:
    """Options, items or targets with opaque keys, in the order of those keys (it tells nothing)."""
    for each in entry[name]:
        if strays := sorted(set(map(str, each)) - PART_KEYS):
            raise ValueError(f"{name}: “{strays[0]}” is not known; put texts that hold a comma in quotes")
    found = [{"key": opaque(uid, each["key"]), "text": spoken(each)} for each in entry[name]]
    if len({each["key"] for each in found}) != len(found):
        raise ValueError(f"{name}: a key stands twice")
    return found if entry.get("fixed_order") else sorted(found, key=lambda each: str(each["key"]))


def choices(entry: Entry, uid: str) -> Built:
    """Options and, for those that have it, the word on why somebody takes them."""
    why = {opaque(uid, each["key"]): spoken(each["why"]) for each in entry["options"] if each.get("why")}
    content = {"options": parts(entry, uid, "options"), "fixed": bool(entry.get("fixed_order"))}
    return content, {"why": why} if why else {}


def right_keys(entry: Entry, uid: str) -> list[str]:
    """The options marked right."""
    return sorted(opaque(uid, each["key"]) for each in entry["options"] if each.get("right"))


def decimal(value: Any, name: str) -> str:
    """A number as text."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        found = Decimal("NaN")
    if isinstance(value, bool) or not found.is_finite():
        raise ValueError(f"{name} is a number, not “{value}”")
    return str(value)


def build_single(entry: Entry, uid: str) -> Built:
    """One right option; others may be partly right."""
    content, answer = choices(entry, uid)
    right = right_keys(entry, uid)
    if len(right) != 1:
        raise ValueError("exactly one option is right")
    shares = {
        opaque(uid, each["key"]): decimal(each["share"], "share")
        for each in entry["options"]
        if "share" in each
    }
    if any(not 0 < Decimal(share) < 1 for share in shares.values()) or right[0] in shares:
        raise ValueError("share is above 0 and below 1, and for options that are not right")
    return content, {**answer, "choice": right[0], **({"partly": shares} if shares else {})}


def build_multiple(entry: Entry, uid: str) -> Built:
    """Some right and some wrong options."""
    content, answer = choices(entry, uid)
    right = right_keys(entry, uid)
    if not 0 < len(right) < len(content["options"]):
        raise ValueError("some options must be right and some wrong")
    rule = entry.get("rule", "right_minus_wrong")
    if rule not in scoring.RULES:
        raise ValueError(f"no such rule: {rule}; use one of {', '.join(scoring.RULES)}")
    answer |= {"choices": right, "options": sorted(each["key"] for each in content["options"])}
    return content, answer if rule == "right_minus_wrong" else {**answer, "rule": rule}


def build_numeric(entry: Entry, uid: str) -> Built:
    """A number with its tolerance, or a formula with some variants of its numbers."""
    content: dict[str, Any] = {"unit": spoken(entry["unit"]) if "unit" in entry else {}}
    if "variants" not in entry:
        return content, number_key(entry)
    variants = entry["variants"]
    if not 1 < len(variants) <= MOST_VARIANTS:
        raise ValueError(f"variants: 2 to {MOST_VARIANTS}, so that their statistics stay usable")
    numbers = [str(computed(str(entry["formula"]), each)) for each in variants]
    content["variants"] = [{name: str(value) for name, value in each.items()} for each in variants]
    return content, {**number_key({**entry, "number": numbers[0]}), "variants": numbers}


def number_key(entry: Entry) -> dict[str, Any]:
    """The right number, how near is right, and how near is half right."""
    answer: dict[str, Any] = {name: decimal(entry[name], name) for name in ("number", "tolerance")}
    answer["relative"] = bool(entry.get("relative", False))
    if "outer" in entry:
        answer["outer"] = decimal(entry["outer"], "outer")
    if Decimal(answer["tolerance"]) < 0 or Decimal(answer.get("outer", "1e9")) < Decimal(answer["tolerance"]):
        raise ValueError("tolerance is 0 or more, and outer at least as wide")
    return answer


SIGNS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip


def computed(formula: str, values: Mapping[str, Any]) -> Decimal:
    """The value of a formula of + − × ÷, numbers and the names of a variant."""

    def value(node: ast.AST) -> Decimal:
        match node:
            case ast.BinOp(left, sign, right) if type(sign) in SIGNS:
                return Decimal(SIGNS[type(sign)](value(left), value(right)))
            case ast.UnaryOp(ast.USub(), inner):
                return -value(inner)
            case ast.Constant(int() | float() as literal):
                return Decimal(str(literal))
            case ast.Name(name) if name in values:
                return Decimal(str(values[name]))
        raise ValueError(f"formula: {ast.unparse(node)} is not + - * / of numbers and names of the variant")

    try:
        return round(value(ast.parse(formula[:200], mode="eval").body), 10).normalize()
    except (SyntaxError, ArithmeticError, RecursionError):
        raise ValueError(f"formula: “{formula[:60]}” cannot be computed for {dict(values)}") from None


def build_ordering(entry: Entry, uid: str) -> Built:
    """Items written in the right order."""
    items = parts(entry, uid, "items")
    if len(items) < 2:  # noqa: PLR2004
        raise ValueError("items: at least two")
    return {"items": items}, {"order": [opaque(uid, each["key"]) for each in entry["items"]]}


def build_matching(entry: Entry, uid: str) -> Built:
    """Items with their target; targets may include distractors."""
    targets = parts(entry, uid, "targets")
    pairs = {opaque(uid, each["key"]): opaque(uid, each["target"]) for each in entry["items"]}
    if not set(pairs.values()) <= {each["key"] for each in targets}:
        raise ValueError("an item points to a target that is not listed")
    return {"items": parts(entry, uid, "items"), "targets": targets}, {"pairs": pairs}


def build_reasoned(entry: Entry, uid: str) -> Built:
    """True or false with exactly one right reason."""
    content, answer = build_single(entry, uid)
    if not isinstance(entry["value"], bool):
        raise ValueError("value is true or false")
    return content, {"value": entry["value"], "reason": answer["choice"]}


def text_key(entry: Entry) -> dict[str, Any]:
    """The texts that are right, in all languages, and a pattern for the others."""
    accepted = entry["accepted"]
    if isinstance(accepted, dict):
        accepted = [each for language in LANGUAGES for each in accepted[language]]
    if not accepted or not all(scoring.folded(each) for each in accepted):
        raise ValueError("accepted: at least one text, none of them empty")
    answer: dict[str, Any] = {"accepted": [str(each) for each in accepted]}
    if "pattern" in entry:
        patterns.check(str(entry["pattern"]))
        answer["pattern"] = str(entry["pattern"])
    return answer


def build_text(entry: Entry, uid: str) -> Built:
    """A short text."""
    return {}, text_key(entry)


def build_gaps(entry: Entry, uid: str) -> Built:
    """A text with gaps: options, numbers or words."""
    text = spoken(entry["text"])
    gaps, answers = [], {}
    for each in entry["gaps"]:
        key = str(each["key"])
        gap: dict[str, Any] = {"key": key}
        if "options" in each:
            inner, answers[key] = build_single(each, f"{uid}/{key}")
            gap |= inner
        elif "number" in each:
            gap["is_number"], answers[key] = True, number_key({"tolerance": 0, **each})
        else:
            answers[key] = text_key(each)
        gaps.append(gap)
    for language in LANGUAGES:
        if sorted(GAP.findall(text[language])) != sorted(answers) or len(answers) != len(gaps):
            raise ValueError(f"text in {language}: it names each gap once, as [[{gaps[0]['key']}]]")
    return {"text": text, "gaps": gaps}, {"gaps": answers}


def build_table(entry: Entry, uid: str) -> Built:
    """A table of which the right cells are marked."""
    columns = [either(each) for each in entry["columns"]]
    rows, right, every = [], [], []
    for line, row in enumerate(entry["rows"]):
        cells = []
        for place, cell in enumerate(row["cells"]):
            marked = isinstance(cell, dict) and "text" in cell
            key = opaque(uid, f"{line}/{place}")
            cells.append({"key": key, "text": either(cell["text"] if marked else cell)})
            every.append(key)
            if marked and cell.get("right"):
                right.append(key)
        if len(cells) != len(columns) - 1:
            raise ValueError(
                f"row {line + 1}: {len(cells)} cells for {len(columns) - 1} columns after the first"
            )
        rows.append({"label": either(row["label"]), "cells": cells})
    if not 0 < len(right) < len(every):
        raise ValueError("some cells are right and some are not; write those as {text: …, right: true}")
    return {"columns": columns, "rows": rows}, {"cells": sorted(right), "all": sorted(every)}


def build_case(entry: Entry, uid: str) -> Built:
    """Several questions on one scenario."""
    items, answers = [], {}
    if not FEWEST_ITEMS <= len(entry["items"]) <= MOST_ITEMS:
        raise ValueError(f"items: {FEWEST_ITEMS} to {MOST_ITEMS} questions on one case")
    for each in entry["items"]:
        if each["kind"] in {"case", "data"} or each["kind"] not in BUILDERS or "variants" in each:
            raise ValueError(f"items: a case holds no question of kind {each['kind']}")
        key = opaque(uid, each["key"])
        content, answer = built(each, f"{uid}/{each['key']}")
        items.append({"key": key, "kind": each["kind"], "content": content})
        answers[key] = {"kind": each["kind"], "answer": answer}
    if len(answers) != len(items):
        raise ValueError("items: a key stands twice")
    return {"items": items}, {"items": answers}


def build_data(entry: Entry, uid: str) -> Built:
    """Numbers to find by working with data, each with its weight and the slips people make."""
    values, answers = [], {}
    for each in entry["values"]:
        key = opaque(uid, each["key"])
        values.append(
            {"key": key, "text": spoken(each), "unit": spoken(each["unit"]) if "unit" in each else {}}
        )
        slips = [
            {"number": decimal(slip["number"], "number"), "says": spoken(slip)}
            for slip in each.get("slips", [])
        ]
        weight = decimal(each.get("weight", 1), "weight")
        if Decimal(weight) <= 0:
            raise ValueError("weight is above 0")
        answers[key] = {**number_key(each), "weight": weight, "slips": slips}
    if not values or len(answers) != len(values):
        raise ValueError("values: at least one, and no key twice")
    content: dict[str, Any] = {"values": values}
    if "columns" in entry:
        content["columns"] = [either(each) for each in entry["columns"]]
        content["rows"] = [
            {"label": either(row["label"]), "cells": [{"text": either(cell)} for cell in row["cells"]]}
            for row in entry["rows"]
        ]
    return content, {"values": answers}


BUILDERS: dict[str, Callable[[Entry, str], Built]] = {
    "single": build_single,
    "multiple": build_multiple,
    "numeric": build_numeric,
    "ordering": build_ordering,
    "matching": build_matching,
    "true_false": build_reasoned,
    "text": build_text,
    "gaps": build_gaps,
    "table": build_table,
    "case": build_case,
    "data": build_data,
}
