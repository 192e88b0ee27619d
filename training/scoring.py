"""How answers score: exact fractions in [0, 1] for each kind of question. Knows no database."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

NOTHING, WHOLE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)
Key = Mapping[str, Any]


def single(response: Key, key: Key) -> Fraction:
    """1 for the right option, the author's share for a partly right one, else 0."""
    chosen = response.get("choice")
    if chosen == key["choice"]:
        return WHOLE
    return Fraction(str(key.get("partly", {}).get(chosen, 0)))


def right_minus_wrong(chosen: set[str], right: set[str], wrong: set[str]) -> Fraction:
    """
    max(0, |S∩C|/|C| − |S∩W|/|W|), and 0 when nothing is ticked.

    With five options of which two are right, {A} gives 0.5, {A, B, C} two thirds, {A, C} one sixth,
    all five nothing.
    """
    if not chosen:
        return NOTHING
    share = Fraction(len(chosen & right), len(right))
    if wrong:
        share -= Fraction(len(chosen & wrong), len(wrong))
    return max(NOTHING, share)


def all_or_nothing(chosen: set[str], right: set[str], _wrong: set[str]) -> Fraction:
    """1 for exactly the right ones."""
    return WHOLE if chosen == right else NOTHING


def every_decision(chosen: set[str], right: set[str], wrong: set[str]) -> Fraction:
    """The share of options decided rightly, ticked or not. Without a minimum it pays for silence."""
    decided = len(chosen & right) + len(wrong - chosen)
    return Fraction(decided, len(right) + len(wrong))


def by_halves(chosen: set[str], right: set[str], wrong: set[str]) -> Fraction:
    """One wrong decision costs a half, two cost three quarters, more cost everything."""
    errors = len(right - chosen) + len(wrong & chosen)
    return Fraction(1, 2**errors) if errors <= 2 else NOTHING


RULES: dict[str, Callable[[set[str], set[str], set[str]], Fraction]] = {
    "right_minus_wrong": right_minus_wrong,
    "all_or_nothing": all_or_nothing,
    "every_decision": every_decision,
    "by_halves": by_halves,
}


def multiple(response: Key, key: Key) -> Fraction:
    """By the question's rule; nothing ticked is nothing, whatever the rule."""
    chosen, right = set(response.get("choices", [])), set(key["choices"])
    if not chosen:
        return NOTHING
    return RULES[key.get("rule", "right_minus_wrong")](chosen, right, set(key["options"]) - right)


def cells(response: Key, key: Key) -> Fraction:
    """All marked cells right is 1, else right minus wrong."""
    right = set(key["cells"])
    return right_minus_wrong(set(response.get("cells", [])), right, set(key["all"]) - right)


def numeric(response: Key, key: Key) -> Fraction:
    """1 within the tolerance, one half within the outer band, else 0."""
    given = response.get("number")
    if given is None:
        return NOTHING
    if is_near(given, key, key["tolerance"]):
        return WHOLE
    outer = key.get("outer")
    return HALF if outer is not None and is_near(given, key, outer) else NOTHING


def is_near(given: Any, key: Key, tolerance: Any) -> bool:
    """Whether a number lies within a tolerance, absolute or as a share of the right number."""
    right = Decimal(str(key["number"]))
    scale = abs(right) if key.get("relative") else Decimal(1)
    return abs(Decimal(str(given)) - right) <= Decimal(str(tolerance)) * scale


def ordering(response: Key, key: Key) -> Fraction:
    """max(0, (concordant − discordant pairs) / all pairs); 0 unless every item has its own place."""
    places, right = response.get("places", {}), list(key["order"])
    if not is_permutation(places, right):
        return NOTHING
    pairs = list(combinations(right, 2))
    concordant = sum(1 for first, second in pairs if places[first] < places[second])
    return max(NOTHING, Fraction(2 * concordant - len(pairs), len(pairs)))


def is_permutation(places: Mapping[str, int], items: Sequence[str]) -> bool:
    """Whether every item has a place of its own, from 1 on."""
    return set(places) == set(items) and sorted(places.values()) == list(range(1, len(items) + 1))


def matching(response: Key, key: Key) -> Fraction:
    """(right − wrong) / pairs, never below 0. A pair left open is neither."""
    pairs: Mapping[str, str] = response.get("pairs", {})
    right = sum(1 for item, target in pairs.items() if key["pairs"].get(item) == target)
    return max(NOTHING, Fraction(2 * right - len(pairs), len(key["pairs"])))


def folded(text: Any) -> str:
    """A text without what does not matter: case, accents, the kind and number of spaces and quotes."""
    plain = unicodedata.normalize("NFKD", str(text).casefold().replace("’", "'"))
    return " ".join("".join(each for each in plain if not unicodedata.combining(each)).split())


