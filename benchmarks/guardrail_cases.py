"""Which leaks, bad values, bad splits and unfairnesses the benchmark of guardrails plants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import guardrail_people as people, guardrail_tables as tables
from benchmarks.guardrail_tables import Made, Plant, Table, planted, truth, with_column


def leaks(table: Table) -> dict[str, tuple[Plant, str]]:
    """Leaks that make sense for the table's task, each with the name of its column."""
    both: dict[str, tuple[Plant, str]] = {
        "the answer recoded": (tables.recoded, "x17"),
        "the answer bent": (tables.bent, "x18"),
        "the answer with slips": (tables.noisy, "x19"),
        "the answer in 60 % of the rows": (tables.half_filled, "x20"),
        "a date after the event": (tables.late_date, "closed_on"),
        "a measure taken during the event": (tables.call_length, "x21"),
        "a column named for the end": (tables.last_word, "final_settlement"),
    }
    if table.is_regression:
        return both | {"two parts of the total": (tables.total_part, "part")}
    return both | {"a flag set afterwards": (tables.trigger, "x22")}


def _base(table: Table) -> Table:
    return tables.few(table.clean, 0)


def others(table: Table) -> Iterator[Made]:
    """Cases of the other families for one table."""
    base = _base(table)
    rng = np.random.default_rng(7)
    yield from _quality(base, rng)
    yield from _split(base, rng)
    yield from _bias(base, rng)
    yield from people.personal(base, rng)
    yield from people.task(base, rng)


# Quality problems that these tables have as they come: said rightly, so no false alarm.
REAL_PROBLEMS = {
    "caravan": {"conflicting_duplicates", "duplicate_rows"},
    "compas": {"conflicting_duplicates", "duplicate_rows", "spelling_variants"},
    "titanic": {"mostly_missing", "conflicting_duplicates", "high_cardinality"},
    "adult": {"conflicting_duplicates", "sentinel_values"},
    "bank_marketing": {"sentinel_values"},
    "digits": {"constant_columns"},
    "iris": {"too_few_rows"},
    "wine": {"too_few_rows", "too_few_positives"},
    "diabetes": {"too_few_rows"},
}


def _quality(base: Table, rng: np.random.Generator) -> Iterator[Made]:
    rows = len(base.frame)
    known = frozenset(REAL_PROBLEMS.get(base.name, set()) | {"too_few_rows", "too_few_positives"})
    yield "data quality", base.name, base.frame, base.question(), frozenset(), "", known
    amounts = np.round(rng.gamma(2, 40, rows), 1)
    # Columns that look odd and are not: zeros, a rare high amount, codes with letters and digits.
    innocent = with_column(base, "stock", np.where(rng.random(rows) < 0.6, 0, amounts))
    innocent["article"] = [f"{'ABC'[n % 3]}{n % 37}" for n in rng.integers(0, 999, rows)]
    innocent["balance"] = np.round(rng.normal(0, 500, rows), 2)
    yield (
        "data quality",
        f"{base.name} with innocent columns",
        innocent,
        base.question(),
        frozenset(),
        "",
        known,
    )
    odd: dict[str, tuple[str, Any]] = {
        "-1 for unknown": ("sentinel_values", np.where(rng.random(rows) < 0.2, -1, amounts)),
        "9999 for unknown": (
            "sentinel_values",
            np.where(rng.random(rows) < 0.05, 9999, np.clip(amounts, 0, 900)),
        ),
        "a column mostly empty": ("mostly_missing", np.where(rng.random(rows) < 0.7, np.nan, amounts)),
        "infinite amounts": ("infinite_values", np.where(rng.random(rows) < 0.02, np.inf, amounts)),
        "words among numbers": (
            "mixed_types",
            np.where(rng.random(rows) < 0.4, rng.choice(["small", "large"], rows), amounts.astype(str)),
        ),
        "two spellings": ("spelling_variants", rng.choice(["Paris", "paris ", "Lyon", "Nice"], rows)),
        "a placeholder day": (
            "odd_dates",
            np.where(
                rng.random(rows) < 0.1,
                "1900-01-01",
                (pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 700, rows), unit="D")).strftime(
                    "%Y-%m-%d"
                ),
            ),
        ),
        "a year 9999": (
            "odd_dates",
            np.where(
                rng.random(rows) < 0.01,
                "31/12/9999",
                (pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 700, rows), unit="D")).strftime(
                    "%d/%m/%Y"
                ),
            ),
        ),
    }
    for what, (code, values) in odd.items():
        made = (
            np.asarray(values, dtype=object)
            if code in ("mixed_types", "odd_dates", "spelling_variants")
            else values
        )
        yield planted("data quality", base, what, with_column(base, "x30", made), code, "x30")
    yield planted("data quality", base, "copies", _repeated(base, rng, 0.1), "duplicate_rows")
    if not base.is_regression:
        yield planted(
            "data quality", base, "contradictions", _contradicted(base, rng), "conflicting_duplicates"
        )


def _repeated(base: Table, rng: np.random.Generator, share: float) -> pd.DataFrame:
    more = base.frame.sample(frac=share, random_state=1)
    return pd.concat([base.frame, more]).sample(frac=1, random_state=2).reset_index(drop=True)


def _contradicted(base: Table, rng: np.random.Generator) -> pd.DataFrame:
    more = base.frame.sample(frac=0.1, random_state=1).copy()
    answers = base.frame[base.target].unique()
    following = dict(zip(answers, np.roll(answers, 1), strict=True))
    more[base.target] = more[base.target].map(following)
    return pd.concat([base.frame, more], ignore_index=True)


# Tables whose rows belong together although no column says so.
REAL_GROUPS = {"concrete", "concrete_strength"}


