"""Expected and realised value, as the portfolio shows it."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from governance import indicators
from governance.models import BenefitLine, Measurement
from governance.models.benefits import Evidence
from governance.selectors.flow import histories
from portal.core import clock
from projects.models import UseCase

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Tile:
    """One figure, on how many rows it rests, and where those are."""

    label: str
    value: str
    hint: str = ""
    href: str = ""
    state: str = ""
    unit: str = ""


def euros(amount: float) -> str:
    """Whole euros in readable groups."""
    return f"{round(amount):,}".replace(",", "\u202f") + " €"


def values(use_cases: QuerySet[UseCase]) -> dict[str, Any]:
    """Expected and realised value: per class, per use case, and their ratio; reads those that have any."""
    expected: Counter[Any] = Counter()
    lines = BenefitLine.objects.filter(ended_on__isnull=True).order_by()
    for key, amount in lines.values_list("use_case", "yearly_amount"):
        expected[key] += amount
    realised: dict[Any, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    verified = Measurement.objects.filter(state=Measurement.State.VERIFIED).order_by()
    for key, evidence, amount in verified.values_list("line__use_case", "evidence", "amount"):
        realised[key][evidence] += amount
    by_key = use_cases.only("ref", "title", "phase").in_bulk(set(expected) | set(realised))
    past = histories(by_key)
    rows, ratio = [], []
    for key in by_key:
        months = months_live(past.get(key, []))
        total = sum(realised[key].values())
        rows.append(
            {
                "use_case": by_key[key],
                "expected": expected[key],
                "realised": total,
                "months": round(months, 1),
                "gap": expected[key] * months / 12 - total,
            }
        )
        if months:
            ratio.append((float(expected[key]), months, total))
    classes = indicators.by_class((name, amount) for key in by_key for name, amount in realised[key].items())
    return {
        "rows": sorted(rows, key=lambda row: -row["gap"]),
        "expected": sum(expected[key] for key in by_key),
        "classes": classes,
        "ratio": indicators.realisation_ratio(ratio),
        "live": sum(expected[key] for key in by_key if by_key[key].phase == "production"),
    }


def months_live(events: list[tuple[str, datetime]]) -> float:
    """Months spent in production over all stays."""
    days = 0.0
    for number, (phase, at) in enumerate(events):
        if phase == "production":
            until = events[number + 1][1] if number + 1 < len(events) else clock.now()
            days += (until - at).total_seconds() / 86400
    return days / DAYS_PER_YEAR * 12


def value_tiles(value: dict[str, Any]) -> list[Tile]:
    """Expected and realised."""
    total = sum(value["classes"].values())
    mix = indicators.evidence_mix(value["classes"])
    hint = (
        _("%(percent)d %% of it measured against a comparison") % {"percent": round(100 * mix)}
        if mix is not None
        else _("Nothing verified by finance yet.")
    )
    ratio = value["ratio"]
    expected_hint = _("of which %(live)s in production") % {"live": euros(value["live"])}
    realised_hint = (
        f"{hint} · " + _("%(percent)d %% of plan") % {"percent": round(100 * ratio)}
        if ratio is not None
        else hint
    )
    state = "" if mix is None else "warn" if mix < 0.3 else "good"
    return [
        Tile(_("Expected per year"), euros(value["expected"]), expected_hint, "#value"),
        Tile(_("Realised, verified"), euros(total), realised_hint, "#value", state),
    ]


def value_chart(value: dict[str, Any]) -> dict[str, Any] | None:
    """Realised by class of evidence beside what is expected of live use cases per year."""
    if not value["expected"] and not value["classes"]:
        return None
    names = [str(Evidence(each).label) for each in Evidence.values]
    return {
        "kind": "bar",
        "x": [_("Expected per year, live"), *names],
        "series": [
            {
                "name": "€",
                "values": [value["live"], *(value["classes"].get(each, 0) for each in Evidence.values)],
            }
        ],
        "x_label": "",
        "y_label": "€",
        "unit": "€",
    }
