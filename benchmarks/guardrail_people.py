"""Personal data, tasks and metrics that the benchmark of guardrails plants, and what real tables hold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.guardrail_tables import LEAKS, Made, Table, planted, with_column


def personal(base: Table, rng: np.random.Generator) -> Iterator[Made]:
    rows = len(base.frame)
    numbers = rng.integers(0, 10**9, rows)
    yield "personal data", base.name, base.frame, base.question()
    harmless = with_column(base, "article", [f"AB-{n % 4000:05d}" for n in numbers])
    harmless["product_name"] = rng.choice(["saver", "plus", "gold"], rows)
    harmless["turnover"] = numbers * 1.0
    harmless["period"] = [f"{2020 + n % 5}-{1 + n % 12:02d}" for n in numbers]
    harmless["remark"] = [f"called twice about file {n % 900} and left a message" for n in numbers]
    yield "personal data", f"{base.name} with harmless columns", harmless, base.question()
    first, last = ["Ana", "Lea", "Tom", "Max", "Zoe"], ["Roy", "Petit", "Moreau", "Simon", "Blanc"]
    people = [f"{first[n % 5]} {last[n // 7 % 5]}{n % 977}" for n in numbers]
    telling = {
        "contact": [f"{n}@mail.example" for n in numbers],
        "line": [
            f"06 {n % 90 + 10} {n // 90 % 90 + 10} {n // 8100 % 90 + 10} {n // 729000 % 90 + 10}"
            for n in numbers
        ],
        "x50": [_iban(int(n)) for n in numbers],
        "last_name": people,
        "x51": [
            f"2 {n % 90 + 10} 0{n % 9 + 1} 75 {n % 900 + 100} {n // 900 % 900 + 100} 42" for n in numbers
        ],
        "x52": [_card(int(n)) for n in numbers],
    }
    for name, values in telling.items():
        yield planted("personal data", base, name, with_column(base, name, values), "personal_data", name)
    remarks = [
        f"please write to {n}@mail.example about the open file"
        if n % 20 == 0
        else f"no answer, file {n % 999} left as it is"
        for n in numbers
    ]
    yield planted(
        "personal data",
        base,
        "addresses in remarks",
        with_column(base, "remark", remarks),
        "personal_data_in_text",
        "remark",
    )


def _iban(number: int) -> str:
    bare = f"{number:018d}"
    check = 98 - int(bare + "131400") % 97
    return f"DE{check:02d}{bare}"


def _card(number: int) -> str:
    from automl.sensitive import luhn

    start = f"4{number:014d}"
    return next(start + str(d) for d in range(10) if luhn(start + str(d)))


def task(base: Table, rng: np.random.Generator) -> Iterator[Made]:
    yield "task and metric", base.name, base.frame, base.question(), frozenset(), "", frozenset()
    rows = len(base.frame)
    rare = base.frame.assign(rare=np.where(rng.random(rows) < 0.03, "yes", "no"))
    asked = {"target": "rare", "task": "binary"}
    named = "task and metric", f"{base.name} + accuracy on a rare answer"
    yield (*named, rare, base.question(**asked | {"metric": "accuracy"}), frozenset({"wrong_metric"}))
    half = base.frame.assign(half=rng.choice(["yes", "no"], rows))
    asked = {"target": "half", "metric": "accuracy", "cost_false_negative": 10}
    named = "task and metric", f"{base.name} + unequal costs and accuracy"
    yield (*named, half, base.question(**asked), frozenset({"metric_ignores_costs"}))
    codes = base.frame.assign(code=rng.integers(1, 6, rows))
    named = "task and metric", f"{base.name} + an amount asked of codes"
    yield (*named, codes, base.question(target="code", task="regression"), frozenset({"codes_as_amounts"}))
    amounts = base.frame.assign(amount=rng.integers(0, 45, rows))
    named = "task and metric", f"{base.name} + classes asked of amounts"
    yield (
        *named,
        amounts,
        base.question(target="amount", task="multiclass"),
        frozenset({"target_many_classes"}),
    )
    names = base.frame.assign(reference=[f"R-{n:06d}" for n in rng.permutation(rows)])
    named = "task and metric", f"{base.name} + a target that names rows"
    yield (*named, names, base.question(target="reference"), frozenset({"target_names_rows"}))
    empty = base.frame.assign(answer=np.where(rng.random(rows) < 0.3, None, rng.choice(["a", "b"], rows)))
    named = "task and metric", f"{base.name} + answers missing"
    yield (*named, empty, base.question(target="answer"), frozenset({"target_missing"}))


# What is wrong with the tables as they came: family, table, check, column, changes of the question.
NATURAL: tuple[tuple[str, str, frozenset[str], str], ...] = (
    ("leakage", "bank_marketing", LEAKS, "duration"),
    ("leakage", "bike_hires", LEAKS, "casual"),
    ("leakage", "bike_hires", LEAKS, "registered"),
    ("data quality", "bank_marketing", frozenset({"sentinel_values"}), "pdays"),
    ("data quality", "caravan", frozenset({"duplicate_rows"}), ""),
    ("data quality", "caravan", frozenset({"conflicting_duplicates"}), ""),
    ("data quality", "wine_quality", frozenset({"duplicate_rows"}), ""),
    ("data quality", "concrete_strength", frozenset({"duplicate_rows"}), ""),
    ("data quality", "titanic", frozenset({"mostly_missing"}), "Cabin"),
    ("data quality", "compas", frozenset({"spelling_variants"}), "c_charge_desc"),
    ("split", "bike_hourly", frozenset({"time_ignored"}), "dteday"),
    ("split", "bike_hires", frozenset({"neighbours_alike"}), ""),
    ("split", "bike_hourly", frozenset({"neighbours_alike"}), ""),
    ("split", "concrete_strength", frozenset({"hidden_groups"}), ""),
    ("split", "concrete", frozenset({"hidden_groups"}), ""),
    ("bias", "adult", frozenset({"sensitive_undeclared"}), "sex"),
    ("bias", "adult", frozenset({"sensitive_undeclared"}), "race"),
    ("bias", "compas", frozenset({"sensitive_undeclared"}), "race"),
    ("bias", "german_credit", frozenset({"sensitive_undeclared"}), "personal_status_sex"),
    ("bias", "instalment_credit", frozenset({"sensitive_undeclared"}), "Age"),
    ("bias", "titanic", frozenset({"sensitive_undeclared"}), "Sex"),
    ("personal data", "titanic", frozenset({"personal_data"}), "Name"),
)


def natural(known: list[Table]) -> Iterator[Made]:
    """What is wrong with the tables as they came, all rows, in their order."""
    by_name = {table.name: table for table in known}
    for family, name, codes, column in NATURAL:
        if name in by_name:
            table = by_name[name]
            yield (
                family,
                f"{name} as it is: {column or ', '.join(sorted(codes))}",
                table.frame,
                table.question(),
                codes,
                column,
            )