def text(response: Key, key: Key) -> Fraction:
    """1 for an accepted text or one that fits the pattern as a whole; nothing is nearly right."""
    given = folded(response.get("text", ""))
    if not given:
        return NOTHING
    if given in {folded(each) for each in key.get("accepted", [])}:
        return WHOLE
    pattern = key.get("pattern")
    return WHOLE if pattern and re.fullmatch(pattern, given) else NOTHING


def gap(given: Any, key: Key) -> Fraction:
    """One gap: an option, a number or a text."""
    if given is None:
        return NOTHING
    if "choice" in key:
        return single({"choice": given}, key)
    return numeric({"number": given}, key) if "number" in key else text({"text": given}, key)


def gaps(response: Key, key: Key) -> Fraction:
    """The mean of the gaps; one left open is worth nothing."""
    given = response.get("gaps", {})
    return sum((gap(given.get(name), each) for name, each in key["gaps"].items()), NOTHING) / len(key["gaps"])


def case(response: Key, key: Key) -> Fraction:
    """The mean of the items of one scenario, each by its own kind."""
    given = response.get("items", {})
    scores = (score(each["kind"], given.get(name), each["answer"]) for name, each in key["items"].items())
    return sum(scores, NOTHING) / len(key["items"])


def data(response: Key, key: Key) -> Fraction:
    """The weighted checks of what was produced."""
    weights = {name: Fraction(str(each.get("weight", 1))) for name, each in key["values"].items()}
    given = response.get("values", {})
    earned = (
        weights[name] * numeric({"number": given.get(name)}, each) for name, each in key["values"].items()
    )
    return sum(earned, NOTHING) / sum(weights.values(), NOTHING)


def outcomes(response: Key, key: Key) -> dict[str, str]:
    """
    For each check of a data exercise: open, right, nearly, a number that a known slip gives, or wrong.

    A slip is told as `slip:` with its place in the author's list.
    """
    found = {}
    for name, each in key["values"].items():
        given = response.get("values", {}).get(name)
        worth = numeric({"number": given}, each)
        slips = (
            n
            for n, slip in enumerate(each.get("slips", []))
            if given and is_near(given, slip, each["tolerance"])
        )
        slip = next(slips, None)
        if given is None:
            found[name] = "open"
        elif worth == WHOLE:
            found[name] = "right"
        elif slip is not None:
            found[name] = f"slip:{slip}"
        else:
            found[name] = "nearly" if worth else "wrong"
    return found


def reasoned(response: Key, key: Key) -> Fraction:
    """1 if the value and its reason are right, one half if only the value is."""
    if response.get("value") is not key["value"]:
        return NOTHING
    return WHOLE if response.get("reason") == key["reason"] else HALF


SCORES: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Fraction]] = {
    "single": single,
    "multiple": multiple,
    "numeric": numeric,
    "ordering": ordering,
    "matching": matching,
    "true_false": reasoned,
    "text": text,
    "gaps": gaps,
    "table": cells,
    "case": case,
    "data": data,
}


def score(kind: str, response: Mapping[str, Any] | None, key: Mapping[str, Any]) -> Fraction:
    """What a response is worth. An unanswered question is worth nothing."""
    return SCORES[kind](response, key) if response else NOTHING


def right_response(kind: str, key: Key) -> dict[str, Any]:
    """The response that is worth 1. For authors' tools, the demo organisation and tests; never for pages."""
    return RIGHT[kind](key)


def right_gap(key: Key) -> str:
    """What belongs into one gap."""
    return str(key.get("choice", key.get("number", (key.get("accepted") or [""])[0])))


RIGHT: dict[str, Callable[[Key], dict[str, Any]]] = {
    "single": lambda key: {"choice": key["choice"]},
    "multiple": lambda key: {"choices": sorted(key["choices"])},
    "numeric": lambda key: {"number": str(key["number"])},
    "ordering": lambda key: {"places": {item: place for place, item in enumerate(key["order"], start=1)}},
    "matching": lambda key: {"pairs": dict(key["pairs"])},
    "true_false": lambda key: {"value": key["value"], "reason": key["reason"]},
    "text": lambda key: {"text": key["accepted"][0]},
    "gaps": lambda key: {"gaps": {name: right_gap(each) for name, each in key["gaps"].items()}},
    "table": lambda key: {"cells": sorted(key["cells"])},
    "case": lambda key: {
        "items": {name: right_response(each["kind"], each["answer"]) for name, each in key["items"].items()}
    },
    "data": lambda key: {"values": {name: str(each["number"]) for name, each in key["values"].items()}},
}
