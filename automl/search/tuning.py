"""Drawing settings of boosting with Optuna's TPE, from what all boosting trials so far have shown."""

from __future__ import annotations

import math
import warnings
from typing import Any

from automl.search.portfolio import Candidate
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


def drawn(study: Study, number: int) -> Candidate:
    """Draw settings for trial ``number``.

    The sampler is built anew from the records each time: the same records, seed and number give
    the same draw, whether or not the search was interrupted between them.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    space = _space()
    if not study.shape.categories or study.bulk is not None:  # all rows of a large table have one coding
        del space["coding"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "experimental" marks are for programmers
        seed = study.question.seed * 1_000 + number
        sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=RANDOM_FIRST, multivariate=True)
        memory = optuna.create_study(sampler=sampler, direction="minimize")
        for settings, value in _seen(study, space):
            memory.add_trial(optuna.trial.create_trial(params=settings, distributions=space, value=value))
        asked = memory.ask(space)
    chosen = {name: value for name, value in asked.params.items() if name != "coding"}
    cost = 1.0 + math.log2(max(1.0, chosen["num_leaves"] / 31)) + 0.05 / chosen["learning_rate"] / 2
    return Candidate(
        f"lightgbm_tuned_{number}",
        "lightgbm",
        asked.params.get("coding", "ordinal"),
        chosen | {"subsample_freq": 1},
        cost=round(cost, 3),
        tuned=True,
        log_target=_log_pays(study),
    )


def _seen(study: Study, space: dict[str, Any]) -> list[tuple[dict[str, Any], float]]:
    """Settings and relative loss of each boosting trial: its folds against the first model's same folds."""
    boosted = [r for r in study.records if r["family"] == "lightgbm" and r["fold_losses"]]
    if not boosted:
        return []
    yardstick = _by_fold(boosted[0])
    seen = []
    for record in boosted:
        ratios = [
            loss / max(yardstick[fold], 1e-12) for fold, loss in _by_fold(record).items() if fold in yardstick
        ]
        settings = USUAL | record["settings"] | {"coding": record["coding"]}
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
