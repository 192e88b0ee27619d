"""Groups of people in a report of the engine: each with its size, its rates and how sure they are."""

from typing import Any

from django.utils.translation import gettext as _

from projects.sentences import figure, percent

Spec = dict[str, Any]
FEW = 30  # rows; the engine compares no rate of a smaller group
SPANS = {
    "selection_rate": "selection_interval",
    "tpr": "tpr_interval",
    "accuracy": "accuracy_interval",
    "mean_absolute_error": "error_interval",
}
AS_THEY_ARE = {"mean_absolute_error", "mean_prediction", "mean_actual"}  # in the unit of the target


def measures() -> dict[str, str]:
    """What is measured per group, in words, in the order of the table."""
    return {
        "selection_rate": _("Selected"),
        "tpr": _("Cases found"),
        "base_rate": _("Cases"),
        "accuracy": _("Right"),
        "mean_absolute_error": _("Mean error"),
        "mean_prediction": _("Estimated on average"),
        "mean_actual": _("True on average"),
    }


def group_view(report: dict[str, Any]) -> dict[str, Any]:
    """One sensitive column: a sentence per comparison, a chart, and a table of all groups."""
    words = measures()
    shown = [name for name in words if any(group.get(name) is not None for group in report["groups"])]
    rows = [
        (
            group["group"],
            group["rows"],
            [(told(name, group.get(name)), span(name, group)) for name in shown],
            group["rows"] < FEW,
        )
        for group in report["groups"]
    ]
    return {
        "column": report["column"],
        "heads": [words[name] for name in shown],
        "rows": rows,
        "chart": group_chart(report, shown, words),
        "sentences": compared(report),
    }


def compared(report: dict[str, Any]) -> list[str]:
    """The group with the least beside the group with the most, among those large enough."""
    templates = {
        "selection_ratio": _(
            "For every 100 rows selected among “%(high)s”, %(count)s are selected among as many rows of “%(low)s” (95 %% sure: %(from)s to %(to)s). Below 80 is a common sign of unequal treatment."
        ),
        "tpr_ratio": _(
            "For every 100 cases found among “%(high)s”, %(count)s are found among as many cases of “%(low)s” (95 %% sure: %(from)s to %(to)s)."
        ),
        "accuracy_ratio": _(
            "For every 100 right answers among “%(high)s”, %(count)s are right among as many rows of “%(low)s” (95 %% sure: %(from)s to %(to)s)."
        ),
        "error_ratio": _(
            "For every 100 units of error among “%(low)s”, there are %(count)s among “%(high)s” (95 %% sure: %(from)s to %(to)s)."
        ),
    }
    said = [
        template % edges(report, name)
        for name, template in templates.items()
        if report.get(name) is not None and report.get(f"{name}_interval")
    ]
    if not said and sum(group["rows"] >= FEW for group in report["groups"]) < 2:
        return [_("Fewer than two groups have %(few)s rows: the groups cannot be compared.") % {"few": FEW}]
    return said


def edges(report: dict[str, Any], name: str) -> dict[str, Any]:
    """The two groups and their ratio per hundred, with its interval."""
    low, high = report[f"{name}_interval"]
    return {
        "low": report[f"{name}_low"],
        "high": report[f"{name}_high"],
        "count": round(100 * report[name]),
        "from": round(100 * low),
        "to": round(100 * high),
    }


def group_chart(report: dict[str, Any], shown: list[str], words: dict[str, str]) -> Spec | None:
    """The first rate that has intervals, group by group."""
    name = next((each for each in shown if each in SPANS), None)
    groups = [each for each in report["groups"] if name and each.get(SPANS[name])]
    if name is None or len(groups) < 2:
        return None
    scale = 1 if name in AS_THEY_ARE else 100
    return {
        "kind": "bar",
        "horizontal": True,
        "x": [f"{each['group']} ({each['rows']})" for each in groups],
        "series": [
            {
                "name": words[name],
                "values": [shortened(scale * each[name]) for each in groups],
                "low": [shortened(scale * each[SPANS[name]][0]) for each in groups],
                "high": [shortened(scale * each[SPANS[name]][1]) for each in groups],
            }
        ],
        "x_label": _("Group (rows)"),
        "y_label": words[name],
        "unit": "" if name in AS_THEY_ARE else "%",
    }


def shortened(value: float) -> float:
    """Four figures."""
    return float(f"{value:.4g}")


def span(name: str, group: dict[str, Any]) -> str:
    """The interval of a figure."""
    found = group.get(SPANS.get(name, ""))
    if not found:
        return ""
    if name in AS_THEY_ARE:
        return f"{figure(found[0])} – {figure(found[1])}"
    return f"{100 * found[0]:.0f} – {100 * found[1]:.0f} %"


def told(name: str, value: float | None) -> str:
    """A rate as percent, an error as it is."""
    if value is None:
        return "–"
    return figure(value) if name in AS_THEY_ARE else percent(value)
