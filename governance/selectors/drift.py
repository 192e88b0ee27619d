"""A drift report as its page shows it: verdict, columns in words, what came true."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _, gettext_noop as N_

from governance.models import Deployment, DriftReport
from projects.question import in_words
from projects.selectors.groups_of_people import group_view
from projects.sentences import sentence, sentences

COLORS = {"stable": "green", "moderate": "yellow", "major": "red"}
MOST_CHARTS = 6
MOST_BINS = 12
MOST_REPORTS = 50
Points = list[tuple[Any, dict[str, Any]]]  # when answers were known, and what they said
RATIOS = {
    "selection_ratio": N_("Selected in the least selected group, per 100 in the most selected"),
    "accuracy_ratio": N_("Right in the group with most errors, per 100 in the best"),
    "error_ratio": N_("Error in the group with the least error, per 100 in the worst"),
}


@dataclass(frozen=True)
class Column:
    """One column of the report."""

    name: str
    is_drifted: bool
    color: str
    verdict: str
    notes: list[str]
    advice: str
    psi: float
    js: float | None
    q_value: float | None
    test: str
    missing: float
    unseen: float
    chart: dict[str, Any] | None


@dataclass(frozen=True)
class View:
    """The whole report."""

    columns: list[Column]
    remarks: list[str]
    prediction: Column | None
    outcome: str
    outcome_kind: str
    periods: dict[str, Any] | None
    fairness: list[dict[str, Any]]
    drifted: int


def view_of(report: DriftReport) -> View:
    """Arrange the stored figures; those of an older engine have fewer."""
    figures = report.figures
    found = sorted(figures.get("columns", []), key=lambda each: (not each["drifted"], -each["psi"]))
    columns = [
        column_view(each, with_chart=each["drifted"] and place < MOST_CHARTS)
        for place, each in enumerate(found)
    ]
    predicted, came = figures.get("prediction"), figures.get("outcomes") or {}
    prediction = None
    if predicted:
        prediction = column_view({"column": _("Predictions"), **predicted}, with_chart=True)
    return View(
        columns=columns,
        remarks=sentences(figures.get("remarks", [])),
        prediction=prediction,
        outcome=sentence(came["note"]) if came else "",
        outcome_kind={"worse": "danger", "better": "info", "as_before": "success"}.get(
            came.get("verdict", ""), "info"
        ),
        periods=periods(came),
        fairness=[group_view(each) for each in came.get("fairness", []) if each["groups"]],
        drifted=sum(each.is_drifted for each in columns),
    )


def column_view(found: dict[str, Any], *, with_chart: bool) -> Column:
    """One column in words."""
    words = {
        "distribution": _("drifted"),
        "missing": _("more or fewer empty values"),
        "unseen": _("values never seen"),
    }
    verdict = words.get(found.get("reason", ""), _("drifted") if found["drifted"] else _("as in training"))
    color = "green"
    if found["drifted"]:
        color = "red" if found["level"] == "major" or found.get("reason") != "distribution" else "yellow"
    return Column(
        name=found["column"],
        is_drifted=found["drifted"],
        color=color,
        verdict=verdict,
        notes=sentences(found.get("notes", [])),
        advice=sentence(found["advice"]) if found.get("advice") else "",
        psi=found["psi"],
        js=found.get("js"),
        q_value=found.get("q_value", found.get("p_value")),
        test={"ks": _("Kolmogorov–Smirnov"), "chi2": _("chi-squared")}.get(found.get("test", ""), ""),
        missing=100 * found["missing_share"],
        unseen=100 * found.get("unseen_share", 0.0),
        chart=bins(found.get("bins")) if with_chart else None,
    )


def bins(found: dict[str, Any] | None) -> dict[str, Any] | None:
    """The shares of training and of the new rows, side by side."""
    if not found or not found["reference"]:
        return None
    if "categories" in found:
        names = [_("(other)") if name == "(other)" else name for name in found["categories"]]
        rows = sorted(
            zip(names, found["reference"], found["actual"], strict=True), key=lambda r: -max(r[1], r[2])
        )
        rows = [row for row in rows if max(row[1], row[2]) > 0][:MOST_BINS]
    else:
        rows = list(zip(ranges(found["edges"]), found["reference"], found["actual"], strict=True))
    return {
        "kind": "bar",
        "x": [str(name) for name, _old, _new in rows],
        "series": [
            {"name": _("Training"), "values": [round(100 * old, 2) for _name, old, _new in rows]},
            {"name": _("New rows"), "values": [round(100 * new, 2) for _name, _old, new in rows]},
        ],
        "x_label": _("Values"),
        "y_label": _("Share of rows"),
        "unit": "%",
    }


def ranges(edges: list[float]) -> list[str]:
    """The bins between edges, in words."""
    if not edges:
        return [_("all values")]
    shown = [f"{edge:.4g}" for edge in edges]
    inner = [f"{low} – {high}" for low, high in zip(shown, shown[1:], strict=False)]
    return [_("up to %(edge)s") % {"edge": shown[0]}, *inner, _("above %(edge)s") % {"edge": shown[-1]}]


def periods(came: dict[str, Any]) -> dict[str, Any] | None:
    """The metric over the time inside one table."""
    found = came.get("periods") or []
    if len(found) < 2:
        return None
    return {
        "kind": "line",
        "x": [each["period"] for each in found],
        "series": [
            {
                "name": in_words(came["metric"])[0],
                "values": [round(each["value"], 4) for each in found],
                "low": [round(each["low"], 4) for each in found],
                "high": [round(each["high"], 4) for each in found],
            }
        ],
        "x_label": _("Period"),
        "y_label": in_words(came["metric"])[0],
    }


def without_values(figures: dict[str, Any]) -> dict[str, Any]:
    """The figures without anything that quotes values of the data."""
    quoting = {"bins", "notes", "new_categories", "low", "high", "median", "median_reference"}
    bare = {key: value for key, value in figures.items() if key not in {"outcomes"}}
    if "columns" in bare:
        bare["columns"] = [
            {key: value for key, value in each.items() if key not in quoting} for each in bare["columns"]
        ]
    if bare.get("prediction"):
        bare["prediction"] = {k: v for k, v in bare["prediction"].items() if k not in quoting}
    return bare


def over_time(points: Points) -> dict[str, Any] | None:
    """The metric of every report whose answers were known, beside that of the test."""
    if not points:
        return None
    name = points[-1][1]["metric"]
    points = [(at, found) for at, found in points if found["metric"] == name]
    values = [found["metrics"][name] for _at, found in points]
    test = [round(found["test"]["value"], 4) for _at, found in points]
    return {
        "kind": "line",
        "x": [at.date().isoformat() for at, _found in points],
        "series": [
            {
                "name": _("On new rows"),
                "values": [round(each["value"], 4) for each in values],
                "low": [round(each["low"], 4) for each in values],
                "high": [round(each["high"], 4) for each in values],
            },
            {"name": _("At the test"), "values": test},
        ],
        "x_label": _("Measured on"),
        "y_label": in_words(name)[0],
    }


def came_true(deployment: Deployment) -> Points:
    """When answers were known, and what they said; the newest reports, in the order of time."""
    reports = deployment.driftreports.filter(finished_at__isnull=False).order_by("-finished_at")
    return [
        (each.finished_at, each.figures["outcomes"])
        for each in reversed(reports[:MOST_REPORTS])
        if (each.figures.get("outcomes") or {}).get("metrics")
    ]


def fairness_over_time(points: Points) -> list[tuple[str, dict[str, Any]]]:
    """How the least well treated group stands beside the best treated one, report by report, per sensitive column."""
    columns = dict.fromkeys(each["column"] for _at, found in points for each in found.get("fairness", []))
    charts = [(column, ratio_chart(column, points)) for column in columns]
    return [(column, chart) for column, chart in charts if chart]


def ratio_chart(column: str, points: Points) -> dict[str, Any] | None:
    """The ratio of one column, with its interval."""
    known = [
        (at, each)
        for at, found in points
        for each in found.get("fairness", [])
        if each["column"] == column and any(each.get(name) is not None for name in RATIOS)
    ]
    if not known:
        return None
    name = next(name for name in RATIOS if known[-1][1].get(name) is not None)
    rows = [(at, each[name], each[f"{name}_interval"]) for at, each in known if each.get(name) is not None]
    return {
        "kind": "line",
        "x": [at.date().isoformat() for at, _ratio, _edges in rows],
        "series": [
            {
                "name": _(RATIOS[name]),
                "values": [round(100 * ratio, 1) for _at, ratio, _edges in rows],
                "low": [round(100 * edges[0], 1) for _at, _ratio, edges in rows],
                "high": [round(100 * edges[1], 1) for _at, _ratio, edges in rows],
            }
        ],
        "x_label": _("Measured on"),
        "y_label": _(RATIOS[name]),
    }
