"""The board of the executives: every figure computed from events and rows, with where its rows are."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _, gettext_lazy

from governance import indicators
from governance.models import ApprovalRequest, Decision, Finding
from governance.selectors.home import asked
from governance.selectors.value import Tile, value_chart, value_tiles, values
from portal.core import clock
from portal.core.models import User
from projects.durations import span
from projects.models import PhaseEvent, UseCase

FUNNEL = ("backlog", "initialisation", "development", "production")
CLOSED = ("stopped", "declined", "duplicate")
TIERS = ("unassessed", "minimal", "limited", "high", "prohibited")
# What the board reads of every use case, and no more.
COLUMNS = ("ref", "title", "phase", "risk_tier", "timebox_days", "timebox_person_days", "created_at")
TOO_FEW = 5
HEAVY = 3
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
    decisions: list[ApprovalRequest]
    sentences: list[str] = field(default_factory=list)


def cases(**filters: str) -> str:
    """The filtered list of use cases behind a figure."""
    try:
        url = reverse("projects:use_case_list")
    except NoReverseMatch:
        return ""
    return url + "?" + "&".join(f"{name}={value}" for name, value in filters.items()) if filters else url


def histories(use_cases: QuerySet[UseCase]) -> dict[Any, list[tuple[str, datetime]]]:
    """The phases of each use case in order; one query over three columns."""
    found: dict[Any, list[tuple[str, datetime]]] = defaultdict(list)
    events = PhaseEvent.objects.filter(use_case__in=use_cases.order_by().values("pk"))
    for key, phase, at in events.order_by("at", "pk").values_list("use_case_id", "to_phase", "at"):
        found[key].append((phase, at))
    return found


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
    visible = UseCase.objects.visible_to(user).exclude(phase="draft")
    use_cases = list(visible.only(*COLUMNS))
    past = histories(visible)
    stock = Counter(each.phase for each in use_cases)
    value = values(use_cases, past)
    funnel = stages(past, stock)
    heavy = maintenance(visible)
    tiles = [
        rate_tile(past),
        time_tile(past),
        *value_tiles(value),
        reviews_tile(user),
        stopped_tile(use_cases, past),
        overdue_tile(user),
        burden_tile(heavy),
    ]
    return Board(
        as_of=clock.now(), tiles=tiles, funnel=funnel, funnel_chart=funnel_chart(funnel), value_chart=value_chart(value),
        value_rows=value["rows"], tiers=tiers(use_cases), burden=heavy, decisions=asked(user), sentences=sentences(stock, value, heavy),
    )  # fmt: skip


def stages(past: dict[Any, list[tuple[str, datetime]]], stock: Counter[str]) -> list[Stage]:
    """Stock and conversion per phase."""
    made = []
    for phase, following in zip(FUNNEL, [*FUNNEL[1:], "retired"], strict=True):
        went_on, entered, inside = indicators.conversion(past.values(), phase, following)
        rate = share(went_on, entered) if phase != "production" else ""
        made.append(
            Stage(
                str(UseCase.Phase(phase).label),
                stock[phase],
                entered,
                went_on,
                inside,
                cases(phase=phase),
                rate,
            )
        )
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


def rate_tile(past: dict[Any, list[tuple[str, datetime]]]) -> Tile:
    """Prototype to production: of all that entered development, how many reached production."""
    built = [events for events in past.values() if any(phase == "development" for phase, _at in events)]
    live = [events for events in built if any(phase == "production" for phase, _at in events)]
    total, count = len(built), len(live)
    hint = _("The article's figure is 15 %%. %(interval)s") % {"interval": interval(count, total)}
    state = "" if total < TOO_FEW else "good" if count / total > indicators.ARTICLE_RATE else "bad"
    return Tile(
        _("From prototype to production"), share(count, total), hint, cases(phase="production"), state
    )


def time_tile(past: dict[Any, list[tuple[str, datetime]]]) -> Tile:
    """Kaplan–Meier: what is still on its way counts too."""
    items = indicators.durations(past.values(), "backlog", "production", clock.now(), CLOSED)
    median = span(items).middle
    arrived = sum(ended for _days, ended in items)
    if not items:
        return Tile(_("Time to production"), "–", _("Nothing was accepted yet."), cases())
    longest = max(days for days, _ended in items)
    words = f"{round(median)}" if median is not None else f"> {round(longest)}"
    hint = _("Median by Kaplan–Meier: %(arrived)d arrived, %(open)d still on their way or stopped.") % {
        "arrived": arrived,
        "open": len(items) - arrived,
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


def stopped_tile(use_cases: list[UseCase], past: dict[Any, list[tuple[str, datetime]]]) -> Tile:
    """Stopped during initialisation: a success of failing fast, with the person-days not spent."""
    stopped = [each for each in use_cases if each.phase == "stopped"]
    early = [
        each
        for each in stopped
        if len(past[each.pk]) > 1 and past[each.pk][-2][0] in {"backlog", "initialisation"}
    ]
    saved = sum(days_left(each, past[each.pk]) for each in early)
    hint = _("of %(total)d stopped; about %(days)d person-days of the time box not spent") % {
        "total": len(stopped),
        "days": round(saved),
    }
    return Tile(_("Stopped early"), str(len(early)), hint, cases(phase="stopped"), "good" if early else "")


def days_left(use_case: UseCase, events: list[tuple[str, datetime]]) -> float:
    """The part of the time box that was left at the stop, in person-days (class: estimated)."""
    phase, began = events[-2]
    if phase == "backlog":
        return float(use_case.timebox_person_days)
    spent = (events[-1][1] - began).total_seconds() / 86400 * 5 / 7
    return use_case.timebox_person_days * max(0.0, 1 - spent / max(use_case.timebox_days, 1))


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


def maintenance(use_cases: QuerySet[UseCase]) -> list[tuple[User, int, str]]:
    """Who holds how much of what is in production, and in which capacity (M4)."""
    held: dict[User, set[Any]] = defaultdict(set)
    capacity: dict[User, set[str]] = defaultdict(set)
    owned = Q(improvement_owner=None, operation_owner=None, monitoring_owner=None)
    live = use_cases.filter(phase=UseCase.Phase.PRODUCTION).exclude(owned)
    for each in live.select_related(*OWNERS):
        for name, label in OWNERS.items():
            owner = getattr(each, name)
            if owner:
                held[owner].add(each.pk)
                capacity[owner].add(str(label))
    counted = indicators.burden(person for person, keys in held.items() for _key in keys)
    return [(person, count, ", ".join(sorted(capacity[person]))) for person, count in counted]


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


def tiers(use_cases: list[UseCase]) -> list[dict[str, Any]]:
    """Active use cases by tier."""
    counts = Counter(each.risk_tier for each in use_cases if each.phase in UseCase.ACTIVE)
    live = Counter(each.risk_tier for each in use_cases if each.phase == UseCase.Phase.PRODUCTION)
    return [
        {
            "label": UseCase.Tier(tier).label,
            "code": tier,
            "count": counts[tier],
            "live": live[tier],
            "url": cases(risk_tier=tier),
        }
        for tier in TIERS
        if counts[tier]
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
