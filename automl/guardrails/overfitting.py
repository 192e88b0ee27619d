"""Guardrails against fooling oneself: scores of training, validation and holdout, and their sizes."""

from __future__ import annotations

from automl.guardrails.baseline import value_of
from automl.guardrails.registry import Alert, Outcome, check, limit
from automl.metrics import METRICS

TOO_GOOD = {"roc_auc": 0.995, "accuracy": 0.999, "r2": 0.995}


@check(
    "overfitting",
    "post_train",
    "warn",
    "own: validation lies outside the 95 % interval of the holdout",
    "overfitting",
    1.0,
)
def overfitting(outcome: Outcome) -> list[Alert]:
    """The cross-validated score and the holdout disagree beyond the holdout's interval."""
    result, best = outcome.result, outcome.best
    metric = METRICS[result["task"]][result["metric"]["name"]]
    test = best["test_metrics"][metric.name]
    cv = best["cv_score"]
    if cv is None or metric.name == "r2":
        return []
    edge = float(test["high" if metric.higher_is_better else "low"])
    if metric.loss(cv) >= metric.loss(edge):
        return []
    spread = abs(edge - float(test["value"])) or 1e-12
    gap = abs(cv - float(test["value"]))
    params = {"cv": round(cv, 4), "test": round(float(test["value"]), 4)}
    return [Alert(gap / spread, params=params, threshold=1.0)]


@check(
    "train_test_gap",
    "post_train",
    "info",
    "practice: the gap shows how much is learned by heart",
    "overfitting",
    0.15,
    stricter="lower",
)
def train_test_gap(outcome: Outcome) -> list[Alert]:
    """The score on the training rows is far better than on the holdout."""
    result, best = outcome.result, outcome.best
    metric = METRICS[result["task"]][result["metric"]["name"]]
    if outcome.train_score is None:
        return []
    test = value_of(best, metric.name)
    gap = (metric.loss(test) - metric.loss(outcome.train_score)) / max(abs(test), 1e-12)
    params = {"train": round(outcome.train_score, 4), "test": round(test, 4)}
    return [Alert(gap, params=params)] if gap > limit("train_test_gap") else []


@check(
    "too_good_to_be_true",
    "post_train",
    "justify",
    "practice: nearly perfect scores are leaks until shown otherwise",
    "target-leakage",
    0.995,
    certainty="likely",
)
def too_good_to_be_true(outcome: Outcome) -> list[Alert]:
    """The holdout score is almost perfect."""
    for name, most in TOO_GOOD.items():
        if name in outcome.best["test_metrics"]:
            value = value_of(outcome.best, name)
            label = METRICS[outcome.result["task"]][name].label
            if value >= most:
                params = {"metric": label, "score": round(value, 4)}
                return [Alert(value, params=params, threshold=most)]
    return []


@check(
    "small_test_set",
    "post_train",
    "warn",
    "practice: 100 rows, 30 of the rarer answer",
    "sample-size",
    100,
    stricter="higher",
)
def small_test_set(outcome: Outcome) -> list[Alert]:
    """The holdout is too small to trust its score to the second digit."""
    split = outcome.result["split"]
    rows, rarest = split["test_rows"], split.get("test_rarest_class")
    if rows < limit("small_test_set"):
        return [Alert(rows, params={"rows": rows})]
    if rarest is not None and rarest < 30:
        return [Alert(rarest, params={"rows": rarest}, threshold=30, variant="few_test_positives")]
    return []
