"""Guardrails against building what is not needed: better than a constant, better than something simple."""

from __future__ import annotations

from typing import Any

from automl.guardrails.registry import Alert, Outcome, check
from automl.metrics import METRICS


def value_of(record: dict[str, Any], name: str) -> float:
    """A holdout score of a candidate."""
    return float(record["test_metrics"][name]["value"])


@check(
    "worse_than_baseline",
    "post_train",
    "justify",
    "arithmetic: holdout interval against the constant answer",
    "baselines",
    0.0,
)
def worse_than_baseline(outcome: Outcome) -> list[Alert]:
    """The best model does not beat the constant answer on the holdout."""
    result, best = outcome.result, outcome.best
    trials = {trial["number"]: trial for trial in result["trials"]}
    baseline = trials.get(result["baseline_trial"])
    if baseline is None or not baseline["test_metrics"]:
        return []
    metric = METRICS[result["task"]][result["metric"]["name"]]
    gain = metric.loss(value_of(baseline, metric.name)) - metric.loss(value_of(best, metric.name))
    if gain <= 0:
        return [Alert(gain, severity="block")]
    edge = best["test_metrics"][metric.name]["low" if metric.higher_is_better else "high"]
    unsure = metric.loss(float(edge)) >= metric.loss(value_of(baseline, metric.name))
    return [Alert(gain, variant="hardly_better_than_baseline")] if unsure else []


@check(
    "simple_is_as_good",
    "post_train",
    "info",
    "arithmetic: the simple model lies inside the best model's 95 % interval",
    "baselines",
    0.0,
    certainty="likely",
)
def simple_is_as_good(outcome: Outcome) -> list[Alert]:
    """The complicated model wins by no more than chance: the simple one is the better choice."""
    result, best = outcome.result, outcome.best
    trials = {trial["number"]: trial for trial in result["trials"]}
    simple = trials.get(result.get("simple_trial"))
    if simple is None or simple["number"] == best["number"] or not simple["test_metrics"]:
        return []
    metric = METRICS[result["task"]][result["metric"]["name"]]
    test = best["test_metrics"][metric.name]
    edge = float(test["low" if metric.higher_is_better else "high"])
    mine, simpler = float(test["value"]), value_of(simple, metric.name)
    if metric.loss(simpler) > metric.loss(edge):
        return []
    params = {"metric": metric.label, "best": round(mine, 4), "simple": round(simpler, 4)}
    return [Alert(metric.loss(simpler) - metric.loss(mine), params=params)]
