"""The answers of the engine about a candidate, arranged for a page."""

from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from projects.models import Experiment, Explanation
from projects.question import METRICS
from projects.selectors import result_charts as charts
from projects.selectors.results import short_metric
from projects.sentences import figure, percent, sentence, sentences

SPOKEN_BARS = 10


def shown(explanation: Explanation) -> dict[str, Any]:
    """What the page of a finished explanation shows, by kind."""
    found = explanation.result
    if found.get("ok") is False:
        return {"problem": sentence(found["problem"])}
    base = {"sentences": sentences(found.get("sentences", []))}
    return base | ARRANGED[explanation.what](explanation.experiment, found)


def effects(experiment: Experiment, found: dict[str, Any]) -> dict[str, Any]:
    """Curves of columns."""
    return {"effects": [charts.effect(each) for each in found["effects"]]}


def rows(experiment: Experiment, found: dict[str, Any]) -> dict[str, Any]:
    """Reasons of single rows."""
    return {"rows": [one_row(experiment, each) for each in found["rows"]], "locked": found.get("locked", [])}


def one_row(experiment: Experiment, found: dict[str, Any]) -> dict[str, Any]:
    """Words, chart and figures of one row."""
    top = found["contributions"][:SPOKEN_BARS]
    scale = 100 if found["scale"] == "probability" else 1
    chart = {
        "kind": "bar",
        "horizontal": True,
        "x": [f"{each['column']} = {cell(each['value'])}" for each in top],
        "series": [
            {
                "name": _("Raises (+) or lowers (−)"),
                "values": [charts.rounded(scale * each["contribution"]) for each in top],
            }
        ],
        "x_label": _("Column and its value"),
        "y_label": scale_words(found["scale"]),
    }
    if found["method"] == "sampled":
        chart["series"][0] |= {  # type: ignore[index]
            "low": [charts.rounded(scale * (c["contribution"] - 1.96 * c["error"])) for c in top],
            "high": [charts.rounded(scale * (c["contribution"] + 1.96 * c["error"])) for c in top],
        }
    return {
        "row": found["row"],
        "sentences": sentences(found["sentences"]),
        "chart": chart,
        "said": found["said"],
        "method": method_words(found["method"]),
        "scale": scale_words(found["scale"]),
        "base": figure(scale * found["base"]),
        "fields": fields_of(experiment, found["values"]),
        "goals": [name for name in experiment.result.get("classes") or [] if name != found["said"]],
    }


def fields_of(experiment: Experiment, values: dict[str, Any]) -> list[dict[str, Any]]:
    """One input per column: its present value, and what else there is."""
    listed = []
    for number, column in enumerate(experiment.result.get("input_schema", [])):
        value = values.get(column["name"])
        listed.append(
            {
                "name": column["name"],
                "key": f"v{number}",
                "value": "" if value is None else plain(value),
                "kind": column["kind"],
                "choices": (column.get("categories") or [])[:200],
                "hint": between(column),
            }
        )
    return listed


