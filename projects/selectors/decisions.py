"""From a score to a decision: how many rows to act on, by what can be done or by what errors cost."""

import math
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from projects.sentences import percent


@dataclass(frozen=True)
class Decision:
    """One way to use the scores, measured on the rows kept apart and carried over to `of` rows."""

    threshold: float
    taken: int
    of: int
    share: float
    hit_rate: float | None
    low: float
    high: float
    hits: float
    found: float | None
    lift: float | None
    cost: float
    cost_of_none: float
    cost_of_all: float
    saved: float
    chart: dict[str, Any]
    profit: dict[str, Any]
    basis: str

    @property
    def hit_percent(self) -> str:
        """Share of the taken rows that are cases."""
        return "–" if self.hit_rate is None else percent(self.hit_rate)

    @property
    def hit_span(self) -> str:
        """Its 95 % interval."""
        if self.hit_rate is None:
            return ""
        words = {"low": f"{100 * self.low:.0f}", "high": f"{100 * self.high:.0f}"}
        return _("95 %% sure: %(low)s to %(high)s %%") % words

    @property
    def found_percent(self) -> str:
        """Share of all cases that are among the taken rows."""
        return "–" if self.found is None else percent(self.found)


def decide(
    curve: dict[str, Any],
    *,
    capacity: int | None,
    of: int | None,
    cost_false_positive: float,
    cost_false_negative: float,
) -> Decision:
    """
    The place on the curve that fits a capacity, or that costs least when none is given.

    Pure arithmetic on the points the engine measured; `of` rows are expected to look like those. A
    capacity below the smallest part that was measured takes that part's rates (`basis` is "few").
    """
    points, rows, positives = curve["points"], curve["rows"], curve["positives"]
    costs = [
        (cost_false_positive * point["alarms"] + cost_false_negative * (positives - point["hits"])) / rows
        for point in points
    ]
    if capacity is not None and of:
        share = min(capacity / of, 1.0)
        place = max(n for n, point in enumerate(points) if point["share"] <= share + 1e-12)
        basis = "capacity"
    else:
        place = min(range(len(points)), key=lambda n: (costs[n], points[n]["taken"]))
        basis = "cost"
    point, cost = {"counted": points[place]["hits"], **points[place]}, costs[place]
    if basis == "capacity" and place == 0 and capacity:
        basis = "few"
        point, cost = part_of(points[1], share), costs[0] + (costs[1] - costs[0]) * share / points[1]["share"]
    return decision(
        point, rows=rows, positives=positives, total=of or rows, basis=basis, cost=cost, cost_of_none=costs[0],
        cost_of_all=costs[-1], chart=cost_chart(points, costs), profit=profit_chart(points, costs, of or rows),
    )  # fmt: skip


def part_of(point: dict[str, Any], share: float) -> dict[str, Any]:
    """Fewer rows than the smallest part that was measured: its rates, and as much less of its hits."""
    return point | {"share": share, "counted": point["hits"] * share / point["share"]}


def decision(
    point: dict[str, Any],
    *,
    rows: int,
    positives: int,
    total: int,
    cost: float,
    cost_of_none: float,
    **more: Any,
) -> Decision:
    """A place on the curve, carried over to `total` rows."""
    low, high = wilson(point["hits"], point["taken"])
    rate = point["hits"] / point["taken"] if point["taken"] else None
    return Decision(
        threshold=point["threshold"],
        taken=round(point["share"] * total),
        of=total,
        share=point["share"],
        hit_rate=rate,
        low=low,
        high=high,
        hits=point["counted"] / rows * total,
        found=point["counted"] / positives if positives else None,
        lift=rate / (positives / rows) if rate is not None and positives else None,
        cost=cost,
        cost_of_none=cost_of_none,
        saved=(cost_of_none - cost) * total,
        **more,
    )


def cost_chart(points: list[dict[str, Any]], costs: list[float]) -> dict[str, Any]:
    """What errors cost per row when more and more rows are taken."""
    return {
        "kind": "line",
        "x": [f"{100 * point['share']:.0f} %" for point in points],
        "series": [{"name": _("Cost of errors per row"), "values": [float(f"{each:.4g}") for each in costs]}],
        "x_label": _("Share of rows taken, highest scores first"),
        "y_label": _("Cost of errors per row"),
    }


def profit_chart(points: list[dict[str, Any]], costs: list[float], total: int) -> dict[str, Any]:
    """What acting on more and more rows brings in all, compared with acting on none."""
    saved = [float(f"{(costs[0] - each) * total:.4g}") for each in costs]
    return {
        "kind": "line",
        "x": [f"{100 * point['share']:.0f} %" for point in points],
        "series": [
            {"name": _("By the scores"), "values": saved},
            {
                "name": _("At random"),
                "values": [float(f"{saved[-1] * point['share']:.4g}") for point in points],
            },
        ],
        "x_label": _("Share of rows taken, highest scores first"),
        "y_label": _("Saved in all"),
    }


def wilson(hits: int, rows: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    if not rows:
        return 0.0, 1.0
    share, squared = hits / rows, z * z
    middle = (share + squared / (2 * rows)) / (1 + squared / rows)
    half = z / (1 + squared / rows) * math.sqrt(share * (1 - share) / rows + squared / (4 * rows * rows))
    return max(0.0, middle - half), min(1.0, middle + half)
