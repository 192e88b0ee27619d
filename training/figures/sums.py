"""What each figure shows, computed anew from its table; plain counting, so that everybody can check it."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise
from statistics import mean

from training.figures import sums_framing, sums_practice
from training.figures.tables import (
    MONTHS,
    OPEN,
    RECIPE,
    Numbers,
    Row,
    Values,
    average,
    bands,
    buys,
    calls,
    hires,
    is_bad,
    left,
    rows,
    shares,
    tally,
)  # fmt: skip

MISS, YOUNG = 200.0, 30  # euros for a lost customer; years


def car_policy() -> Numbers:
    """Buyers by the contribution band of the car policy."""
    groups: list[Callable[[Row], bool]] = [
        lambda row: row["PPERSAUT"] == "0",
        lambda row: row["PPERSAUT"] in {"4", "5"},
        lambda row: row["PPERSAUT"] == "6",
    ]
    return shares("caravan", groups, buys)


def page_of_averages() -> Numbers:
    """Mean hires for each hour of the day from January to November; working days, then free days."""
    table = [row for row in rows("bike_hires") if row["mnth"] != "Dec"]
    series = [
        [average(hires(row) for row in table if row["workingday"] == kind and row["hr"] == str(hour)) for hour in range(24)]
        for kind in ("1", "0")
    ]  # fmt: skip
    return Numbers("bike_hires", len(table), series)


def learned_by_heart() -> Numbers:
    """Mean error of a memory of averages that looks at more and more columns: days it learned from, other days."""
    looked_at = ("hr", "workingday", "mnth", "temp", "weathersit", "hum")
    table = rows("bike_hires")
    heaps = [[row for row in table if int(row["day"]) % 2 == rest] for rest in (0, 1)]
    whole = mean(hires(row) for row in heaps[0])
    series: list[Values] = [[], []]
    for width in range(1, len(looked_at) + 1):
        memory: dict[tuple[str, ...], list[float]] = defaultdict(list)
        for row in heaps[0]:
            memory[tuple(row[name] for name in looked_at[:width])].append(hires(row))
        known = {key: mean(values) for key, values in memory.items()}
        for found, heap in zip(series, heaps, strict=True):
            found.append(
                average(
                    abs(hires(row) - known.get(tuple(row[name] for name in looked_at[:width]), whole))
                    for row in heap
                )
            )
    return Numbers("bike_hires", len(table), series)


def seesaw() -> Numbers:
    """Alarm from one, two … five calls on: leavers found, and stayers called for nothing, in percent."""
    table = rows("partner_churn")
    groups = ([row for row in table if left(row)], [row for row in table if not left(row)])
    series = [
        [round(100 * sum(calls(row) >= bar for row in group) / len(group), 1) for bar in range(1, 6)] for group in groups
    ]  # fmt: skip
    return Numbers("partner_churn", len(table), series)


def cubes_per_recipe() -> Numbers:
    """How many recipes of concrete occur once, twice … and more than five times."""
    table = rows("concrete_strength")
    times = Counter(Counter(tuple(row[name] for name in RECIPE) for row in table).values())
    values = [float(times[number]) for number in range(1, 6)]
    return Numbers("concrete_strength", len(table), [[*values, float(sum(times.values()) - sum(values))]])


def gap_speaks() -> Numbers:
    """Bad payers among those with and without an income."""
    return shares("instalment_credit", [lambda row: row["Income"] != "", lambda row: row["Income"] == ""], is_bad)  # fmt: skip


def alone_in_the_table() -> Numbers:
    """Customers who are the only ones with their values, as columns are added: exact, then in bands of ten years."""
    looked_at = ("Age", "Marital", "Home", "Job", "Seniority")
    table = rows("instalment_credit")

    def value(row: Row, name: str, *, is_exact: bool) -> str:
        return row[name] if is_exact or name not in {"Age", "Seniority"} else str(int(row[name]) // 10)

    series: list[Values] = []
    for is_exact in (True, False):
        found = []
        for width in range(1, len(looked_at) + 1):
            kinds = Counter(
                tuple(value(row, name, is_exact=is_exact) for name in looked_at[:width]) for row in table
            )
            found.append(round(100 * sum(1 for count in kinds.values() if count == 1) / len(table), 1))
        series.append(found)
    return Numbers("instalment_credit", len(table), series)


def months() -> Numbers:
    """Mean hires per hour in each month."""
    table = rows("bike_hires")
    values = [average(hires(row) for row in table if row["mnth"] == month) for month in MONTHS]
    return Numbers("bike_hires", len(table), [values])


def leavers_by_calls() -> Numbers:
    """Who left, by number of service calls, with intervals."""
    return shares("partner_churn", bands("number_customer_service_calls", range(11)), left)


def young_by_seniority() -> Numbers:
    """The share under thirty, by years in the present job."""
    return shares(
        "instalment_credit", bands("Seniority", (0, 2, 5, 10, 15, OPEN)), lambda row: int(row["Age"]) < YOUNG
    )


def rarer_kind() -> Numbers:
    """For three tables: how many rows carry the rarer answer, beside all the others."""
    found = [("caravan", buys), ("partner_churn", left), ("instalment_credit", is_bad)]
    rare = [float(sum(map(hit, rows(name)))) for name, hit in found]
    others = [len(rows(name)) - few for (name, _hit), few in zip(found, rare, strict=True)]
    every = sum(len(rows(name)) for name, _hit in found)
    return Numbers("caravan, partner_churn, instalment_credit", every, [rare, others])


def assets() -> Numbers:
    """Customers by the size of their assets."""
    return tally("instalment_credit", bands("Assets", (0, 1, 2501, 5001, 10001, 20001, 50001, OPEN)))


def alone_with_the_target() -> Numbers:
    """How closely each column goes with hires: the correlation without its sign."""
    table = rows("bike_hires")
    target = [hires(row) for row in table]
    names = ("registered", "casual", "temp", "hr", "hum", "windspeed")
    return Numbers("bike_hires", len(table), [[correlation([float(row[name]) for row in table], target) for name in names]])  # fmt: skip


def correlation(first: Values, second: Values) -> float:
    """Pearson's correlation without its sign, to two decimals."""
    one, two = mean(first), mean(second)
    together = sum((a - one) * (b - two) for a, b in zip(first, second, strict=True))
    return round(abs(together) / math.sqrt(sum((a - one) ** 2 for a in first) * sum((b - two) ** 2 for b in second)), 2)  # fmt: skip


