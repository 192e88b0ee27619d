"""The board of the executives: every figure computed from events and rows, with where its rows are."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, QuerySet, Sum
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _, gettext_lazy

from governance import indicators
from governance.models import ApprovalRequest, Decision, Finding
from governance.selectors import flow as moves
from governance.selectors.flow import Flow, Way
from governance.selectors.home import asked
from governance.selectors.value import Tile, value_chart, value_tiles, values
from portal.core import clock
from portal.core.models import User
from projects.durations import span
from projects.models import UseCase

FUNNEL = ("backlog", "initialisation", "development", "production")
TIERS = ("unassessed", "minimal", "limited", "high", "prohibited")
TOO_FEW = 5
HEAVY = 3
MOST_PEOPLE = 20
OWNERS = {
    "improvement_owner": gettext_lazy("improvement"),
    "operation_owner": gettext_lazy("operation"),
    "monitoring_owner": gettext_lazy("monitoring"),
}


@dataclass(frozen=True)
class Stage:
    """One phase of the funnel."""

    label: str
    stock: int
    entered: int
    went_on: int
    inside: int
    url: str
    rate: str


@dataclass(frozen=True)
class Board:
    """Everything on the page, as of one moment."""

    as_of: datetime
    tiles: list[Tile]
    funnel: list[Stage]
    funnel_chart: dict[str, Any] | None
    value_chart: dict[str, Any] | None
    value_rows: list[dict[str, Any]]
    tiers: list[dict[str, Any]]
    burden: list[tuple[User, int, str]]
    others: int
    decisions: list[ApprovalRequest]
    sentences: list[str] = field(default_factory=list)


def cases(**filters: str) -> str:
    """The filtered list of use cases behind a figure."""
    try:
        url = reverse("projects:use_case_list")
    except NoReverseMatch:
        return ""
    return url + "?" + "&".join(f"{name}={value}" for name, value in filters.items()) if filters else url


def share(count: int, total: int) -> str:
    """A share in words: few rows are counted, not divided."""
    if total == 0:
        return "–"
    return (
        _("%(count)d of %(total)d") % {"count": count, "total": total}
        if total < 20
        else f"{round(100 * count / total)} %"
    )


def interval(count: int, total: int) -> str:
    """The 95 % interval in words."""
    found = indicators.wilson(count, total)
    return (
        _("95 %% interval %(low)d–%(high)d %%")
        % {"low": round(100 * found[0]), "high": round(100 * found[1])}
        if found
        else ""
    )


def board(user: User) -> Board:
    """The whole page for one reader."""
    visible = UseCase.objects.sent_and_visible_to(user)
    counts = visible.order_by().values_list("phase", "risk_tier").annotate(count=Count("*"))
    by_tier = {(phase, tier): count for phase, tier, count in counts}
    stock: Counter[str] = Counter()
    for (phase, _tier), count in by_tier.items():
        stock[phase] += count
    flow, ways = moves.flow(visible), moves.ways(visible)
    value = values(visible)
    funnel = stages(flow, stock)
    heavy, others = maintenance(visible)
    tiles = [
        rate_tile(ways),
        time_tile(ways),
        *value_tiles(value),
        reviews_tile(user),
        stopped_tile(visible, stock["stopped"]),
        overdue_tile(user),
        burden_tile(heavy),
    ]
    return Board(
        as_of=clock.now(), tiles=tiles, funnel=funnel, funnel_chart=funnel_chart(funnel), value_chart=value_chart(value),
        value_rows=value["rows"], tiers=tiers(by_tier), burden=heavy, others=others, decisions=asked(user), sentences=sentences(stock, value, heavy),
    )  # fmt: skip


def stages(flow: Flow, stock: Counter[str]) -> list[Stage]:
    """
    Stock and conversion per phase (F3): of the stays begun, how many went on to the next phase.

    Stopped and still inside both stay in the denominator.
    """
    made = []
    for phase, following in zip(FUNNEL, [*FUNNEL[1:], "retired"], strict=True):
        entered, went_on = flow.entered(phase), flow.moves[phase, following]
        rate = share(went_on, entered) if phase != "production" else ""
        label, inside = str(UseCase.Phase(phase).label), stock[phase]
        made.append(Stage(label, inside, entered, went_on, inside, cases(phase=phase), rate))
    return made


def funnel_chart(funnel: list[Stage]) -> dict[str, Any] | None:
    """Entered per phase."""
    if not any(stage.entered for stage in funnel):
        return None
    return {
        "kind": "funnel",
        "x": [each.label for each in funnel],
        "series": [{"name": _("Entered so far"), "values": [each.entered for each in funnel]}],
        "x_label": "",
        "y_label": "",
        "unit": "",
    }


def rate_tile(ways: list[Way]) -> Tile:
    """Prototype to production: of all that entered development, how many reached production."""
    total, count = sum(way.built for way in ways), sum(way.arrived for way in ways)
    hint = _("The article's figure is 15 %%. %(interval)s") % {"interval": interval(count, total)}
    state = "" if total < TOO_FEW else "good" if count / total > indicators.ARTICLE_RATE else "bad"
    return Tile(
        _("From prototype to production"), share(count, total), hint, cases(phase="production"), state
    )


def time_tile(ways: list[Way]) -> Tile:
    """Kaplan–Meier: what is still on its way counts too."""
    found = span((way.days, way.arrived) for way in ways)
    if not ways:
        return Tile(_("Time to production"), "–", _("Nothing was accepted yet."), cases())
    words = f"{found.days}" if found.days is not None else f"> {round(found.longest)}"
    hint = _("Median by Kaplan–Meier: %(arrived)d arrived, %(open)d still on their way or stopped.") % {
        "arrived": found.ended,
        "open": found.running,
    }
    return Tile(_("Time to production"), words, hint, cases(phase="production"), unit=_("days"))


def reviews_tile(user: User) -> Tile:
    """How many reviews wait, how old the oldest is, how long they last at the present speed."""
    waiting = ApprovalRequest.objects.visible_to(user).open().filter(kind=ApprovalRequest.Kind.MODEL_REVIEW)
    count, oldest = waiting.count(), waiting.aggregate(first=Min("created_at"))["first"]
    recent = Decision.objects.filter(
        request__kind="model_review", decided_at__gte=clock.now() - timedelta(days=28)
    ).count()
    weeks = indicators.review_backlog_weeks(count, recent / 4)
    hint = (
        _("oldest: %(days)d days") % {"days": (clock.now() - oldest).days} if oldest else _("Nobody waits.")
    )
    if weeks is not None and count:
        hint += " · " + _("%(weeks).1f weeks of work") % {"weeks": weeks}
    return Tile(
        _("Reviews waiting"), str(count), hint, reverse("governance:inbox") + "?kind=model_review&state=open"
    )


def stopped_tile(use_cases: QuerySet[UseCase], total: int) -> Tile:
    """Stopped before development: a success of failing fast, with the person-days of the time box not spent (estimated)."""
    stopped = moves.stops(use_cases)
    begun = {key: at for key, (phase, at) in stopped.items() if phase == "initialisation"}
    waiting = [key for key, (phase, _at) in stopped.items() if phase == "backlog"]
    early, never = len(begun) + len(waiting), UseCase.objects.filter(pk__in=waiting)
    saved = (never.aggregate(days=Sum("timebox_person_days"))["days"] or 0) + left_over(begun)
    hint = _("of %(total)d stopped; about %(days)d person-days of the time box not spent") % {
        "total": total,
        "days": round(saved),
    }
    return Tile(_("Stopped early"), str(early), hint, cases(phase="stopped"), "good" if early else "")


def left_over(ended: dict[Any, datetime]) -> float:
    """Person-days that were left of the time boxes of initialisations that ended at these moments."""
    entered = moves.last_entries(ended, "initialisation")
    boxes = UseCase.objects.filter(pk__in=ended).values_list("pk", "timebox_person_days", "timebox_days")
    return sum(
        person_days * max(0.0, 1 - (ended[key] - entered[key]).total_seconds() / 86400 * 5 / 7 / max(days, 1))
        for key, person_days, days in boxes
    )


def overdue_tile(user: User) -> Tile:
    """Findings after their day."""
    count = Finding.objects.visible_to(user).overdue().count()
    return Tile(
        _("Findings overdue"),
        str(count),
        "",
        reverse("governance:finding_list") + "?overdue=true",
        "bad" if count else "good",
    )


def maintenance(use_cases: QuerySet[UseCase]) -> tuple[list[tuple[User, int, str]], int]:
    """Who holds most of what is in production, and in which capacity (M4); and how many more people hold some."""
    held: dict[Any, set[Any]] = defaultdict(set)
    capacity: dict[Any, set[str]] = defaultdict(set)
    live = use_cases.filter(phase=UseCase.Phase.PRODUCTION).order_by("ref").values_list("pk", *OWNERS)
    for key, *owners in live:
        for owner, label in zip(owners, OWNERS.values(), strict=True):
            if owner:
                held[owner].add(key)
                capacity[owner].add(str(label))
    counted = indicators.burden(person for person, keys in held.items() for _key in keys)
    people = User.objects.in_bulk([person for person, _count in counted[:MOST_PEOPLE]])
    rows = [(people[each], count, ", ".join(sorted(capacity[each]))) for each, count in counted[:MOST_PEOPLE]]
    return rows, max(len(counted) - MOST_PEOPLE, 0)


def burden_tile(heavy: list[tuple[User, int, str]]) -> Tile:
    """The heaviest load on one person."""
    if not heavy:
        return Tile(
            _("Maintenance on one person"), "–", _("Nothing in production has an owner yet."), "#burden"
        )
    person, most, _capacity = heavy[0]
    return Tile(
        _("Maintenance on one person"),
        str(most),
        _("production use cases held by %(name)s") % {"name": person},
        "#burden",
        "warn" if most > HEAVY else "",
    )


def tiers(counts: dict[tuple[str, str], int]) -> list[dict[str, Any]]:
    """Active use cases by tier, from the counts by phase and tier."""
    return [
        {
            "label": UseCase.Tier(tier).label,
            "code": tier,
            "count": active,
            "live": counts.get((UseCase.Phase.PRODUCTION, tier), 0),
            "url": cases(risk_tier=tier),
        }
        for tier in TIERS
        if (active := sum(counts.get((phase, tier), 0) for phase in UseCase.ACTIVE))
    ]


def sentences(stock: Counter[str], value: dict[str, Any], heavy: list[tuple[User, int, str]]) -> list[str]:
    """What matters in a few words."""
    said = [
        _("%(live)d use cases are in production, %(built)d in development.")
        % {"live": stock["production"], "built": stock["development"]}
    ]
    if value["ratio"] is not None:
        said.append(
            _("Realised value is %(percent)d %% of what was planned for the months in production.")
            % {"percent": round(100 * value["ratio"])}
        )
    if heavy and heavy[0][1] > HEAVY:
        said.append(
            _(
                "%(name)s looks after %(count)d use cases in production: the roadmap stops if this person does."
            )
            % {"name": heavy[0][0], "count": heavy[0][1]}
        )
    return said
