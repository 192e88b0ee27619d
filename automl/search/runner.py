"""The search loop: which trial next, within the clock, every trial checkpointed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from automl.modelstore import bundle_digest
from automl.search.ensemble import joining_seconds
from automl.search.ladder import FIRST_GUESS
from automl.search.layers import layering_seconds
from automl.search.portfolio import Candidate
from automl.search.proposals import propose
from automl.search.study import Record, Study
from automl.search.team import Team
from automl.search.trials import REFIT_UNITS, describe, run_trial

__all__ = ["Study", "announce", "progress", "search"]

SAFETY = 1.15  # an estimate of time may be so much too low
USUAL_FIRST = 1.0  # seconds that the constant takes on a machine with nothing else to do; a half is usual
MISSES = 8  # candidates in a row that do not fit before the search ends


def search(study: Study, team: Team, between: Callable[[], None] = lambda: None) -> None:
    """Run trials until the trials or the time are used up; ``between`` is called after each.

    Trials that an earlier, killed run finished are taken from the checkpoint and not run again.
    A trial that probably cannot finish in the time left is not started; a cheaper one may be.
    """
    known = {number: r for number, r in study.checkpoint.trials().items() if _whole(study, r)}
    number = misses = 0
    while len(study.records) < study.question.max_trials and misses < MISSES:
        number += 1
        if number in known:
            study.records.append(known[number])
            announce(study, known[number])
            continue
        wanted = propose(study, number)
        if not (wanted.is_baseline or fits(study, team, wanted)):
            misses += 1
            if study.clock.left <= 0:
                break
            continue
        misses = 0
        record = run_trial(team, wanted, number)
        study.records.append(record)
        announce(study, record)
        between()
        if record["is_baseline"] and record["status"] == "finished":
            study.clock.measured(record["seconds"], USUAL_FIRST)
        study.clock.keep_for_joining(joining_seconds(study), layering_seconds(study, team.at_home))
        if study.clock.left <= 0:
            break


def _whole(study: Study, record: Record) -> bool:
    """Whether the model and the predictions of a finished trial are still there, unharmed."""
    if record.get("status") != "finished":
        return True
    try:
        study.oof(record["number"])
        folder = study.models / f"trial_{record['number']}"
        return bundle_digest(folder) == record["artifact"]["sha256"]
    except (OSError, KeyError, TypeError):
        return False


def announce(study: Study, record: Record) -> None:
    """Tell about a trial, new or from an earlier run, and the progress with it."""
    study.tell("trial", **describe(record))
    clock = study.clock
    share = max(clock.elapsed / clock.budget, len(study.records) / study.question.max_trials)
    progress(study, record["name"], min(0.95, 0.95 * share))


def progress(study: Study, step: str, fraction: float) -> None:
    """Tell how far the search is, in time and trials, and the best score so far."""
    clock, best = study.clock, study.best()
    study.tell(
        "progress",
        fraction=round(fraction, 4),
        step=step,
        best_score=best["cv_score"] if best else None,
        elapsed=round(clock.elapsed, 2),
        remaining=round(max(0.0, clock.budget - clock.elapsed), 2),
    )


def fits(study: Study, team: Team, wanted: Candidate) -> bool:
    """Whether a whole trial probably fits into the time left.

    The cost of a fold is what the family took per unit of ``cost`` and per row so far, or a first
    guess from the number of cells. Boosting on a ladder is cut short in time, so it always fits.
    """
    left = study.clock.left
    if study.ladder and wanted.family == "lightgbm" and study.finished:
        return left > 2.0
    units = -(-len(study.parts) // team.size) + (0 if study.ladder else REFIT_UNITS + 0.3)
    rows = wanted.max_rows or study.shape.rows
    seen = [r for r in study.records if r["family"] == wanted.family and r.get("fold_seconds")]
    if seen:  # also trials that could not finish: their folds show what this family costs
        each = [np.mean(r["fold_seconds"]) / r["cost"] / (r["train_rows"] or study.shape.rows) for r in seen]
        per_unit = float(np.mean(each)) * rows
    else:
        cells = rows * (study.shape.columns + 3)
        per_unit = FIRST_GUESS * cells + 0.02
    kept = [r.get("store_seconds", 0.0) for r in seen if r["status"] == "finished"]
    expected = (per_unit * units * wanted.cost + (float(np.mean(kept)) if kept else 0.0)) * SAFETY
    must = wanted.is_simple or not any(r["family"] == "lightgbm" for r in study.finished)
    return left > (expected / 4 if must else expected)
