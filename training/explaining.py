"""What is told after an answer in lessons and practice. The answers of exams are told by nobody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from training import scoring
from training.models import Question
from training.showing import GAP, listed, mapped
from training.wording import say

Key = Mapping[str, Any]


@dataclass(frozen=True)
class Finding:
    """One check of a data exercise: what was asked, how it went, and a word on a known slip."""

    label: str
    state: str
    says: str = ""


@dataclass(frozen=True)
class Explanation:
    """Why; for the options chosen; for each number of a data exercise; and the right answer in words."""

    text: str
    why: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    right: list[str] = field(default_factory=list)


def explain(question: Question, response: Any, order: Key, *, tells_right: bool) -> Explanation:
    """Raises `ValueError` for an exam question: its key leaves the server by no door."""
    if question.use == Question.Use.EXAM:
        raise ValueError("exam questions are not explained")
    key, content, given = question.key_for(dict(order)), question.content, mapped(response)
    chosen = [given.get("choice"), given.get("reason"), *listed(given.get("choices"))]
    return Explanation(
        text=question.explanation,
        why=[say(key["why"][each]) for each in chosen if each in key.get("why", {})],
        findings=findings(content, key, given) if question.kind == Question.Kind.DATA else [],
        right=right_words(question.kind, content, key) if tells_right else [],
    )


def findings(content: Key, key: Key, given: Key) -> list[Finding]:
    """Not attempted, right, nearly, a known slip, wrong: told apart."""
    labels = {each["key"]: say(each["text"]) for each in content["values"]}
    words = {
        "open": _("not attempted"),
        "right": _("correct"),
        "nearly": _("nearly: check the rounding"),
        "wrong": _("wrong"),
        "slip": _("an error in one step"),
    }
    found = []
    for name, state in scoring.outcomes(given, key).items():
        kind, _colon, place = state.partition(":")
        says = say(key["values"][name]["slips"][int(place)]["says"]) if place else ""
        found.append(Finding(labels[name], words[kind], says))
    return found


def right_words(kind: str, content: Key, key: Key) -> list[str]:
    """The right answer as a person would say it."""
    words = {
        each["key"]: say(each["text"])
        for name in ("options", "items", "targets")
        for each in content.get(name, [])
        if "text" in each
    }
    match kind:
        case "single":
            return [words[key["choice"]]]
        case "multiple":
            return [words[each] for each in key["choices"]]
        case "numeric":
            return [f"{plain(key['number'])} {say(content.get('unit'))}".strip()]
        case "ordering":
            return [f"{place}. {words[each]}" for place, each in enumerate(key["order"], start=1)]
        case "matching":
            return [f"{words[item]} → {words[target]}" for item, target in key["pairs"].items()]
        case "true_false":
            value = _("True") if key["value"] else _("False")
            return [f"{value}, {_('because')} {words[key['reason']]}"]
        case "text":
            return [str(key["accepted"][0])]
    return right_parts(kind, content, key)


def right_parts(kind: str, content: Key, key: Key) -> list[str]:
    """The right answer of a question that has parts."""
    match kind:
        case "gaps":
            return [GAP.sub(lambda found: gap_word(content, key, found[1]), str(say(content["text"])))]
        case "table":
            columns = [say(each) for each in content["columns"]][1:]
            return [
                f"{say(row['label'])}, {column}: {say(cell['text'])}"
                for row in content["rows"]
                for column, cell in zip(columns, row["cells"], strict=True)
                if cell["key"] in key["cells"]
            ]
        case "case":
            parts = []
            for place, item in enumerate(content["items"], start=1):
                inner = key["items"][item["key"]]
                parts.append(
                    f"{place}. {'; '.join(right_words(inner['kind'], item['content'], inner['answer']))}"
                )
            return parts
    return [
        f"{say(each['text'])}: {plain(key['values'][each['key']]['number'])} {say(each.get('unit'))}".strip()
        for each in content["values"]
    ]


def gap_word(content: Key, key: Key, name: str) -> str:
    """What belongs into a gap."""
    right = scoring.right_gap(key["gaps"][name])
    gap = next(each for each in content["gaps"] if each["key"] == name)
    options = {each["key"]: say(each["text"]) for each in gap.get("options", [])}
    return f"«{options.get(right, right)}»"


def plain(number: Any) -> str:
    """A number without a tail of zeros."""
    text = str(number)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text.lower() else text
