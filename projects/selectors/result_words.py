"""What the figures of a result mean, in sentences: the price of simplicity, errors of estimates, what was left out."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _, ngettext

from projects.models import GuardrailResult
from projects.sentences import figure, sentence, sentences

CLEARLY = 1.1  # times smaller or faster; less is not worth a word
BIASED = 0.1  # of the spread of the errors
OF_THE_MOMENT = {"summary_guardrails", "summary_no_guardrails"}  # true when the search ended, not for ever


def lasting(summary: list[dict[str, Any]]) -> list[str]:
    """The engine's summary without what people change afterwards: how the findings of the checks were answered."""
    return sentences([each for each in summary if each.get("code") not in OF_THE_MOMENT])


def about_checks(results: Iterable[GuardrailResult]) -> list[str]:
    """How the findings stand now: what blocks, what waits for words, what was answered."""
    grave = [
        each
        for each in results
        if each.is_current and each.is_alerted and each.severity in ("block", "justify")
    ]
    blocks = sum(each.severity == "block" for each in grave)
    waiting = sum(each.awaits_words for each in grave)
    answered = len(grave) - blocks - waiting
    said = []
    if blocks:
        text = ngettext("%(n)s check blocks this model.", "%(n)s checks block this model.", blocks)
        said.append(text % {"n": blocks})
    if waiting:
        text = ngettext(
            "%(n)s finding waits for the author's words before this model may be used.",
            "%(n)s findings wait for the author's words before this model may be used.",
            waiting,
        )
        said.append(text % {"n": waiting})
    if answered:
        text = ngettext(
            "%(n)s finding was answered; the reviewer judges the answer.",
            "%(n)s findings were answered; the reviewer judges each answer.",
            answered,
        )
        said.append(text % {"n": answered})
    return said or [_("No guardrail stands against this model.")]


def price_of_simplicity(found: dict[str, Any], metric: str) -> list[str]:
    """What choosing the simple model costs and what it brings; nothing when it is the best one anyway."""
    price = found.get("price_of_simplicity")
    if not price or found.get("simple_trial") == found.get("best_trial"):
        return []
    if price["test"] > 0:
        said = [
            _("Choosing it costs %(cost)s of %(metric)s.")
            % {"cost": figure(price["test"], 3), "metric": metric}
        ]
    else:
        said = [_("On the rows kept apart it is no worse than the best one.")]
    smaller, faster = price.get("size_bytes_ratio"), price.get("predict_ms_per_1000_ratio")
    if smaller and smaller >= CLEARLY:
        said.append(_("It is %(times)s times smaller.") % {"times": figure(smaller, 3)})
    if faster and faster >= CLEARLY:
        said.append(_("It answers %(times)s times faster.") % {"times": figure(faster, 3)})
    return said


def errors_of_estimates(found: dict[str, Any] | None) -> list[str]:
    """How far off estimates are, and whether they lean to one side."""
    if not found:
        return []
    said = []
    spread = found.get("quantiles") or {}
    if {"0.05", "0.95"} <= set(spread):
        edges = {"under": figure(max(spread["0.95"], 0.0), 3), "over": figure(max(-spread["0.05"], 0.0), 3)}
        said.append(
            _("In nine rows of ten the estimate is at most %(under)s too low and at most %(over)s too high.")
            % edges
        )
    if abs(found["bias"]) > BIASED * found["std"]:
        size = {"size": figure(abs(found["bias"]), 3)}
        low, high = _("On average it is %(size)s too low."), _("On average it is %(size)s too high.")
        said.append((low if found["bias"] > 0 else high) % size)
    else:
        said.append(_("It leans neither to the high nor to the low side."))
    return said


def left_out(found: dict[str, Any]) -> list[tuple[str, str]]:
    """Columns that no candidate was given, each with its reason."""
    return [(each["column"], sentence(each)) for each in found.get("dropped_columns", [])]


def reasons(found: dict[str, Any]) -> dict[int, str]:
    """Why a candidate was given up or could not be trained, by its number."""
    return {
        each["number"]: sentence(each["reason"]) for each in found.get("trials", []) if each.get("reason")
    }


def how_made(found: dict[str, Any]) -> list[tuple[str, str]]:
    """For experts: the time it took, what the best candidate is made of, and with which packages."""
    facts = []
    if found.get("seconds") is not None:
        spent = {
            "seconds": figure(found["seconds"], 3),
            "budget": figure(found["question"]["budget_seconds"]),
        }
        words = _("%(seconds)s s of %(budget)s s") % spent
        if found.get("stopped_early"):
            words = _("%(words)s, stopped by a person before the end") % {"words": words}
        facts.append((_("Search"), words))
    best = next((each for each in found["trials"] if each["number"] == found["best_trial"]), {})
    if best.get("members"):
        votes = (f"{each['name']} × {figure(each['weight'], 3)}" for each in best["members"])
        facts.append((_("Votes of"), ", ".join(votes)))
    if best.get("learns_from"):
        names = ", ".join(each["name"] for each in best["learns_from"])
        facts.append((_("Learns from the columns and from the answers of"), names))
    if best.get("settings"):
        facts.append(
            (_("Settings"), ", ".join(f"{name} = {value}" for name, value in best["settings"].items()))
        )
    made = found.get("environment") or {}
    if made:
        packages = (f"{name} {version}" for name, version in made.get("packages", {}).items())
        facts.append((_("Made with"), ", ".join([f"Python {made.get('python', '')}", *packages])))
    return facts