def _split(base: Table, rng: np.random.Generator) -> Iterator[Made]:
    rows = len(base.frame)
    known = frozenset({"hidden_groups"} if base.name in REAL_GROUPS else set())
    yield "split", base.name, base.frame, base.question(), frozenset(), "", known
    innocent = with_column(base, "born", pd.date_range("1950-01-01", periods=rows).strftime("%Y-%m-%d"))
    innocent = innocent.rename(columns={"born": "birth_date"})
    innocent["shop"] = rng.choice([f"shop {n}" for n in range(12)], rows)
    yield "split", f"{base.name} with innocent columns", innocent, base.question(), frozenset(), "", known
    days = pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 900, rows), unit="D")
    yield planted(
        "split",
        base,
        "a date",
        with_column(base, "signed_on", days.strftime("%Y-%m-%d")),
        "time_ignored",
        "signed_on",
    )
    customers = [f"C{n:05d}" for n in rng.integers(0, max(rows // 4, 25), rows)]
    yield planted(
        "split",
        base,
        "a customer number",
        with_column(base, "customer_id", customers),
        "group_ignored",
        "customer_id",
    )
    roles = {"agency": "group"}
    frame = with_column(base, "agency", [f"A{n}" for n in rng.integers(0, 3, rows)])
    plan = {"kind": "grouped", "folds": 5}
    yield planted(
        "split",
        base,
        "three groups for five folds",
        frame,
        "wrong_folds",
        "agency",
        roles=roles,
        validation=plan,
    )
    ordered = base.frame.sort_values(base.target, kind="stable").reset_index(drop=True)
    blocks = np.argsort((np.arange(rows) + rng.normal(0, rows * 0.08, rows)), kind="stable")
    if base.is_regression:
        yield planted(
            "split", base, "an order in time", ordered.iloc[blocks].reset_index(drop=True), "neighbours_alike"
        )
    frame = with_column(base, "moment", np.arange(rows) + 0.5)
    frame["premium"] = rng.normal(0, 1, rows) + 3 * (np.arange(rows) > 0.8 * rows)
    if rows >= 300:
        plan = {"kind": "time"}
        asked = {"roles": {"moment": "time"}, "validation": plan}
        yield planted(
            "split", base, "another world at the end", frame, "change_over_time", "premium", **asked
        )
    measured = [n for n in base.frame.columns if n != base.target and base.frame[n].nunique() >= 100]
    if len(measured) >= 4:
        again = pd.concat([base.frame] * 3, ignore_index=True)
        again["probe"] = rng.gamma(3, 20, len(again))
        yield planted("split", base, "each thing measured three times", again, "hidden_groups")


PEOPLE = {"sex": ["f", "m"], "gender": ["woman", "man"], "date_naissance": None, "nationality": ["FR", "DE", "ES", "IT"],
          "marital_status": ["single", "married", "widowed"], "religion": ["a", "b", "c"], "handicap": ["no", "yes"]}  # fmt: skip
REAL_PEOPLE = frozenset({"sensitive_undeclared"})


def _bias(base: Table, rng: np.random.Generator) -> Iterator[Made]:
    rows = len(base.frame)
    base = replace(
        base, frame=base.frame.drop(columns=[n for n in base.frame.columns if n in REAL_SENSITIVE])
    )
    harmless = with_column(base, "age_of_car", rng.integers(0, 25, rows))
    harmless["page"] = rng.integers(1, 900, rows)
    harmless["age_days_of_sample"] = rng.integers(1, 400, rows)
    harmless["storage"] = rng.choice(["dry", "wet"], rows)
    harmless["genre"] = rng.choice([f"film {n}" for n in range(20)], rows)
    harmless["age"] = rng.choice([3, 7, 14, 28, 90, 180, 365], rows)
    yield "bias", f"{base.name} with harmless names", harmless, base.question()
    fair = with_column(base, "gender", rng.choice(["f", "m"], rows))
    yield "bias", f"{base.name} with a fair group", fair, base.question(roles={"gender": "sensitive"})
    for name, values in PEOPLE.items():
        made = (
            pd.date_range("1940-01-01", periods=rows, freq="5D").strftime("%Y-%m-%d")
            if values is None
            else rng.choice(values, rows)
        )
        yield planted("bias", base, name, with_column(base, name, made), "sensitive_undeclared", name)
    full = with_column(base, "x40", rng.choice(["male", "female"], rows))
    yield planted("bias", base, "a sex by its values", full, "sensitive_undeclared", "x40")
    ages = np.clip(rng.normal(45, 15, rows).round(), 18, 95)
    yield planted(
        "bias",
        base,
        "an age",
        with_column(base, "age_client", ages),
        "sensitive_undeclared",
        "age_client",
    )
    group = rng.choice(["f", "m"], rows)
    proxy = with_column(base, "gender", group)
    proxy["x41"] = np.where(group == "f", 1.0, 0.0) + rng.normal(0, 0.4, rows)
    yield planted("bias", base, "a proxy", proxy, "sensitive_proxy", "x41", roles={"gender": "sensitive"})
    if not base.is_regression and rows >= 1000 and base.frame[base.target].nunique() == 2:
        y = truth(base)
        tilted = with_column(
            base, "gender", np.where(rng.random(rows) < np.where(y == 1, 0.2, 0.6), "f", "m")
        )
        yield planted(
            "bias",
            base,
            "unequal answers",
            tilted,
            "unequal_answers",
            "gender",
            roles={"gender": "sensitive"},
        )


REAL_SENSITIVE = {
    "age", "sex", "race", "Age", "Sex", "Marital", "marital", "marital-status", "gender", "native-country", "age_cat",
    "personal_status_sex", "foreign_worker", "relationship", "MGODRK",
}  # fmt: skip
