"""How often the guardrails speak when they should, and stay silent when they should.

``python -m benchmarks guardrails [--data DIR] [--verbose]`` plants leaks, bad values, bad splits,
bias and personal data in real tables, lets the checks look, and counts. Both counts use the same
level: a warning or graver. It exits with 1 below 95 % detection or above 5 % false alarms.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.guardrails import CHECKS, TableView
from automl.guardrails.run import look
from automl.question import Question
from benchmarks import guardrail_cases as cases, guardrail_people as people, guardrail_tables as tables

DETECTION, FALSE_ALARMS = 0.95, 0.05
LOUD = ("block", "justify", "warn")


@dataclass(frozen=True)
class Case:
    """A table with something planted (``wanted`` check codes) or nothing (empty)."""

    family: str
    name: str
    frame: pd.DataFrame
    question: Question
    wanted: frozenset[str] = frozenset()
    column: str = ""
    ignored: frozenset[str] = frozenset()  # checks that rightly speak about this real table


@dataclass
class Tally:
    """Counts of one family."""

    planted: int = 0
    found: int = 0
    clean: int = 0
    alarms: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


FAMILIES = {
    "leakage": {"leakage"},
    "data quality": {"columns", "values", "rows"},
    "split": {"validation", "shift"},
    "bias": {"bias"},
    "personal data": {"privacy"},
    "task and metric": {"target", "metric"},
}


def spoken(case: Case) -> list[dict[str, Any]]:
    """Loud results of the checks of the case's family."""
    view = TableView(case.frame, case.question)
    wanted = [c for c in CHECKS.values() if c.family in FAMILIES[case.family] and c.stage == "pre_train"]
    results = [result for check in wanted if check.code not in case.ignored for result in look(check, view)]
    return [r for r in results if r["status"] == "alerted" and r["severity"] in LOUD]


def leak_cases(table: tables.Table) -> Iterator[Case]:
    """Clean: the whole table, half of its rows, half of its columns. Planted: one leak each."""
    clean = tables.few(table.clean, 0)
    variants = {
        "": clean,
        " half of the rows": tables.few(table.clean, 1, max(len(clean.frame) // 2, 100)),
        " half of the columns": tables.half_the_columns(clean, 2),
    }
    for how, variant in variants.items():
        yield Case("leakage", f"{table.name}{how}", variant.frame, variant.question())
    for at, (what, (plant, name)) in enumerate(cases.leaks(clean).items()):
        rng = np.random.default_rng(100 + at)
        planted = plant(clean, rng)
        frame = clean.frame.copy()
        frame.insert(int(rng.integers(0, frame.shape[1])), name, planted.to_numpy())
        if plant is tables.total_part:
            frame["rest"] = frame[table.target] - frame[name]
        yield Case("leakage", f"{table.name} + {what}", frame, clean.question(), tables.LEAKS, name)


def all_cases(data: Path | None) -> Iterator[Case]:
    """Every case, made one by one."""
    for table in tables.tables(data):
        yield from leak_cases(table)
        for made in cases.others(table):
            yield Case(*made)
    for made in people.natural(list(tables.tables(data))):
        yield Case(*made)


def measure(case: Case, tally: Tally) -> float:
    """Let the checks look at one case; returns the seconds it took."""
    begin = time.monotonic()
    alerts = spoken(case)
    seconds = time.monotonic() - begin
    if case.wanted:
        hits = [
            r for r in alerts if r["code"] in case.wanted and (not case.column or case.column in r["columns"])
        ]
        tally.planted += 1
        tally.found += bool(hits)
        if not hits:
            tally.missed.append(case.name)
    else:
        tally.clean += 1
        tally.alarms += bool(alerts)
        if alerts:
            tally.wrong.append(f"{case.name}: " + "; ".join(r["message"] % r["params"] for r in alerts))
    return seconds


def show(tallies: dict[str, Tally], *, verbose: bool) -> bool:
    """Print the figures; True when all reach the goal."""
    print(f"{'family':18}{'planted':>9}{'found':>7}{'detection':>11}{'clean':>8}{'alarms':>8}{'false':>8}")
    fine = True
    for name, t in tallies.items():
        detection, false = t.found / max(t.planted, 1), t.alarms / max(t.clean, 1)
        fine &= detection >= DETECTION and false <= FALSE_ALARMS
        print(f"{name:18}{t.planted:9}{t.found:7}{detection:11.1%}{t.clean:8}{t.alarms:8}{false:8.1%}")
    if verbose:
        for t in tallies.values():
            for line in t.missed:
                print("missed:", line)
            for line in t.wrong:
                print("false alarm:", line)
    return fine


def main(arguments: list[str] | None = None) -> int:
    """Run all cases; 0 when every family reaches the goal."""
    options = argparse.ArgumentParser(prog="python -m benchmarks guardrails", description=__doc__)
    options.add_argument("--data", type=Path, default=None, help="a folder with further tables (.csv)")
    options.add_argument("--family", choices=list(FAMILIES), default=None)
    options.add_argument("--verbose", action="store_true", help="name what was missed and false alarms")
    asked = options.parse_args(arguments)
    tallies = {name: Tally() for name in FAMILIES if asked.family in (None, name)}
    slowest = (0.0, "")
    total = 0.0
    for case in all_cases(asked.data):
        if case.family in tallies:
            seconds = measure(case, tallies[case.family])
            total += seconds
            slowest = max(slowest, (seconds, case.name))
    fine = show(tallies, verbose=asked.verbose)
    print(f"{total:.0f} s in all, the slowest case {slowest[0]:.1f} s ({slowest[1]})")
    print(
        "goal reached" if fine else f"below the goal ({DETECTION:.0%} found, {FALSE_ALARMS:.0%} false alarms)"
    )
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
