"""A question as its reader sees it: ordered parts in their language, never the key."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from training.models import Question
from training.models.questions import variant_of
from training.wording import say

GAP = re.compile(r"\[\[(\w+)\]\]")


@dataclass(frozen=True)
class Part:
    """An option, item or target; `value` is what the reader put to it."""

    key: str
    text: str
    value: Any = None
    is_chosen: bool = False


@dataclass(frozen=True)
class Gap:
    """A field within a sentence, after the words that lead to it."""

    before: str
    key: str = ""
    number: int = 0
    value: str = ""
    options: list[Part] = field(default_factory=list)
    is_number: bool = False


@dataclass(frozen=True)
class Row:
    """A line of a table whose cells can be marked."""

    label: str
    cells: list[Part]


@dataclass(frozen=True)
class Shown:
    """What a page or the API may know about a question."""

    kind: str
    kind_label: str
    stem: str
    unit: str
    response: Mapping[str, Any]
    prefix: str = ""
    options: list[Part] = field(default_factory=list)
    items: list[Part] = field(default_factory=list)
    targets: list[Part] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    values: list[dict[str, Any]] = field(default_factory=list)
    parts: list["Shown"] = field(default_factory=list)

    @property
    def places(self) -> range:
        """The places of an order, from 1 on."""
        return range(1, len(self.items) + 1)

    @property
    def template(self) -> str:
        """The fragment that draws its fields."""
        return f"training/questions/{self.kind}.html"


def show(question: Question, *, order: Mapping[str, list[str]] | None = None, response: Any = None) -> Shown:
    """The question with its parts in the order of the attempt and the answer saved so far."""
    return shown(question.kind, question.content, order=order or {}, response=response)


def shown(
    kind: str, content: Mapping[str, Any], *, order: Mapping[str, list[str]], response: Any, prefix: str = ""
) -> Shown:
    """A question of this kind with this content."""
    given: Mapping[str, Any] = mapped(response)
    chosen = {given.get("choice"), given.get("reason"), *listed(given.get("choices"))}
    values = {**mapped(given.get("places")), **mapped(given.get("pairs"))}

    def parts(name: str) -> list[Part]:
        return [
            Part(each["key"], say(each["text"]), values.get(each["key"]), each["key"] in chosen)
            for each in in_order(content.get(name, []), order.get(name))
        ]

    is_case = kind == Question.Kind.CASE
    return Shown(
        kind=kind,
        kind_label=str(Question.Kind(kind).label),
        stem=stem_of(content, order),
        unit=say(content.get("unit")),
        response=given,
        prefix=prefix,
        options=parts("options"),
        items=[] if is_case else parts("items"),
        targets=parts("targets"),
        gaps=gaps_of(content, order, mapped(given.get("gaps"))),
        columns=[say(each) for each in content.get("columns", [])],
        rows=rows_of(content, set(listed(given.get("cells")))),
        values=values_of(content, mapped(given.get("values"))),
        parts=items_of(content, order, mapped(given.get("items"))) if is_case else [],
    )


def stem_of(content: Mapping[str, Any], order: Mapping[str, list[str]]) -> str:
    """The question, with the numbers of its variant in place of their names."""
    text = str(say(content["stem"]))
    variants = content.get("variants")
    for name, value in variants[variant_of(order)].items() if variants else ():
        text = text.replace("{" + name + "}", str(value))
    return text


def in_order(rows: list[dict[str, Any]], keys: list[str] | None) -> list[dict[str, Any]]:
    """The parts as the attempt shows them."""
    place = {key: position for position, key in enumerate(keys or ())}
    return sorted(rows, key=lambda each: place.get(each["key"], 0))


def gaps_of(content: Mapping[str, Any], order: Mapping[str, Any], given: Mapping[str, Any]) -> list[Gap]:
    """The text cut at its gaps; the last piece has words only."""
    if "gaps" not in content:
        return []
    gaps = {each["key"]: each for each in content["gaps"]}
    pieces, found = GAP.split(str(say(content["text"]))), []
    for number, (before, name) in enumerate(zip(pieces[::2], [*pieces[1::2], ""], strict=True), start=1):
        gap, value = gaps.get(name, {}), str(given.get(name, ""))
        options = [
            Part(each["key"], say(each["text"]), is_chosen=each["key"] == value)
            for each in in_order(gap.get("options", []), order.get(f"gap/{name}"))
        ]
        found.append(Gap(before, name, number, value, options, bool(gap.get("is_number"))))
    return found


def rows_of(content: Mapping[str, Any], marked: set[str]) -> list[Row]:
    """The lines of a table; a cell without a key is only read."""
    return [
        Row(
            say(row["label"]),
            [
                Part(cell.get("key", ""), say(cell["text"]), is_chosen=cell.get("key") in marked)
                for cell in row["cells"]
            ],
        )
        for row in content.get("rows", [])
    ]


def values_of(content: Mapping[str, Any], given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The numbers a data exercise asks for."""
    return [
        {
            "key": each["key"],
            "text": say(each["text"]),
            "unit": say(each.get("unit")),
            "value": str(given.get(each["key"], "")),
        }
        for each in content.get("values", [])
    ]


def items_of(content: Mapping[str, Any], order: Mapping[str, Any], given: Mapping[str, Any]) -> list[Shown]:
    """The questions of a case in their order; each has its own part of order and answer."""
    found = []
    for each in content["items"]:
        start = f"{each['key']}/"
        own = {name.removeprefix(start): keys for name, keys in order.items() if name.startswith(start)}
        response = given.get(each["key"])
        found.append(
            shown(each["kind"], each["content"], order=own, response=response, prefix=f"{each['key']}_")
        )
    return found


def listed(value: Any) -> list[str]:
    """The texts of a list, whatever was sent."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def mapped(value: Any) -> dict[str, Any]:
    """An object, or an empty one."""
    return value if isinstance(value, dict) else {}
