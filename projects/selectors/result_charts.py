"""Figures of the engine as charts and small tables, with the words people read beside them."""

from typing import Any

from django.utils.translation import gettext as _

from projects.sentences import sentence

MOST_BARS = 15
DIFFERS = 2.0  # times as far as their mean do single rows move: then the effect depends on other columns

Spec = dict[str, Any]


def importance(found: list[dict[str, Any]], metric: str = "") -> Spec | None:
    """The fifteen columns the model relies on most, with their intervals; `metric` is what gets worse."""
    top = [each for each in found if each["mean"] is not None][:MOST_BARS]
    if not top:
        return None
    series: dict[str, Any] = {"name": _("Loss without it"), "values": [rounded(each["mean"]) for each in top]}
    if all(each.get("low") is not None for each in top):
        series |= {
            "low": [rounded(each["low"]) for each in top],
            "high": [rounded(each["high"]) for each in top],
        }
    return {
        "kind": "bar",
        "horizontal": True,
        "x": [each["column"] for each in top],
        "series": [series],
        "x_label": _("Column"),
        "y_label": _("How much worse %(metric)s gets") % {"metric": metric}
        if metric
        else _("How much worse it gets"),
    }


def perhaps_chance(found: list[dict[str, Any]]) -> list[str]:
    """Columns of that chart of which nobody can say whether they help at all."""
    top = [each for each in found if each["mean"] is not None][:MOST_BARS]
    return [each["column"] for each in top if each.get("sure") is False]


def rounded(value: float | None) -> float | None:
    """Five figures are enough for a chart."""
    return None if value is None else float(f"{value:.5g}")


def gain(found: list[dict[str, Any]] | None) -> Spec | None:
    """Share of all cases found when the highest scores are taken first, beside chance."""
    if not found:
        return None
    tenths = [each["decile"] for each in found]
    return {
        "kind": "line",
        "x": [f"{10 * number} %" for number in tenths],
        "series": [
            {"name": _("Model"), "values": [round(100 * each["gain"], 1) for each in found]},
            {"name": _("Chance"), "values": [10 * number for number in tenths]},
        ],
        "x_label": _("Share of rows, highest scores first"),
        "y_label": _("Share of cases found"),
        "unit": "%",
    }


def lift(found: list[dict[str, Any]] | None) -> Spec | None:
    """How many times more cases than chance each tenth holds."""
    if not found:
        return None
    return {
        "kind": "bar",
        "x": [str(each["decile"]) for each in found],
        "series": [{"name": _("Times chance"), "values": [round(each["lift"], 2) for each in found]}],
        "x_label": _("Tenth of the rows, highest scores first"),
        "y_label": _("Times chance"),
    }


def calibration(found: dict[str, Any] | None) -> Spec | None:
    """What was predicted beside what happened, with its interval."""
    if not found or not found["bins"]:
        return None
    bins = found["bins"]
    percent = {name: [round(100 * each[name], 1) for each in bins] for name in ("observed", "predicted")}
    happened: dict[str, Any] = {"name": _("Happened"), "values": percent["observed"]}
    if all("low" in each for each in bins):
        happened |= {edge: [round(100 * each[edge], 1) for each in bins] for edge in ("low", "high")}
    return {
        "kind": "line",
        "x": [f"{value:.1f} %" for value in percent["predicted"]],
        "series": [happened, {"name": _("Predicted"), "values": percent["predicted"]}],
        "x_label": _("Predicted"),
        "y_label": _("Share of rows"),
        "unit": "%",
    }


def residuals(found: dict[str, Any] | None) -> Spec | None:
    """How far estimates were off."""
    if not found:
        return None
    histogram = found["histogram"]
    edges = [float(f"{edge:.4g}") for edge in histogram["edges"]]
    return {
        "kind": "hist",
        "x": edges,
        "series": [{"name": _("Rows"), "values": histogram["counts"]}],
        "x_label": _("True minus estimated: on the right the estimate was too low"),
        "y_label": _("Rows"),
    }


def estimates(found: dict[str, Any] | None, target: str = "") -> Spec | None:
    """Estimated beside true means of the target, by tenth of the estimate."""
    if not found or not found.get("by_decile"):
        return None
    tenths = found["by_decile"]
    return {
        "kind": "line",
        "x": [str(number) for number in range(1, len(tenths) + 1)],
        "series": [
            {"name": _("Estimated"), "values": [rounded(each["predicted"]) for each in tenths]},
            {"name": _("True"), "values": [rounded(each["observed"]) for each in tenths]},
        ],
        "x_label": _("Tenth of the rows, lowest estimates first"),
        "y_label": target or _("Mean"),
    }


def effect(found: dict[str, Any]) -> dict[str, Any]:
    """One column: its sentence, the curve for everybody, the curve for experts."""
    return {
        "column": found["column"],
        "text": sentence(found["text"]),
        "class": found.get("class"),
        "pdp": dependence(found),
        "ale": local_effects(found),
        "depends_on_others": ((found.get("pdp") or {}).get("differs") or 0) >= DIFFERS,
    }


def answer_name(found: dict[str, Any]) -> str:
    """What a curve is the curve of."""
    label = found.get("class")
    return _("Probability of “%(label)s”") % {"label": label} if label else _("Estimate")


def dependence(found: dict[str, Any]) -> Spec | None:
    """The mean answer along a column, with the band in which the middle 80 % of the rows lie."""
    curve = found.get("pdp")
    if not curve:
        return None
    scale = 100 if found.get("class") else 1
    parts = {name: [rounded(scale * value) for value in curve[name]] for name in ("mean", "low", "high")}
    series = {
        "name": _("%(answer)s, on average") % {"answer": answer_name(found)},
        "values": parts["mean"],
        "low": parts["low"],
        "high": parts["high"],
    }
    is_named = found["kind"] == "category"
    return {
        "kind": "bar" if is_named else "line",
        "horizontal": is_named,
        "x": [str(place) if is_named else place for place in curve["x"]],
        "series": [series],
        "x_label": found["column"],
        "y_label": answer_name(found),
        "unit": "%" if found.get("class") else "",
    }


def local_effects(found: dict[str, Any]) -> Spec | None:
    """Accumulated local effects with their interval."""
    curve = found.get("ale")
    if not curve:
        return None
    scale = 100 if found.get("class") else 1
    parts = {name: [rounded(scale * value) for value in curve[name]] for name in ("effect", "low", "high")}
    series = {"name": _("Effect"), "values": parts["effect"], "low": parts["low"], "high": parts["high"]}
    return {
        "kind": "line",
        "x": curve["x"],
        "series": [series],
        "x_label": found["column"],
        "y_label": _("Change of: %(answer)s") % {"answer": answer_name(found)},
        "unit": _("points") if found.get("class") else "",
    }
