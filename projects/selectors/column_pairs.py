"""Reads: two columns against each other as a chart with its table, and a sentence about how strong it is."""

from typing import Any

from django.utils.translation import gettext as _

from projects.models import ColumnPair, DatasetVersion

STRONG, CLEAR, WEAK = 0.5, 0.3, 0.1


def pair_of(version: DatasetVersion, first: str, second: str) -> ColumnPair | None:
    """What is there about these two columns."""
    return (
        ColumnPair.objects.select_related("job").filter(version=version, first=first, second=second).first()
    )


def pair_chart(pair: ColumnPair) -> dict[str, Any] | None:
    """The chart of a finished look: points, boxes or shares; nothing before it is finished."""
    makers = {"points": points, "boxes": boxes, "cross": cross}
    found = pair.result
    return makers[found["kind"]](found) if found.get("rows") else None


def points(found: dict[str, Any]) -> dict[str, Any]:
    """Two numbers."""
    rows = found["points"]
    return {
        "kind": "scatter",
        "x": [row[0] for row in rows],
        "series": [{"name": found["second"], "values": [row[1] for row in rows]}],
        "x_label": found["first"],
        "y_label": found["second"],
    }


def boxes(found: dict[str, Any]) -> dict[str, Any]:
    """A number in groups."""
    names = [_("5 % lie below"), _("25 % lie below"), _("Middle"), _("75 % lie below"), _("95 % lie below")]
    return {
        "kind": "box",
        "x": [sized(each["name"], each["rows"]) for each in found["groups"]],
        "series": [
            {"name": name, "values": [each["edges"][place] for each in found["groups"]]}
            for place, name in enumerate(names)
        ],
        "x_label": found["first"],
        "y_label": found["second"],
    }


def cross(found: dict[str, Any]) -> dict[str, Any]:
    """Two groupings: each bar is one group of the first, its parts the second."""
    sums = [sum(row) for row in found["counts"]]
    return {
        "kind": "bar",
        "horizontal": True,
        "stacked": True,
        "x": [sized(name, total) for name, total in zip(found["first_groups"], sums, strict=True)],
        "series": [
            {
                "name": name,
                "values": [round(100 * row[place] / total, 1) for row, total in zip(found["counts"], sums, strict=True)],
            }
            for place, name in enumerate(found["second_groups"])
        ],
        "x_label": found["first"],
        "y_label": found["second"],
        "unit": "%",
    }  # fmt: skip


def sized(name: str, rows: int) -> str:
    """A group with the number of its rows."""
    return _("%(name)s (%(rows)d rows)") % {"name": name[:30], "rows": rows}


def pair_words(pair: ColumnPair) -> str:
    """How strongly the two go together, in a sentence with its figure."""
    found = pair.result
    strength = found.get("strength")
    if strength is None:
        return _("Too few different values to say whether the two go together.")
    words = (
        _("The two go together strongly") if strength >= STRONG
        else _("The two go together clearly") if strength >= CLEAR
        else _("The two go together a little") if strength >= WEAK
        else _("The two hardly go together")
    )  # fmt: skip
    measures = {
        "spearman": _("rank correlation"),
        "eta": _("correlation ratio"),
        "cramers_v": _("Cramér's V"),
    }
    figure = -strength if found.get("falls") else strength
    said = _("%(words)s (%(measure)s %(figure).2f, %(rows)d rows).") % {
        "words": words, "measure": measures[found["measure"]], "figure": figure, "rows": found["rows"],
    }  # fmt: skip
    if found.get("left_out"):
        said += " " + _("%(count)d rows with a missing value are left out.") % {"count": found["left_out"]}
    return said
