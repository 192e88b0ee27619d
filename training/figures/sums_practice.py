"""What the figures of building, reviewing and leading (courses 6 to 10) show, counted from the tables."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from random import Random
from statistics import mean

from training.figures.scorecard import Table, column, learned
from training.figures.tables import (
    MONTHS,
    Numbers,
    Row,
    Values,
    average,
    bands,
    buys,
    calls,
    counted,
    hires,
    is_bad,
    left,
    percent,
    rows,
    shares,
)  # fmt: skip

VISITS, PILOTS, SEED, MANY_CALLS, LONG_DAY = 200, 400, 20261130, 4, 250.0


def leaderboard() -> Numbers:
    """Buyers among the 200 fresh households each candidate puts first; the first line is all of them."""
    table = rows("caravan")
    known = [row for number, row in enumerate(table) if number % 4 != 3]
    fresh = [row for number, row in enumerate(table) if number % 4 == 3]
    every = [name for name in table[0] if name != "Purchase"]
    parts = [(sum(map(buys, fresh)), len(fresh))]
    for names in (["PPERSAUT"], ["PPERSAUT", "PBRAND", "MOSTYPE"], every):
        chance = learned(known, buys, [column(name) for name in names])
        best = sorted(fresh, key=chance, reverse=True)[:VISITS]
        parts.append((sum(map(buys, best)), len(best)))
    return counted("caravan", parts)


def card_of_a_rule() -> Numbers:
    """The measures of "alarm from four service calls on": right alarms, then leavers found in all, with and without the plan abroad."""
    table = rows("partner_churn")
    alarms = [row for row in table if calls(row) >= MANY_CALLS]
    gone = [row for row in table if left(row)]
    groups = [gone, *([row for row in gone if row["international_plan"] == kind] for kind in ("no", "yes"))]
    found = [(sum(calls(row) >= MANY_CALLS for row in group), len(group)) for group in groups]
    return counted("partner_churn", [(sum(map(left, alarms)), len(alarms)), *found])


def difference_by_chance() -> Numbers:
    """Two groups drawn by lot and treated alike: the difference in leavers that one pilot in twenty exceeds, in points."""
    table = [left(row) for row in rows("partner_churn")]
    lots = Random(SEED)  # nosec B311  drawn again the same way
    values: Values = []
    for size in (50, 100, 250, 500, 1000):
        differences = []
        for _pilot in range(PILOTS):
            drawn = lots.sample(table, 2 * size)
            differences.append(100 * abs(sum(drawn[:size]) - sum(drawn[size:])) / size)
        values.append(round(sorted(differences)[PILOTS * 95 // 100 - 1], 1))
    return Numbers("partner_churn", len(table), [values])


def page_of(table: Table) -> dict[tuple[str, str], float]:
    """Mean hires by hour and working day."""
    seen: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in table:
        seen[row["hr"], row["workingday"]].append(hires(row))
    return {key: mean(values) for key, values in seen.items()}


def without_upkeep() -> Numbers:
    """Mean error, month by month, of a page of averages learned in January, and of one learned anew each month from the month before."""
    months = [[row for row in rows("bike_hires") if row["mnth"] == month] for month in MONTHS]
    first, series = page_of(months[0]), [[], []]  # type: ignore[var-annotated]
    for before, month in zip(months, months[1:], strict=False):
        for page, found in zip((first, page_of(before)), series, strict=True):
            found.append(average(abs(hires(row) - page[row["hr"], row["workingday"]]) for row in month))
    return Numbers("bike_hires", len(rows("bike_hires")), series)


def chosen_by_themselves() -> Numbers:
    """Leavers without and with the voice mail plan, which customers chose themselves; then only those with few service calls."""
    groups = [
        lambda row, plan=plan, most=most: row["voice_mail_plan"] == plan and calls(row) <= most  # type: ignore[misc]
        for most in (99, 3)
        for plan in ("no", "yes")
    ]
    return shares("partner_churn", groups, left)


def same_model_two_splits() -> Numbers:
    """
    Mean error of "as in the same hour of the nearest day we know": days drawn by chance, then the last days; then "as usual".

    Each split keeps a quarter of the days for the test; working days are compared with working days only.
    """
    table = rows("bike_hires")
    days = sorted({int(row["day"]) for row in table})
    late = days[3 * len(days) // 4]
    values: Values = []
    for is_test in (lambda day: day % 4 == 3, lambda day: day >= late):
        known: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
        for row in table:
            if not is_test(int(row["day"])):
                known[row["hr"], row["workingday"]].append((int(row["day"]), hires(row)))
        fresh = [row for row in table if is_test(int(row["day"]))]
        values.append(
            average(
                abs(nearest(known[row["hr"], row["workingday"]], int(row["day"])) - hires(row))
                for row in fresh
            )
        )
    usual = page_of([row for row in table if int(row["day"]) < late])
    fresh = [row for row in table if int(row["day"]) >= late]
    return Numbers(
        "bike_hires",
        len(table),
        [[*values, average(abs(hires(row) - usual[row["hr"], row["workingday"]]) for row in fresh)]],
    )


def nearest(known: Sequence[tuple[int, float]], day: int) -> float:
    """The hires of the day that lies nearest; of two, the earlier one."""
    return min(known, key=lambda each: (abs(each[0] - day), each[0]))[1]


def chosen_by_the_author() -> Numbers:
    """Leavers found by "four calls or more" in samples of 300 customers: the first one drawn, the best of 5, of 20 and of 100, on average."""
    table = rows("partner_churn")
    lots = Random(SEED)  # nosec B311  drawn again the same way
    found = []
    for _sample in range(1000):
        gone = [calls(row) for row in lots.sample(table, 300) if left(row)]
        found.append(100 * sum(number >= MANY_CALLS for number in gone) / len(gone))
    values = [
        average(max(found[start : start + tries]) for start in range(0, len(found), tries))
        for tries in (1, 5, 20, 100)
    ]
    return Numbers("partner_churn", len(table), [values])


def shift(first: Table, second: Table, name: str) -> float:
    """The population stability index of a column between two tables, each value counted once more than it was seen."""
    values = {row[name] for row in (*first, *second)}
    counts = [Counter(row[name] for row in table) for table in (first, second)]
    total = 0.0
    for value in sorted(values):
        one, two = (
            (count[value] + 1) / (len(table) + len(values))
            for count, table in zip(counts, (first, second), strict=True)
        )
        total += (two - one) * math.log(two / one)
    return round(total, 2)


def limit_of_a_condition() -> Numbers:
    """How far four columns of the spring list and of the autumn list have moved from training (PSI)."""
    table = list(enumerate(rows("caravan")))
    training = [row for number, row in table if number % 4 != 3]
    lists = [
        [row for number, row in table if number % 8 == 3],
        [row for number, row in table if number % 4 == 3 and row["MOSHOOFD"] in {"1", "2"}],
    ]
    names = ("MKOOPKLA", "MINKGEM", "MGEMLEEF", "PPERSAUT")
    return Numbers("caravan", len(table), [[shift(training, each, name) for name in names] for each in lists])


def refused_wrongly() -> Numbers:
    """Good payers whom the rule "less than two years in the job: refuse" would refuse, by age."""
    table = [row for row in rows("instalment_credit") if not is_bad(row)]
    groups = bands("Age", (18, 25, 30, 40, 50, 60, 200))
    parts = []
    for belongs in groups:
        good = [row for row in table if belongs(row)]
        parts.append((sum(int(row["Seniority"]) < 2 for row in good), len(good)))
    return counted("instalment_credit", parts)


def two_yardsticks() -> Numbers:
    """For five types of neighbourhood: buyers in all, and buyers per hundred visits."""
    every = rows("caravan")
    kinds = [[row for row in every if row["MOSHOOFD"] == kind] for kind in ("8", "2", "3", "1", "9")]
    buyers = [float(sum(map(buys, kind))) for kind in kinds]
    return Numbers("caravan", len(every), [buyers, [percent(count, len(kind)) for count, kind in zip(buyers, kinds, strict=True)]])  # fmt: skip


def the_best_month() -> Numbers:
    """Hires of a whole year as extrapolated from one month, in thousands; then the year as it was."""
    every = rows("bike_hires")
    year = sum(map(hires, every))
    values = []
    for month in ("Jan", "April", "June"):
        part = [row for row in every if row["mnth"] == month]
        values.append(float(round(mean(map(hires, part)) * len(every) / 1000)))
    return Numbers("bike_hires", len(every), [[*values, float(round(year / 1000))]])


def marks_per_part() -> Numbers:
    """How often "leaves from four calls on" is right: in all, and in parts of the table."""
    is_right: Callable[[Row], bool] = lambda row: left(row) == (calls(row) >= MANY_CALLS)  # noqa: E731
    groups: list[Callable[[Row], bool]] = [
        lambda row: True,
        lambda row: row["international_plan"] == "no" and float(row["total_day_minutes"]) < LONG_DAY,
        lambda row: row["international_plan"] == "yes",
        lambda row: float(row["total_day_minutes"]) >= LONG_DAY,
    ]
    return shares("partner_churn", groups, is_right)


def agreement_beyond_chance() -> Numbers:
    """Three markers against what came true: simple agreement, and agreement beyond chance (Cohen's kappa), in percent."""
    table = rows("partner_churn")
    truth = [left(row) for row in table]
    markers: list[Callable[[Row], bool]] = [
        lambda row: False,
        lambda row: calls(row) >= MANY_CALLS,
        lambda row: calls(row) >= MANY_CALLS or float(row["total_day_minutes"]) >= LONG_DAY,
    ]
    series: list[Values] = [[], []]
    for marker in markers:
        given = [marker(row) for row in table]
        alike = mean(one == two for one, two in zip(given, truth, strict=True))
        by_chance = mean(given) * mean(truth) + (1 - mean(given)) * (1 - mean(truth))
        series[0].append(round(100 * alike, 1))
        series[1].append(round(100 * (alike - by_chance) / (1 - by_chance), 1))
    return Numbers("partner_churn", len(table), series)


SUMS: dict[str, Callable[[], Numbers]] = {
    "6.3-leaderboard": leaderboard,
    "7.1-card-of-a-rule": card_of_a_rule,
    "7.2-difference-by-chance": difference_by_chance,
    "7.4-without-upkeep": without_upkeep,
    "8.4-chosen-by-themselves": chosen_by_themselves,
    "9.1-two-splits": same_model_two_splits,
    "9.2-best-of-many": chosen_by_the_author,
    "9.3-limit-of-a-condition": limit_of_a_condition,
    "9.4-refused-wrongly": refused_wrongly,
    "10.1-two-yardsticks": two_yardsticks,
    "10.2-best-month": the_best_month,
    "10.3-marks-per-part": marks_per_part,
    "10.4-beyond-chance": agreement_beyond_chance,
}
