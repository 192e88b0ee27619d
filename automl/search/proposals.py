"""Which candidate comes next: the fixed list, then more rows of a large table, then drawn settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from automl.search.portfolio import Candidate, portfolio
from automl.search.study import Record, Study
from automl.search.tuning import drawn

GROUND = 6  # candidates of the fixed list that are tried on the lowest rung of a ladder
CLIMBERS = ("lightgbm",)  # families that gain from more rows in the time they take for them


def propose(study: Study, number: int) -> Candidate:
    """The candidate of trial ``number`` (from 1), given the trials before it.

    It depends on nothing but the question, the number and the results so far, so that a search
    that was interrupted goes on as it would have gone.
    """
    listed = portfolio(study.shape)
    if not study.ladder:
        return listed[number - 1] if number <= len(listed) else drawn(study, number)
    ground = [candidate for candidate in listed if not candidate.log_target][:GROUND]
    if number <= len(ground):
        chosen = ground[number - 1]
        return chosen if chosen.is_baseline else replace(chosen, max_rows=study.ladder.rungs[0])
    return _climb(study, ground, number)


def _climb(study: Study, ground: list[Candidate], number: int) -> Candidate:
    """The best boosting on the next rung; at the top, drawn settings on the highest rung that is in reach."""
    boosted = [r for r in study.finished if r["family"] in CLIMBERS]
    tried = {(_stem(r["name"]), r["train_rows"]) for r in study.records}
    for record in sorted(boosted, key=lambda r: (study.loss(r), r["number"]))[:2]:
        higher = [rows for rows in study.ladder.rungs if rows > (record["train_rows"] or 0)]
        stem = _stem(record["name"])
        if higher and (stem, higher[0]) not in tried:
            return _at(record, stem, higher[0])
    rows = max((r["train_rows"] or 0 for r in boosted), default=study.ladder.rungs[0])
    return replace(drawn(study, number), max_rows=rows)


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
