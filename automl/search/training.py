"""Training one unit: a candidate on one fold, or once more on all training rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from automl.prediction import align
from automl.search.clock import Clock
from automl.search.pipelines import assemble, coding, model, with_log_target
from automl.search.portfolio import FORESTS, Candidate

KEPT_CELLS = 4_000_000  # prepared folds below this size (32 MB each) are kept for the next trial
FOREST_STEP = 20  # trees between two looks at the clock
REFIT_GROWTH = 1.08  # all rows are more than a fold's, so a few more rounds pay


@dataclass
class Plan:
    """What stays the same for all units of one search."""

    task: str
    classes: int
    recipe: dict[str, Any]
    seed: int
    threads: int
    clock: Clock
    prepared: dict[tuple[str, int, int | None], tuple[Any, Any, Any]] = field(default_factory=dict)

    def share(self, threads: int) -> None:
        """From now on a training has so many threads."""
        self.threads = max(1, threads)


@dataclass
class Trained:
    """What one fold gave: predictions of its validation rows, and the model that made them."""

    answer: NDArray[np.float64]
    rounds: int
    cut_short: bool
    pipeline: Pipeline


def train_fold(
    plan: Plan,
    candidate: Candidate,
    train: tuple[pd.DataFrame, NDArray[Any]],
    valid: tuple[pd.DataFrame, NDArray[Any]],
    number: int,
    seconds: float | None = None,
) -> Trained:
    """Train on one fold and predict its validation rows.

    Boosting stops early on the validation rows of the fold, which flatters its fold scores
    slightly; the holdout is never seen here and stays the honest figure.

    Parameters
    ----------
    number : int
        Of the fold; its coded columns are kept under it.
    seconds : float, optional
        Boosting that takes longer ends with the rounds it has, instead of being lost.

    Raises
    ------
    OutOfTime
        When the budget ends in the middle.
    """
    if not candidate.is_baseline:  # the yardstick is always there
        plan.clock.check()
    (x, y), (x_valid, y_valid) = train, valid
    prepare, ready, ready_valid = _prepared(plan, candidate, number, (x, y), x_valid)
    estimator = model(candidate, plan.task, len(x), plan.seed, plan.threads)
    rounds, short = 0, False
    if candidate.family == "lightgbm":
        end = None if seconds is None else time.monotonic() + seconds
        rounds, short = boost(plan, candidate, estimator, (ready, y), (ready_valid, y_valid), end)
    else:
        estimator = _wrapped(candidate, estimator, plan.task)
        grow(plan, candidate, estimator, ready, y)
    pipeline = Pipeline([("prepare", prepare), ("model", estimator)])
    if plan.task == "regression":
        answer = np.asarray(estimator.predict(ready_valid), dtype="float64")
        logged = candidate.log_target and rounds
        return Trained(np.expm1(answer) if logged else answer, rounds, short, pipeline)
    answer = align(estimator.predict_proba(ready_valid), estimator.classes_, plan.classes)
    return Trained(answer, rounds, short, pipeline)


def train_many(
    plan: Plan,
    candidate: Candidate,
    drawn: tuple[pd.DataFrame, NDArray[Any]],
    coded: tuple[NDArray[np.float32], NDArray[Any]],
    valid: tuple[pd.DataFrame, NDArray[Any]],
    seconds: float | None = None,
) -> Trained:
    """Boost on many coded rows of a large table and predict its validation rows.

    Parameters
    ----------
    drawn : tuple
        The rows that the coding was settled on; the model's pipeline holds that coding.
    coded : tuple of (ndarray, ndarray)
        Rows in that coding, float32, and their targets.
    seconds : float, optional
        As for ``train_fold``.
    """
    plan.clock.check()
    whole = replace(candidate, max_rows=None)
    prepare, _, ready_valid = _prepared(plan, whole, 0, drawn, valid[0])
    estimator = model(candidate, plan.task, len(coded[1]), plan.seed, plan.threads)
    end = None if seconds is None else time.monotonic() + seconds
    rounds, short = boost(plan, candidate, estimator, coded, (ready_valid, valid[1]), end)
    pipeline = Pipeline([("prepare", prepare), ("model", estimator)])
    if plan.task == "regression":
        answer = np.asarray(estimator.predict(ready_valid), dtype="float64")
    else:
        answer = align(estimator.predict_proba(ready_valid), estimator.classes_, plan.classes)
    return Trained(answer, rounds, short, pipeline)


def _prepared(
    plan: Plan,
    candidate: Candidate,
    number: int,
    train: tuple[pd.DataFrame, NDArray[Any]],
    x_valid: pd.DataFrame,
) -> tuple[Any, Any, Any]:
    """The coded columns of fold ``number``; the same for every candidate with the same coding."""
    key = (candidate.coding, number, candidate.max_rows)
    if key in plan.prepared:
        return plan.prepared[key]
    prepare = coding(candidate.coding, plan.recipe, plan.task, plan.seed)
    made = prepare, prepare.fit_transform(*train), prepare.transform(x_valid)
    if candidate.coding in ("ordinal", "target", "onehot") and made[1].size <= KEPT_CELLS:
        plan.prepared[key] = made
    return made


def train_all(
    plan: Plan, candidate: Candidate, x: pd.DataFrame, y: NDArray[Any], rounds: list[int]
) -> Pipeline:
    """Train the whole pipeline on all training rows.

    Parameters
    ----------
    rounds : list of int
        Boosting rounds of the folds; their mean, grown by 8 %, is used here.
    """
    prepare = coding(candidate.coding, plan.recipe, plan.task, plan.seed)
    ready = prepare.fit_transform(x, y)
    estimator = model(candidate, plan.task, len(x), plan.seed, plan.threads)
    if candidate.family == "lightgbm":
        estimator.set_params(n_estimators=max(1, int(np.mean(rounds) * REFIT_GROWTH)))
        goal = estimator
        if candidate.log_target:
            goal = with_log_target(estimator)
        goal.fit(ready, y, callbacks=[_watch(plan.clock)])
        return Pipeline([("prepare", prepare), ("model", goal)])
    goal = _wrapped(candidate, estimator, plan.task)
    grow(plan, candidate, goal, ready, y)
    return Pipeline([("prepare", prepare), ("model", goal)])


def _wrapped(candidate: Candidate, estimator: Any, task: str) -> Any:
    """Networks need a target of mean 0 and spread 1; the wrapper undoes it."""
    if candidate.family == "network" and task == "regression":
        return TransformedTargetRegressor(estimator, transformer=StandardScaler())
    return assemble(candidate, "passthrough", estimator)[-1] if candidate.log_target else estimator


def _watch(clock: Clock) -> Callable[[Any], None]:
    def watch(environment: Any) -> None:
        if environment.iteration % 5 == 0:
            clock.check()

    return watch


def _cut_at(end: float | None) -> Callable[[Any], None]:
    """End boosting at a moment, keeping the rounds that are there."""
    import lightgbm

    def cut(environment: Any) -> None:
        if end is not None and time.monotonic() > end:
            raise lightgbm.callback.EarlyStopException(
                environment.iteration, environment.evaluation_result_list
            )

    cut.order = 40  # type: ignore[attr-defined]  # after early stopping, which knows the best round
    return cut


def boost(
    plan: Plan,
    candidate: Candidate,
    estimator: Any,
    train: tuple[Any, Any],
    valid: tuple[Any, Any],
    end: float | None,
) -> tuple[int, bool]:
    """Boost until the validation rows gain no more; gives the rounds and whether time cut it short."""
    import lightgbm

    (ready, y), (ready_valid, y_valid) = train, valid
    if candidate.log_target:
        y, y_valid = np.log1p(y), np.log1p(np.maximum(y_valid, 0))
    if plan.task != "regression":  # a class that this fold never trains on cannot be validated
        known = np.isin(y_valid, np.unique(y))
        ready_valid, y_valid = ready_valid[known], y_valid[known]
    patience = max(20, int(3 / estimator.learning_rate))
    calls = [lightgbm.early_stopping(patience, verbose=False), _watch(plan.clock), _cut_at(end)]
    estimator.fit(ready, y, eval_X=ready_valid, eval_y=y_valid, callbacks=calls)
    short = end is not None and time.monotonic() > end
    return int(estimator.best_iteration_ or estimator.n_estimators), short


def grow(plan: Plan, candidate: Candidate, estimator: Any, ready: Any, y: Any) -> None:
    """Fit; forests grow a few trees at a time, so that the clock can stop them."""
    if candidate.family not in FORESTS:
        estimator.fit(ready, y)
        return
    wanted = estimator.n_estimators
    estimator.set_params(warm_start=True, n_estimators=0)
    while estimator.n_estimators < wanted:
        plan.clock.check()
        estimator.set_params(n_estimators=min(wanted, estimator.n_estimators + FOREST_STEP))
        estimator.fit(ready, y)
    estimator.set_params(warm_start=False)