def what_neighbours_know() -> Numbers:
    """
    Mean error of "as usual, corrected by how busy it was": before and after, an hour, a day, four weeks before.

    What is usual is the mean of the same hour on working days, or on free days.
    """
    usual: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows("bike_hires"):
        usual[row["hr"], row["workingday"]].append(hires(row))
    means = {key: mean(values) for key, values in usual.items()}
    busy = {
        24 * int(row["day"]) + int(row["hr"]): hires(row) - means[row["hr"], row["workingday"]]
        for row in rows("bike_hires")
    }
    values = []
    for places in ((-1, 1), (-1,), (-24,), (-672,)):
        known = [hour for hour in busy if all(hour + place in busy for place in places)]
        values.append(
            average(abs(busy[hour] - mean(busy[hour + place] for place in places)) for hour in known)
        )
    return Numbers("bike_hires", len(busy), [values])


def right_and_found(table: str, hit: Callable[[Row], bool], lists: list[Callable[[Row], bool]]) -> Numbers:
    """For lists made without a model: how often they are right in all, and how many of the wanted they hold."""
    every = rows(table)
    wanted = sum(map(hit, every))
    right = [round(100 * sum(hit(row) == on(row) for row in every) / len(every), 1) for on in lists]
    found = [round(100 * sum(hit(row) and on(row) for row in every) / wanted, 1) for on in lists]
    return Numbers(table, len(every), [right, found])


def simple_lists() -> Numbers:
    """Nobody leaves; whoever called four times or more leaves; whoever called twice or more."""
    return right_and_found(
        "partner_churn", left, [lambda row: False, lambda row: calls(row) > 3, lambda row: calls(row) > 1]
    )


