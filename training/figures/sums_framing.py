"""What the figures of framing (course 3) and of law and care (course 4) show, counted from the tables."""

from collections import Counter, defaultdict
from collections.abc import Callable
from statistics import mean

import yaml

from training.figures.scorecard import column, learned, steps
from training.figures.tables import (
    FOLDER,
    Numbers,
    Row,
    Values,
    average,
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

CAPACITY = 500  # calls that the desk of the telephone partner can make
CREDIT = (
    steps("Seniority", 3), column("Records"), column("Job"), column("Home"), steps("Income", 40), steps("Amount", 500),
)  # fmt: skip
CLEAR, LOST = 0.2, 0.6  # below and above them a risk is not in doubt
ABOUT_A_PERSON = {"caravan", "partner_churn", "instalment_credit"}


def first_called(key: Callable[[Row], float]) -> tuple[int, int]:
    """Leavers among those whom this order would have called, and how many were called."""
    best = sorted(rows("partner_churn"), key=key, reverse=True)[:CAPACITY]
    return sum(map(left, best)), len(best)


def who_is_called() -> Numbers:
    """Leavers among 500 customers called: as they come, the oldest accounts, the longest talkers, the most calls to the service."""
    orders: list[Callable[[Row], float]] = [
        lambda row: 0.0,
        lambda row: float(row["account_length"]),
        lambda row: float(row["total_day_minutes"]),
        lambda row: float(calls(row)),
    ]
    return counted("partner_churn", map(first_called, orders))


def what_a_sample_knows() -> Numbers:
    """Bad payers in evenly drawn samples of 25, 100, 400 and in all rows."""
    table = rows("instalment_credit")
    parts = []
    for size in (25, 100, 400, len(table)):
        drawn = [table[place * len(table) // size] for place in range(size)]
        parts.append((sum(map(is_bad, drawn)), size))
    return counted("instalment_credit", parts)


def gaps_at_a_look() -> Numbers:
    """Rows without income, assets or debts on record, in percent: in the first hundred rows, in a hundred drawn evenly, in all."""
    table = rows("instalment_credit")
    parts = (table[:100], [table[place * len(table) // 100] for place in range(100)], table)
    looks: list[Callable[[Row], bool]] = [
        lambda row: row["Income"] == "",
        lambda row: row["Assets"] in {"", "0", "0.0"},
        lambda row: row["Debt"] in {"", "0", "0.0"},
    ]
    series = [[percent(sum(map(look, part)), len(part)) for look in looks] for part in parts]
    return Numbers("instalment_credit", len(table), series)


def bought_elsewhere() -> Numbers:
    """Buyers on the list "middling car policy", in other people's neighbourhoods (types 1 to 3) and in ours (types 7 to 10)."""
    on_list: Callable[[Row], bool] = lambda row: row["PPERSAUT"] == "6"  # noqa: E731
    theirs, ours = {"1", "2", "3"}, {"7", "8", "9", "10"}
    groups = [
        lambda row: on_list(row) and row["MOSHOOFD"] in theirs,
        lambda row: on_list(row) and row["MOSHOOFD"] in ours,
        lambda row: row["MOSHOOFD"] in ours,
    ]
    return shares("caravan", groups, buys)


def tuesday_morning() -> Numbers:
    """Mean error of the page of averages on working days, hour by hour."""
    table = [row for row in rows("bike_hires") if row["workingday"] == "1"]
    hours: dict[int, list[float]] = defaultdict(list)
    for row in table:
        hours[int(row["hr"])].append(hires(row))
    means = {hour: mean(values) for hour, values in hours.items()}
    errors = [average(abs(value - means[hour]) for value in hours[hour]) for hour in range(24)]
    whole = average(abs(value - means[hour]) for hour, values in hours.items() for value in values)
    return Numbers("bike_hires", len(table), [errors, [whole] * 24])


def who_is_judged() -> Numbers:
    """For each table: its columns, and how many of them describe a person or a household."""
    names = ("concrete_strength", "bike_hires", "partner_churn", "instalment_credit", "caravan")
    columns = []
    for name in names:
        about = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
        columns.append(len(about["columns"]) - 1)  # without the target
    judged = [count if name in ABOUT_A_PERSON else 0 for name, count in zip(names, columns, strict=True)]
    return Numbers(", ".join(names), sum(len(rows(name)) for name in names), [list(map(float, columns)), list(map(float, judged))])  # fmt: skip


def where_a_look_is_worth_most() -> Numbers:
    """Bad payers among fresh applicants by estimated risk: clearly low, in doubt, clearly high."""
    table = rows("instalment_credit")
    risk = learned([row for number, row in enumerate(table) if number % 4 != 3], is_bad, CREDIT)
    fresh = [(risk(row), is_bad(row)) for number, row in enumerate(table) if number % 4 == 3]
    zones = [
        [bad for chance, bad in fresh if low <= chance < high]
        for low, high in ((0.0, CLEAR), (CLEAR, LOST), (LOST, 1.1))
    ]
    return counted("instalment_credit", [(sum(zone), len(zone)) for zone in zones])


def alone_without_a_name() -> Numbers:
    """Subscribers who are the only ones of their kind, as harmless details are added, in percent."""
    table = rows("partner_churn")
    looked_at = ("state", "area_code", "international_plan", "number_vmail_messages", "account_length")
    values: Values = []
    for width in range(1, len(looked_at) + 1):
        kinds = Counter(tuple(row[name] for name in looked_at[:width]) for row in table)
        values.append(percent(sum(1 for count in kinds.values() if count == 1), len(table)))
    return Numbers("partner_churn", len(table), [values])


SUMS: dict[str, Callable[[], Numbers]] = {
    "3.1-who-is-called": who_is_called,
    "3.2-what-a-sample-knows": what_a_sample_knows,
    "3.3-gaps-at-a-look": gaps_at_a_look,
    "3.4-bought-elsewhere": bought_elsewhere,
    "3.5-tuesday-morning": tuesday_morning,
    "4.2-who-is-judged": who_is_judged,
    "4.3-where-a-look-is-worth-most": where_a_look_is_worth_most,
    "4.4-alone-without-a-name": alone_without_a_name,
}
