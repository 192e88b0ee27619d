"""One trial: its folds, the decision to go on, the refit on all rows, and what is kept of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.search.clock import OutOfTime
from automl.search.portfolio import Candidate
from automl.search.study import Record, Study
from automl.search.team import Team
from automl.search.units import FoldAnswer, blank_predictions, fold_unit, refit_unit, rung_unit
from automl.search.workers import LOOK, UnitFailed, Worker, finish
from automl.texts import note

KEEP_SHARE = 0.5  # after one fold: gains less than half of the best over the constant -> dropped
TUNED_SHARE = 0.97  # drawn settings must come much closer to what is known already
DEAR = 0.2  # of the time left; what takes more must come as close to the best as drawn settings must
REFIT_UNITS = 1.2  # training on all rows, in folds
LAST_MODEL = 3.0  # seconds beyond the budget that the yardstick may take, so that there is an answer
LEAST_SLOT = 0.3
SLOT = 0.5  # of the time left that one step of the ladder may take
BULK_SLOT = 0.8  # and one training on most rows of a large table
FAILURES = {
    "memory": "trial_out_of_memory",
    "disk": "trial_disk_full",
    "crash": "trial_crashed",
    "error": "trial_failed",
}


class Dropped(Exception):
    """The candidate is too far behind after its first fold."""


@dataclass
class Trial:
    """A candidate that is being tried: its record and the folds known so far."""

    study: Study
    team: Team
    wanted: Candidate
    record: Record
    answers: dict[int, FoldAnswer] = field(default_factory=dict)
    judged: bool = False

    def oof(self) -> NDArray[np.float64]:
        """Predictions of the folds known so far."""
        oof = blank_predictions(self.study)
        for position, (answer, _, _) in self.answers.items():
            oof[self.study.parts[position][1]] = answer
        return oof

    def note_folds(self) -> None:
        """Bring the record up to date with the folds, in their order."""
        study, record, y = self.study, self.record, self.study.train[1]
        known = sorted(self.answers)
        record["folds_known"] = known
        record["rounds"] = [self.answers[p][1] for p in known]
        record["fold_seconds"] = [round(self.answers[p][2], 4) for p in known]
        record["fold_scores"], record["fold_losses"] = [], []
        for position in known:
            valid, answer = study.parts[position][1], self.answers[position][0]
            ones = np.ones(len(valid))
            record["fold_scores"].append(study.metric.function(y[valid], answer, ones))
            record["fold_losses"].append(study.proper.function(y[valid], answer, ones))


def blank_record(wanted: Candidate, number: int) -> Record:
    """The record of a trial before anything is known."""
    return {
        "number": number,
        "name": wanted.name,
        "family": wanted.family,
        "coding": wanted.coding,
        "settings": wanted.settings,
        "log_target": wanted.log_target,
        "cost": wanted.cost,
        "is_baseline": wanted.is_baseline,
        "is_simple": wanted.is_simple,
        "tuned": wanted.tuned,
        "train_rows": wanted.max_rows,
        "status": "failed",
        "reason": None,
        "cv_score": None,
        "cv_std": None,
        "fold_scores": [],
        "fold_losses": [],
        "rounds": [],
        "fold_seconds": [],
        "test_metrics": {},
        "fit_seconds": None,
        "predict_ms_per_1000": None,
        "size_bytes": None,
        "artifact": None,
    }


def run_trial(team: Team, wanted: Candidate, number: int) -> Record:
    """Run one trial: folds, refit on all training rows, holdout metrics, stored model."""
    study, started = team.study, time.monotonic()
    trial = Trial(study, team, wanted, blank_record(wanted, number))
    record = trial.record
    try:
        refused = team.too_large(wanted)
        if refused:
            record["reason"] = note("trial_too_large", **refused)
        elif study.ladder:
            _one_rung(trial)
        else:
            _take_up(trial)
            _folds(trial)
            _refit(trial)
    except OutOfTime:
        record["status"], record["reason"] = "out_of_time", note("trial_out_of_time")
    except Dropped:
        record["status"], record["reason"] = "dropped", note("trial_dropped")
        _score(trial)
    except UnitFailed as failed:
        record["reason"] = note(FAILURES[failed.why], error=failed.error, allowed=team.memory_mb)
    record["seconds"] = round(time.monotonic() - started, 3)
    study.checkpoint.save_clock(study.clock.elapsed)
    if record["status"] == "finished":
        study.oofs[number] = trial.oof()
        study.checkpoint.save_trial(record, study.oofs[number])
    elif record["status"] in ("dropped", "failed"):
        study.checkpoint.save_trial(record, None)
    return record


def _take_up(trial: Trial) -> None:
    """Use the folds that a killed run has finished of the very same candidate."""
    kept = trial.study.checkpoint.folds(trial.record["number"])
    if kept is None:
        return
    record, oof = kept
    known = record.get("folds_known") or []
    same = all(record.get(name) == trial.record[name] for name in ("name", "settings", "coding"))
    if not same or oof.shape != blank_predictions(trial.study).shape:
        return
    for place, position in enumerate(known):
        answer = oof[trial.study.parts[position][1]]
        trial.answers[position] = (answer, record["rounds"][place], record["fold_seconds"][place])
    trial.note_folds()


def _folds(trial: Trial) -> None:
    """Train all folds, a worker each as far as there are; leave none running whatever happens."""
    running: dict[int, Worker] = {}
    waiting = [p for p in range(len(trial.study.parts)) if p not in trial.answers]
    try:
        _judge(trial)
        while (waiting and not _enough(trial)) or running:
            while waiting and not _enough(trial) and (worker := trial.team.idle()) is not None:
                running[waiting[0]] = worker
                worker.ask(fold_unit, trial.wanted, waiting.pop(0), _slot(trial))
            _collect(trial, running)
            _in_time(trial, running)
    finally:
        for worker in running.values():
            worker.end()
    _score(trial)


def _slot(trial: Trial) -> float:
    """Seconds one fold of boosting may take, so that the whole trial fits into half of what is left.

    Far more than a fold usually needs; it only binds where a whole trial would be lost without it.
    """
    open_folds = len(trial.study.parts) - len(trial.answers)
    rounds = -(-open_folds // trial.team.size) + REFIT_UNITS
    return max(LEAST_SLOT, (1.0 if trial.answers else SLOT) * trial.study.clock.left / rounds)


def _collect(trial: Trial, running: dict[int, Worker]) -> None:
    answered = wait([worker.channel for worker in running.values()], LOOK)
    for position in [p for p, worker in running.items() if worker.channel in answered]:
        worker = running[position]
        trial.answers[position] = worker.answer()
        del running[position]
        trial.note_folds()
        trial.study.checkpoint.save_clock(trial.study.clock.elapsed)
        if len(trial.answers) < len(trial.study.parts):
            trial.study.checkpoint.save_folds(trial.record, trial.oof())
        _judge(trial)


def _judge(trial: Trial) -> None:
    """After the first fold: is the candidate worth the others?"""
    if trial.judged or 0 not in trial.answers:
        return
    trial.judged = True
    if _far_behind(trial):
        trial.answers = {0: trial.answers[0]}  # others may be there or not: later draws must not depend on it
        trial.note_folds()
        raise Dropped


def _enough(trial: Trial) -> bool:
    """When no such model is there yet and time is short, the folds known so far must do."""
    if trial.wanted.is_baseline or not trial.answers or _has_model(trial):
        return False
    took = float(np.mean([seconds for _, _, seconds in trial.answers.values()]))
    return took * (2 + REFIT_UNITS) > trial.study.clock.left


def _has_model(trial: Trial) -> bool:
    """Whether a model is there already; of boosting there should be one beside the simple ones."""
    others = [record for record in trial.study.finished if not record["is_baseline"]]
    if trial.wanted.family == "lightgbm":
        return any(record["family"] == "lightgbm" for record in others)
    return bool(others)


def _in_time(trial: Trial, running: dict[int, Worker]) -> None:
    """Give up when time is over, or when what is left to do cannot be done in it."""
    clock = trial.study.clock
    if trial.wanted.is_baseline:
        if clock.stop_asked or clock.elapsed > clock.budget + LAST_MODEL:
            raise OutOfTime
        return
    clock.check()
    if not trial.answers or not _has_model(trial):
        return
    took = float(np.mean([seconds for _, _, seconds in trial.answers.values()]))
    open_folds = len(trial.study.parts) - len(trial.answers) - len(running)
    rounds = -(-open_folds // trial.team.size)
    if took * (rounds + REFIT_UNITS) > clock.left:
        raise OutOfTime


def _score(trial: Trial) -> None:
    """Mean and spread of the folds; raises ``UnitFailed`` when no fold can be scored."""
    record = trial.record
    scores = [score for score in record["fold_scores"] if np.isfinite(score)]
    record["cv_score"] = float(np.mean(scores)) if scores else None
    record["cv_std"] = float(np.std(scores, ddof=1)) if len(scores) > 1 else None
    if record["cv_score"] is None:
        raise UnitFailed("error", "no score")


def _far_behind(trial: Trial) -> bool:
    """After the first fold: gains too little over the constant against what the best gains."""
    wanted, study = trial.wanted, trial.study
    if wanted.is_baseline or wanted.is_simple:
        return False
    first = [
        (r["fold_losses"][0], r["is_baseline"])
        for r in study.finished
        if r["fold_losses"] and r.get("folds_known", [0])[0] == 0
    ]
    constants = [loss for loss, is_baseline in first if is_baseline]
    if not constants:
        return False
    gain = constants[0] - min(loss for loss, _ in first)
    share = TUNED_SHARE if wanted.tuned or _is_dear(trial) else KEEP_SHARE
    return gain > 0 and constants[0] - trial.record["fold_losses"][0] < share * gain


def _is_dear(trial: Trial) -> bool:
    """Whether what is left to do of it takes much of the time that all others have, too; the first of its kind never is."""
    if not _has_model(trial):
        return False
    team, took = trial.team, trial.answers[0][2]
    rounds = -(-(len(trial.study.parts) - team.size) // team.size) + REFIT_UNITS
    return took * rounds > DEAR * trial.study.clock.left


def _patience(trial: Trial) -> float | None:
    """The yardstick is waited for a little beyond the budget; all others end with the training time."""
    clock = trial.study.clock
    return clock.budget + LAST_MODEL if trial.wanted.is_baseline else None


def _refit(trial: Trial) -> None:
    worker = trial.team.one()
    worker.ask(refit_unit, trial.wanted, trial.record, trial.oof())
    trial.record.update(finish(worker, trial.study.clock, _patience(trial)))
    trial.record["status"] = "finished"


def _one_rung(trial: Trial) -> None:
    """On a large table one part is enough, and the model of that part is the model."""
    clock, worker = trial.study.clock, trial.team.one()
    if not trial.wanted.is_baseline:
        clock.check()
    share = SLOT
    if trial.study.beyond(trial.wanted):
        assert trial.study.bulk is not None
        trial.study.bulk.wait(clock)
        share = BULK_SLOT
    worker.ask(rung_unit, trial.wanted, trial.record, max(1.0, share * clock.left))
    trial.answers[0], short, found = finish(worker, clock, _patience(trial))
    trial.note_folds()
    _score(trial)
    trial.record.update(found, cut_short=short, status="finished")


def describe(record: Record) -> dict[str, Any]:
    """What a progress event tells of a trial."""
    names = ("number", "name", "family", "is_baseline", "is_simple", "seconds", "status")
    told = {name: record[name] for name in names}
    return told | {"score": record["cv_score"], "score_std": record["cv_std"]}
