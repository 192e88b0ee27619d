"""Which candidate comes next: the fixed list, then more rows of a large table, then drawn settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from automl.search.portfolio import Candidate, portfolio
from automl.search.study import Record, Study
from automl.search.tuning import drawn

HUNGRY = 1_000  # boosting rounds from where trees of ordinary size are too small for a table
GROUND = 6  # candidates of the fixed list that are tried on the lowest rung of a ladder
SEARCHING = 0.75  # of the budget that trials may take; the rest is reading, joining and the report
ONE_STEP = 0.7  # of what is left of that for one training on most rows
GROWTH = 0.8  # measured: boosting on 26 times the rows took 13 times as long
FIRST_CLIMB = 3  # candidates of a large table that come before the first training on most rows
CLIMBERS = ("lightgbm",)  # families that gain from more rows in the time they take for them


def propose(study: Study, number: int) -> Candidate:
    """The candidate of trial ``number`` (from 1), given the trials before it.

    It depends on nothing but the question, the number and the results so far, so that a search
    that was interrupted goes on as it would have gone.
    """
    listed = portfolio(study.shape)
    if not study.ladder:
        listed = _fed(study, listed)
        return listed[number - 1] if number <= len(listed) else drawn(study, number)
    ground = [candidate for candidate in listed if not candidate.log_target][:GROUND]
    early = ground[:FIRST_CLIMB] if study.bulk else ground
    if number <= len(early):
        return _on_ground(study, early[number - 1])
    if study.bulk and FIRST_CLIMB + 1 < number <= len(ground) + 1:
        return _on_ground(study, ground[number - 2])
    return _climb(study, number)


def _fed(study: Study, listed: list[Candidate]) -> list[Candidate]:
    """Where ordinary boosting needs very many rounds, large trees come next and small ones not at all."""
    usual = next((r for r in study.finished if r["name"] == "lightgbm"), None)
    if usual is None or sum(usual["rounds"]) < HUNGRY * len(usual["rounds"]):
        return listed
    after = next(place for place, each in enumerate(listed) if each.name == "lightgbm") + 1
    large = [each for each in listed if each.name == "lightgbm_large"]
    others = [each for each in listed[after:] if each.name not in ("lightgbm_large", "lightgbm_small")]
    return [*listed[:after], *large, *others]


def _on_ground(study: Study, chosen: Candidate) -> Candidate:
    return chosen if chosen.is_baseline else replace(chosen, max_rows=study.ladder.rungs[0])


def _climb(study: Study, number: int) -> Candidate:
    """The best boosting on the next rung; at the top, drawn settings on the highest rung that is in reach."""
    boosted = [r for r in study.finished if r["family"] in CLIMBERS]
    tried = {(_stem(r["name"]), r["train_rows"]) for r in study.records}
    for record in sorted(boosted, key=lambda r: (study.loss(r), r["number"]))[:2]:
        higher = [rows for rows in study.ladder.rungs if rows > (record["train_rows"] or 0)]
        rows = _reach(study, record, higher) if study.bulk else higher[0] if higher else None
        stem = _stem(record["name"])
        if rows and (stem, rows) not in tried:
            return _at(record, stem, rows)
    tops = [r["train_rows"] or 0 for r in boosted]
    rows = max(tops, default=study.ladder.rungs[0])
    if study.bulk and boosted:
        known = [rung for rung in study.ladder.rungs if rung <= rows]
        rows = _reach(study, min(boosted, key=study.loss), known) or study.ladder.rungs[0]
    return replace(drawn(study, number), max_rows=rows)


def _reach(study: Study, record: Record, rungs: list[int]) -> int | None:
    """The highest of these rungs that a training like this one can finish in the time that should be left.

    Worked out from what the records say, not from the clock, so that a search that was interrupted
    proposes the same again.
    """
    spent = sum(r.get("seconds") or 0.0 for r in study.records)
    left = max(0.0, SEARCHING * study.question.budget_seconds - spent)
    known, took = record["train_rows"] or study.shape.rows, sum(record["fold_seconds"])
    return max((rows for rows in rungs if took * (rows / known) ** GROWTH <= ONE_STEP * left), default=None)


def _stem(name: str) -> str:
    return name.partition("@")[0]


def _at(record: Record, stem: str, rows: int) -> Candidate:
    settings: dict[str, Any] = dict(record["settings"])
    return Candidate(
        f"{stem}@{rows}",
        record["family"],
        record["coding"],
        settings,
        cost=record["cost"],
        tuned=record["tuned"],
        max_rows=rows,
    )