def accuracy_of_nothing() -> Numbers:
    """Nobody buys; whoever insures two cars or more; whoever has the middling car policy."""
    lists: list[Callable[[Row], bool]] = [
        lambda row: False,
        lambda row: int(row["APERSAUT"]) > 1,
        lambda row: row["PPERSAUT"] == "6",
    ]
    return right_and_found("caravan", buys, lists)


def cost_of_the_line() -> Numbers:
    """Costs in thousands of euros of calling from 0 … 6 service calls on, a needless call at 20 and at 60 euros."""
    table = rows("partner_churn")
    series: list[Values] = []
    for needless in (20.0, 60.0):
        found = []
        for bar in range(7):
            missed = sum(1 for row in table if left(row) and calls(row) < bar)
            called = sum(1 for row in table if not left(row) and calls(row) >= bar)
            found.append(round((missed * MISS + called * needless) / 1000, 1))
        series.append(found)
    return Numbers("partner_churn", len(table), series)


def minutes_and_charge() -> Numbers:
    """Mean charge by day for customers in bands of minutes by day."""
    table = rows("partner_churn")
    edges = range(0, 400, 50)
    values = [
        round(mean(float(r["total_day_charge"]) for r in table if low <= float(r["total_day_minutes"]) < high), 1)
        for low, high in pairwise(edges)
    ]  # fmt: skip
    return Numbers("partner_churn", len(table), [values])


def campaign_lists() -> Numbers:
    """Purchasing power of the households in training, in the spring list and in the autumn list, in percent."""
    table = list(enumerate(rows("caravan")))
    lists = [
        [row for number, row in table if number % 4 != 3],
        [row for number, row in table if number % 8 == 3],
        [row for number, row in table if number % 4 == 3 and row["MOSHOOFD"] in {"1", "2"}],
    ]
    series = [
        [round(100 * sum(belongs(row) for row in part) / len(part), 1) for belongs in bands("MKOOPKLA", (1, 3, 5, 7, 9))]
        for part in lists
    ]  # fmt: skip
    return Numbers("caravan", len(table), series, counts=[len(part) for part in lists])


def buyers_by_type() -> Numbers:
    """Buyers by main type of neighbourhood, with intervals."""
    return shares("caravan", bands("MOSHOOFD", range(1, 12)), buys)


def bad_payers_by_age() -> Numbers:
    """Bad payers by age, with intervals."""
    return shares("instalment_credit", bands("Age", (18, 25, 30, 40, 50, 60, OPEN)), is_bad)


def hours_by_weather() -> Numbers:
    """How many hours of each weather a model could learn from."""
    kinds = ("clear", "cloudy/misty", "light rain/snow", "heavy rain/snow")
    return tally("bike_hires", [lambda row, kind=kind: row["weathersit"] == kind for kind in kinds])  # type: ignore[misc]


SUMS: dict[str, Callable[[], Numbers]] = {
    "1.1-car-policy": car_policy,
    "1.2-page-of-averages": page_of_averages,
    "1.3-learned-by-heart": learned_by_heart,
    "1.4-seesaw": seesaw,
    "2.1-cubes-per-recipe": cubes_per_recipe,
    "2.2-gap-speaks": gap_speaks,
    "2.3-alone-in-the-table": alone_in_the_table,
    "2.4-months": months,
    "2.4-small-groups": leavers_by_calls,
    "4.1-stand-in": young_by_seniority,
    "5.1-rarer-kind": rarer_kind,
    "5.2-assets": assets,
    "5.3-loud-leak": alone_with_the_target,
    "5.4-neighbours": what_neighbours_know,
    "6.1-simple-lists": simple_lists,
    "6.2-accuracy-of-nothing": accuracy_of_nothing,
    "6.4-cost-of-the-line": cost_of_the_line,
    "6.5-same-knowledge": minutes_and_charge,
    "7.3-campaign-lists": campaign_lists,
    "8.1-types-with-intervals": buyers_by_type,
    "8.2-base-rates": bad_payers_by_age,
    "8.3-rare-weather": hours_by_weather,
    **sums_framing.SUMS,
    **sums_practice.SUMS,
}
