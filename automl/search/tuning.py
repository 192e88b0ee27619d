"""Drawing settings of boosting, and of forests, with Optuna's TPE, from what trials of their kind so far have shown."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

from automl.search.portfolio import FORESTS, SMALL, Candidate, trees_of
from automl.search.study import Record, Study

RANDOM_FIRST = 4  # draws before the sampler trusts what it has seen
USUAL: dict[str, Any] = {  # LightGBM's own defaults, where a candidate names nothing
    "learning_rate": 0.1,
    "num_leaves": 31,
    "min_child_samples": 20,
    "colsample_bytree": 1.0,
    "subsample": 1.0,
    "reg_lambda": 0.01,
    "extra_trees": False,
}
# Shares of what the best model gains over the constant. On splits of six tables the better of the two fixed forests
# reached 0.84 to 1.00; where it is that close, other leaves often make it the best: on wine_quality, leaves of one row
# instead of two bring the log loss from 0.88 to 0.80.
LEADS, CLOSE = 1.0, 0.9
EXPLORED = 3  # forests drawn on a table of ordinary size, however far behind the fixed ones are
LARGEST_LEAF = 32  # rows; on caravan 16 were still better than 8


def _space() -> dict[str, Any]:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    return {
        "learning_rate": FloatDistribution(0.02, 0.15, log=True),
        "num_leaves": IntDistribution(4, 128, log=True),
        "min_child_samples": IntDistribution(3, 100, log=True),
        "colsample_bytree": FloatDistribution(0.3, 1.0),
        "subsample": FloatDistribution(0.6, 1.0),
        "reg_lambda": FloatDistribution(0.01, 20.0, log=True),
        "extra_trees": CategoricalDistribution([False, True]),
        "coding": CategoricalDistribution(["ordinal", "target", "onehot"]),
    }


def _space_of_forests() -> dict[str, Any]:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    return {
        "family": CategoricalDistribution(FORESTS),
        "min_samples_leaf": IntDistribution(1, LARGEST_LEAF, log=True),
        "max_features": FloatDistribution(0.15, 1.0),
    }


def drawn(study: Study, number: int) -> Candidate:
    """Draw settings for trial ``number``: of boosting, and now and then of a forest where forests do well.

    The sampler is built anew from the records each time: the same records, seed and number give
    the same draw, whether or not the search was interrupted between them.
    """
    return _forest(study, number) if _turn_of_forests(study, number) else _boosting(study, number)


def _boosting(study: Study, number: int) -> Candidate:
    space = _space()
    if not study.shape.categories or study.bulk is not None:  # all rows of a large table have one coding
        del space["coding"]
    asked = _ask(study, number, space, _seen(_tried(study, ("lightgbm",)), space, _settings_of_boosting))
    chosen = {name: value for name, value in asked.items() if name != "coding"}
    cost = 1.0 + math.log2(max(1.0, chosen["num_leaves"] / 31)) + 0.05 / chosen["learning_rate"] / 2
    return Candidate(
        f"lightgbm_tuned_{number}",
        "lightgbm",
        asked.get("coding", "ordinal"),
        chosen | {"subsample_freq": 1},
        cost=round(cost, 3),
        tuned=True,
        log_target=_log_pays(study),
    )


def _forest(study: Study, number: int) -> Candidate:
    space, columns = _space_of_forests(), study.shape.columns
    seen = _seen(_tried(study, FORESTS), space, lambda record: _settings_of_forest(record, columns))
    asked = _ask(study, number, space, seen)
    family = asked.pop("family")
    trees = trees_of(study.shape, study.question.budget_seconds, asked["min_samples_leaf"])
    settings = asked | {"n_estimators": trees}
    return Candidate(f"{family}_tuned_{number}", family, "ordinal_filled", settings, cost=2.0, tuned=True)


def _turn_of_forests(study: Study, number: int) -> bool:
    """Every second draw while a forest leads, every fourth while one is close or hardly any was drawn; else none."""
    tried = _tried(study, FORESTS)
    finished = [r for r in study.finished if r["fold_losses"]]
    constants = [_mean(r) for r in finished if r["is_baseline"]]
    forests = [_mean(r) for r in finished if r["family"] in FORESTS]
    if study.ladder or not constants or not forests:
        return False
    best = min(_mean(r) for r in finished)
    gain = constants[0] - best
    share = (constants[0] - min(forests)) / gain if gain > 0 else 0.0
    few = study.shape.rows <= SMALL and sum(r["tuned"] for r in tried) < EXPLORED
    return number % 2 == 0 if share >= LEADS else number % 4 == 0 and (share >= CLOSE or few)


def _mean(record: Record) -> float:
    losses: list[float] = record["fold_losses"]
    return sum(losses) / len(losses)


def _tried(study: Study, families: tuple[str, ...]) -> list[Record]:
    return [r for r in study.records if r["family"] in families and r["fold_losses"]]


def _ask(
    study: Study, number: int, space: dict[str, Any], seen: list[tuple[dict[str, Any], float]]
) -> dict[str, Any]:
    """One draw from a space, given settings in it and their losses."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "experimental" marks are for programmers
        seed = study.question.seed * 1_000 + number
        sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=RANDOM_FIRST, multivariate=True)
        memory = optuna.create_study(sampler=sampler, direction="minimize")
        for settings, value in seen:
            memory.add_trial(optuna.trial.create_trial(params=settings, distributions=space, value=value))
        return dict(memory.ask(space).params)


def _settings_of_boosting(record: Record) -> dict[str, Any]:
    return USUAL | record["settings"] | {"coding": record["coding"]}


def _settings_of_forest(record: Record, columns: int) -> dict[str, Any]:
    settings = record["settings"] | {"family": record["family"]}
    if settings["max_features"] == "sqrt":
        settings["max_features"] = max(0.15, 1.0 / math.sqrt(columns))
    return settings


def _seen(
    tried: list[Record], space: dict[str, Any], settings_of: Callable[[Record], dict[str, Any]]
) -> list[tuple[dict[str, Any], float]]:
    """Settings and relative loss of each trial of a kind: its folds against the first one's same folds."""
    if not tried:
        return []
    yardstick = _by_fold(tried[0])
    seen = []
    for record in tried:
        ratios = [
            loss / max(yardstick[fold], 1e-12) for fold, loss in _by_fold(record).items() if fold in yardstick
        ]
        settings = settings_of(record)
        settings = {name: settings[name] for name in space}
        inside = all(space[name]._contains(space[name].to_internal_repr(settings[name])) for name in space)
        if ratios and inside:
            seen.append((settings, sum(ratios) / len(ratios)))
    return seen


def _by_fold(record: Record) -> dict[int, float]:
    known = record.get("folds_known") or range(len(record["fold_losses"]))
    return dict(zip(known, record["fold_losses"], strict=False))


def _log_pays(study: Study) -> bool:
    """Whether boosting on the logarithm of the target did better than on the target itself."""
    named = {r["name"]: study.loss(r) for r in study.finished}
    if study.ladder or "lightgbm_log" not in named or "lightgbm" not in named:
        return False
    return named["lightgbm_log"] < named["lightgbm"]
