"""From a score to a decision: how many rows to act on, by what can be done or by what errors cost."""

import math
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


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
    chart: dict[str, Any]
    basis: str

    @property
    def hit_percent(self) -> str:
        """Share of the taken rows that are cases."""
        return "–" if self.hit_rate is None else f"{100 * self.hit_rate:.1f} %"

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
        return "–" if self.found is None else f"{100 * self.found:.1f} %"


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

    Pure arithmetic on the points the engine measured; `of` rows are expected to look like those.
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
    point, total = points[place], of or rows
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
        hits=point["hits"] / rows * total,
        found=point["hits"] / positives if positives else None,
        lift=rate / (positives / rows) if rate is not None and positives else None,
        cost=costs[place],
        cost_of_none=costs[0],
        cost_of_all=costs[-1],
        chart=cost_chart(points, costs),
        basis=basis,
    )


def cost_chart(points: list[dict[str, Any]], costs: list[float]) -> dict[str, Any]:
    """What errors cost per row when more and more rows are taken."""
    return {
        "kind": "line",
        "x": [f"{100 * point['share']:.0f} %" for point in points],
        "series": [{"name": _("Cost of errors per row"), "values": [float(f"{each:.4g}") for each in costs]}],
        "x_label": _("Share of rows taken, highest scores first"),
    }


def wilson(hits: int, rows: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    if not rows:
        return 0.0, 1.0
    share, squared = hits / rows, z * z
    middle = (share + squared / (2 * rows)) / (1 + squared / rows)
    half = z / (1 + squared / rows) * math.sqrt(share * (1 - share) / rows + squared / (4 * rows * rows))
    return max(0.0, middle - half), min(1.0, middle + half)