def plain(value: Any) -> str:
    """A value as somebody would type it: no decimals where there are none."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def between(column: dict[str, Any]) -> str:
    """What was seen in training."""
    if column["kind"] != "number" or column.get("min") is None:
        return ""
    return _("Seen: %(low)s to %(high)s") % {
        "low": figure(column["min"], 5),
        "high": figure(column["max"], 5),
    }


def cell(value: Any) -> str:
    """A value in a label."""
    return "–" if value is None else plain(value)


def scale_words(scale: str) -> str:
    """What the contributions are measured in."""
    return {
        "log_odds": _("log-odds"),
        "probability": _("points of probability"),
        "unit": _("unit of the target"),
    }.get(scale, scale)


def method_words(method: str) -> str:
    """How the contributions were computed."""
    if method == "exact":
        return _("Computed exactly from the model.")
    return _("Estimated by asking the model about many mixed rows; the lines show how sure each one is.")


def whatif(experiment: Experiment, found: dict[str, Any]) -> dict[str, Any]:
    """Before, after, and each change alone."""
    is_number = experiment.result["task"] == "regression"
    moved = [
        {
            "column": each["column"],
            "value": cell(each["value"]),
            "answer": answer_words(each["answer"], is_number=is_number),
            "effect": effect_words(each["effect"], is_number=is_number),
        }
        for each in found["effects"]
    ]
    outcome = {
        name: {
            "answer": answer_words(found[name]["answer"], is_number=is_number),
            "said": "" if is_number else found[name]["said"],
        }
        for name in ("before", "after")
    }
    return {"moved": moved, "warnings": sentences(found.get("warnings", [])), "row": found["row"], **outcome}


def answer_words(value: float, *, is_number: bool) -> str:
    """A probability as percent, an estimate as a number."""
    return figure(value, 5) if is_number else percent(value)


def effect_words(value: float, *, is_number: bool) -> str:
    """The same with its sign."""
    sign = "+" if value >= 0 else ""
    return sign + (
        figure(value)
        if is_number
        else _("%(points)s points") % {"points": formats.number_format(100 * value, 1)}
    )


def change(experiment: Experiment, found: dict[str, Any]) -> dict[str, Any]:
    """Ways to another answer, the smallest first."""
    is_number = experiment.result["task"] == "regression"
    ways = [
        {
            "changes": [(each["column"], cell(each["from"]), cell(each["to"])) for each in way["changes"]],
            "answer": answer_words(way["answer"], is_number=is_number),
        }
        for way in found["ways"]
    ]
    return {"ways": ways, "goal": found["goal"], "row": found["row"], "locked": found.get("locked", [])}


def learning(experiment: Experiment, found: dict[str, Any]) -> dict[str, Any]:
    """The score along the number of rows."""
    steps = found["steps"]
    if not steps:
        return {"chart": None}
    series = {
        "name": found["metric"],
        "values": [charts.rounded(each["score"]) for each in steps],
        "low": [charts.rounded(each["low"]) for each in steps],
        "high": [charts.rounded(each["high"]) for each in steps],
    }
    chart = {
        "kind": "line",
        "x": [each["rows"] for each in steps],
        "series": [series],
        "x_label": _("Rows learned from"),
        "y_label": found["metric"],
    }
    return {"chart": chart, "verdict": found["verdict"]}


def report(experiment: Experiment, found: dict[str, Any]) -> dict[str, Any]:
    """Importance, curves and cohorts of another candidate."""
    explained = found["explanations"]
    return {
        "importance": charts.importance(found["importance"], experiment.result["metric"]["label"]),
        "perhaps_chance": charts.perhaps_chance(found["importance"]),
        "effects": [charts.effect(each) for each in explained["effects"]],
        "cohorts": sentences(explained["cohorts"]["sentences"]),
    }


def compare(experiment: Experiment, found: dict[str, Any]) -> dict[str, Any]:
    """Every measure of two candidates with its paired test."""
    words = {
        "delong": _("DeLong"),
        "mcnemar": _("McNemar, exact"),
        "bootstrap": _("paired bootstrap"),
    }
    task = experiment.result["task"]
    known = METRICS.get(task, {})
    tests = [
        {
            **each,
            "label": short_metric(task, each["name"]) if each["name"] in known else each["label"],
            "test": words.get(each["test"], each["test"]),
            "is_main": each["name"] == found["metric"],
            "winner": None if each["better"] is None else found["names"][each["better"]],
            "p_words": "< 0.001" if each["p"] < 0.001 else f"{each['p']:.3f}",
        }
        for each in found["tests"]
    ]
    return {"tests": tests, "names": found["names"], "compared": found["rows"]}


ARRANGED = {
    "effects": effects,
    "rows": rows,
    "whatif": whatif,
    "change": change,
    "learning": learning,
    "report": report,
    "compare": compare,
}
