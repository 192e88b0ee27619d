"""A second layer: trees that learn from the columns and from what the best models answered, fold by fold.

What a model answers about rows that it did not learn from is a column like any other (Wolpert 1992). The second
layer is tried once, when the search is over, and takes the place of the vote only where it is clearly better.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from multiprocessing.connection import wait
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import FeatureUnion, Pipeline

from automl.joining import answers_of, vote_of
from automl.prediction import align
from automl.search.clock import OutOfTime, Until
from automl.search.ensemble import POOL, blend, known_rows, vote_on
from automl.search.pipelines import coding, model
from automl.search.portfolio import Candidate, trees_of
from automl.search.study import Record, Study
from automl.search.team import Team
from automl.search.training import REFIT_GROWTH, boost, grow
from automl.search.trials import blank_record
from automl.search.units import Measured, blank_predictions, measure
from automl.search.workers import LOOK, UnitFailed, Worker, finish

FAMILY = "second_layer"
BELOW = 4  # it learns from the answers of so many of the best models ...
KINDS = 3  # ... and of the best one of each of so many kinds
LEAST_ROWS = 1_000  # with fewer, what a second layer seems to gain is chance
# Share of what the vote gains over the constant by which it must do better on rows it did not learn from: it is larger
# and slower, and its rows have seen a little of each other through the layer below.
CLEARLY = 0.01
SHARE = 0.3  # of the budget that it may take
LARGER = 1.6  # times what a training of the same kind took in the first layer
USUAL = 100.0  # seconds of a search whose forests have as many trees as the fixed ones
CODING = "ordinal_filled"
Predictions = NDArray[np.float64]


@dataclass
class Layer:
    """The models below, what they answered for each training row, and the two kinds of trees above."""

    study: Study
    numbers: list[int]
    answers: Predictions

    @classmethod
    def over(cls, study: Study, numbers: list[int]) -> Layer:
        """Put the out-of-fold answers side by side, in the order in which the stacking gives them."""
        binary = study.plan.task == "binary"
        columns = [study.oof(number) for number in numbers]
        return cls(study, numbers, np.column_stack([each[:, 1:] if binary else each for each in columns]))

    def kinds(self, rows: int) -> tuple[Candidate, Candidate]:
        """Boosting with small trees, and a calm forest."""
        boosting = {"learning_rate": 0.03, "num_leaves": 7 if rows < 5_000 else 15, "min_child_samples": 20}
        boosting |= {"colsample_bytree": 0.5, "reg_lambda": 3.0, "subsample": 0.8, "subsample_freq": 1}
        leaf = 3 if self.study.plan.task == "regression" else 5
        trees = trees_of(self.study.shape, USUAL, leaf)
        forest = {"n_estimators": trees, "min_samples_leaf": leaf, "max_features": 0.5}
        return (
            Candidate(FAMILY, "lightgbm", CODING, boosting),
            Candidate(FAMILY, "extra_trees", CODING, forest),
        )

    def fold(self, position: int) -> tuple[Predictions, int]:
        """Train on one fold: answers for its validation rows, and the rounds of boosting."""
        study, plan = self.study, self.study.plan
        (x, y), (fit, valid) = study.train, study.parts[position]
        prepare = coding(CODING, plan.recipe, plan.task, plan.seed)
        ready = np.hstack([prepare.fit_transform(x.iloc[fit], y[fit]), self.answers[fit]])
        check = np.hstack([prepare.transform(x.iloc[valid]), self.answers[valid]])
        said, rounds = [], 0
        for kind in self.kinds(len(y)):
            estimator = model(kind, plan.task, len(fit), plan.seed, plan.threads)
            if kind.family == "lightgbm":
                rounds, _ = boost(plan, kind, estimator, (ready, y[fit]), (check, y[valid]), None)
            else:
                grow(plan, kind, estimator, ready, y[fit])
            said.append(self._said(estimator, check))
        return np.mean(said, axis=0), rounds

    def _said(self, estimator: Any, check: Any) -> Predictions:
        if self.study.plan.task == "regression":
            return np.asarray(estimator.predict(check), dtype="float64")
        return align(estimator.predict_proba(check), estimator.classes_, self.study.plan.classes)

    def whole(self, rounds: list[int]) -> Pipeline:
        """Train on all rows, above the models as they are stored."""
        study, plan = self.study, self.study.plan
        x, y = study.train
        prepare = coding(CODING, plan.recipe, plan.task, plan.seed)
        ready = np.hstack([prepare.fit_transform(x, y), self.answers])
        above = []
        for kind in self.kinds(len(y)):
            estimator = model(kind, plan.task, len(y), plan.seed, plan.threads)
            if kind.family == "lightgbm":
                estimator.set_params(n_estimators=max(1, int(np.mean(rounds) * REFIT_GROWTH)))
                estimator.fit(ready, y)
            else:
                grow(plan, kind, estimator, ready, y)
            above.append(estimator)
        pipelines = [study.pipeline(number) for number in self.numbers]
        names = [f"trial_{number}" for number in self.numbers]
        answers = answers_of(pipelines, plan.task, plan.classes, names)
        union = FeatureUnion([("columns", prepare), ("answers", answers)])
        top = vote_of(above, [0.5, 0.5], plan.task, plan.classes, ["boosting", "forest"])
        return Pipeline([("prepare", union), ("model", top)])


def second_layer(study: Study, team: Team, spare: float) -> tuple[Record, Predictions] | None:
    """Try a second layer as one more trial, in fresh workers, and leave ``spare`` seconds for a vote.

    Its answers for the rows of a fold come from trees that learned from the other folds. It is kept only where
    they are clearly better than those of the vote, whose weights may even have seen these rows.

    Returns
    -------
    tuple or None
        The trial's record and out-of-fold predictions; None when there is nothing to gain, or no time.
    """
    started, clock = time.monotonic(), study.clock
    if clock.stop_asked:
        return None
    team.end()  # fresh workers inherit all that was found
    end = clock.budget - clock.report - spare
    below = models_below(study)
    try:
        worker = team.one()
        worker.ask(_vote)
        attempt = Attempt(study, team, [r["number"] for r in below], finish(worker, clock, end), end)
        if not attempt.folds():
            return None
        record = _record(study, below, attempt.oof) | {"rounds": attempt.rounds}
        worker = team.one()
        worker.ask(whole_unit, attempt.numbers, record, attempt.oof, end - clock.elapsed)
        found = finish(worker, clock, end)
    except (OutOfTime, UnitFailed):
        return None
    seconds = round(time.monotonic() - started, 3)
    done = {"status": "finished", "seconds": seconds, "fit_seconds": seconds, "wins": True}
    return record | found | done, attempt.oof


@dataclass
class Attempt:
    """The folds of a second layer, a worker each, judged beside what the vote says."""

    study: Study
    team: Team
    numbers: list[int]
    vote: Predictions
    end: float  # on the clock of the search
    made: dict[int, tuple[Predictions, int]] = field(default_factory=dict)

    @property
    def oof(self) -> Predictions:
        """Answers of the folds known so far."""
        oof = blank_predictions(self.study)
        for position, (answer, _) in self.made.items():
            oof[self.study.parts[position][1]] = answer
        return oof

    @property
    def rounds(self) -> list[int]:
        """Rounds of boosting on each fold."""
        return [self.made[position][1] for position in sorted(self.made)]

    def folds(self) -> bool:
        """Train fold by fold as long as it does better than the vote; whether it is clearly better at the end."""
        clock, running = self.study.clock, dict[int, Worker]()
        waiting = list(range(len(self.study.parts)))
        try:
            while waiting or running:
                while waiting and (worker := self.team.idle()) is not None:
                    running[waiting[0]] = worker
                    worker.ask(fold_unit, self.numbers, waiting.pop(0), self.end - clock.elapsed)
                answered = wait([worker.channel for worker in running.values()], LOOK)
                for position in [p for p, worker in running.items() if worker.channel in answered]:
                    self.made[position] = running.pop(position).answer()
                if clock.stop_asked or clock.elapsed > self.end:
                    raise OutOfTime
                if answered and not _is_better(self.study, self.oof, self.vote, 0.0):
                    return False
        finally:
            for worker in running.values():
                worker.end()
        return _is_better(self.study, self.oof, self.vote, CLEARLY)


def fold_unit(study: Study, numbers: list[int], position: int, seconds: float) -> tuple[Predictions, int]:
    """Train the second layer on one fold; see ``Layer.fold``."""
    return Layer.over(_until(study, seconds), numbers).fold(position)


def whole_unit(
    study: Study, numbers: list[int], record: Record, oof: Predictions, seconds: float
) -> Measured:
    """Train it on all training rows, measure on the holdout and store."""
    pipeline = Layer.over(_until(study, seconds), numbers).whole(record["rounds"])
    return measure(study, record, pipeline, oof)


def _until(study: Study, seconds: float) -> Study:
    """The clock of the search has no time left for training; this one counts what is kept for the second layer."""
    study.plan = replace(study.plan, clock=Until(seconds))
    return study


def models_below(study: Study) -> list[Record]:
    """The models whose answers a second layer would learn from; none where it has no ground to stand on."""
    pool = study.ranked
    if study.ladder or len(study.train[1]) < LEAST_ROWS or len(pool) < BELOW:
        return []
    best_of_kind: dict[str, Record] = {}
    for record in pool:
        best_of_kind.setdefault(record["family"], record)
    chosen = {r["number"]: r for r in [*pool[:BELOW], *list(best_of_kind.values())[:KINDS]]}
    below = [chosen[number] for number in sorted(chosen)]
    known = known_rows(study, {number: study.oof(number) for number in chosen})
    return below if len(known) == len(study.train[1]) else []  # of a split by time the first rows are not


def layering_seconds(study: Study, workers: int) -> float:
    """About how long a second layer takes, from what its kinds of trees took so far; 0 where there will be none."""
    below = models_below(study)
    taken = {family: _seconds_of(study, family) for family in ("lightgbm", "extra_trees")}
    if not below or not all(taken.values()):
        return 0.0
    rounds = -(-len(study.parts) // workers) + REFIT_GROWTH
    needed = LARGER * (rounds * sum(taken.values()) + sum(r["store_seconds"] for r in below))
    return needed if needed <= SHARE * study.clock.budget else 0.0


def _seconds_of(study: Study, family: str) -> float:
    """A fold of the first model of a kind."""
    folds = [r["fold_seconds"] for r in study.records if r["family"] == family and r["fold_seconds"]]
    return float(np.mean(folds[0])) if folds else 0.0


def _vote(study: Study) -> Predictions:
    """What the best vote says about all training rows."""
    oofs = {r["number"]: study.oof(r["number"]) for r in study.ranked[:POOL]}
    return blend(oofs, vote_on(study, oofs, known_rows(study, oofs)))


def _is_better(study: Study, oof: Predictions, vote: Predictions, by: float) -> bool:
    """Whether the second layer beats the vote by a share of what that gains, on the rows known so far."""
    y = study.train[1]
    rows = np.flatnonzero(np.isfinite(oof.reshape(len(y), -1)).all(axis=1))
    ones = np.ones(len(rows))
    constant = next((study.oof(r["number"]) for r in study.finished if r["is_baseline"]), None)
    if constant is None:
        return False
    losses = [study.proper.function(y[rows], each[rows], ones) for each in (oof, vote, constant)]
    return bool(losses[1] - losses[0] > by * max(0.0, losses[2] - losses[1]))


def _record(study: Study, below: list[Record], oof: Predictions) -> Record:
    y, scores, losses = study.train[1], [], []
    for _, valid in study.parts:
        ones = np.ones(len(valid))
        scores.append(study.metric.function(y[valid], oof[valid], ones))
        losses.append(study.proper.function(y[valid], oof[valid], ones))
    wanted = Candidate(FAMILY, FAMILY, "members", cost=0.0)
    return blank_record(wanted, max(r["number"] for r in study.records) + 1) | {
        "learns_from": [{"number": r["number"], "name": r["name"]} for r in below],
        "cv_score": float(np.mean(scores)),
        "cv_std": float(np.std(scores, ddof=1)),
        "fold_scores": scores,
        "fold_losses": losses,
    }
