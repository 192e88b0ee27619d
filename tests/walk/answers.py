"""What somebody who has learned it would answer: the right answers, by the words of the question."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

QUESTIONS = Path(__file__).resolve().parents[2] / "training" / "content" / "questions"


@cache
def bank() -> dict[str, dict[str, Any]]:
    """English wording to question, as the authors wrote it."""
    written = [each for path in QUESTIONS.glob("*.yaml") for each in yaml.safe_load(path.read_text())]
    return {" ".join(each["stem"]["en"].split()): each for each in written}


def question(stem: str) -> dict[str, Any]:
    """The question with these words."""
    return bank()[" ".join(stem.split())]


def right(stem: str) -> dict[str, Any]:
    """What is right, in words: `options` to tick, `number`, `places` of items, `pairs`, `value`, `typed` by field."""
    asked = question(stem)
    said: dict[str, Any] = {"options": [each["en"] for each in asked.get("options", []) if each.get("right")]}
    match asked["kind"]:
        case "numeric":
            said["number"] = str(asked["number"])
        case "ordering":
            said["places"] = {each["en"]: place for place, each in enumerate(asked["items"], start=1)}
        case "matching":
            targets = {each["key"]: each["en"] for each in asked["targets"]}
            said["pairs"] = {each["en"]: targets[each["target"]] for each in asked["items"]}
        case "true_false":
            said["value"] = asked["value"]
        case "gaps":
            said["typed"] = {f"Gap {n}": str(each["number"]) for n, each in enumerate(asked["gaps"], start=1)}
        case "data":
            said["typed"] = {each["en"]: str(each["number"]) for each in asked["values"]}
    return said


def response(shown: Any) -> dict[str, Any]:
    """The same as programs send it: the keys that the API shows beside the words."""
    said = right(shown["stem"])
    key = {part["text"]: part["key"] for name in ("options", "items", "targets") for part in shown[name]}
    ticked = [key[text] for text in said["options"]]
    match shown["kind"]:
        case "single":
            return {"choice": ticked[0]}
        case "multiple":
            return {"choices": ticked}
        case "numeric":
            return {"number": said["number"]}
        case "ordering":
            return {"places": {key[text]: place for text, place in said["places"].items()}}
        case "matching":
            return {"pairs": {key[text]: key[target] for text, target in said["pairs"].items()}}
        case "gaps":
            return {"gaps": {each["key"]: str(each["number"]) for each in question(shown["stem"])["gaps"]}}
        case "data":
            field = {part["text"]: part["key"] for part in shown["values"]}
            return {"values": {field[label]: text for label, text in said["typed"].items()}}
    return {"value": said["value"], "reason": ticked[0]}
