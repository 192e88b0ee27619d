"""The result of a search as one document that a page can show without another calculation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from automl import evaluation
from automl.explain import Subject, explain_holdout
from automl.fairness import group_report
from automl.files import plain
from automl.guardrails import Outcome, check_result
from automl.importance import permutation_importance
from automl.metrics import choose_metric
from automl.prediction import predict
from automl.reference import build_reference
from automl.search.runner import Study
from automl.summary import summarise_result
from automl.texts import note


def build_result(
    study: Study, raw: dict[str, pd.DataFrame], guardrails: list[dict[str, Any]]
) -> dict[str, Any]:
    """Gather everything about a finished search.

    Parameters
    ----------
    study : Study
        With at least one finished trial.
    raw : dict
        Raw ``train`` and ``test`` rows.
    guardrails : list of dict
        Results of the checks before training.

    Returns
    -------
    dict
        See README "result.json".
    """
    best = study.best()
    assert best is not None
    pipeline = study.pipeline(best["number"])
    x_test, y_test = study.test
    answer = predict(pipeline, x_test, study.plan.task, study.plan.classes)
    result = _heading(study, best) | _trials(study, best)
    result |= _reports(study, best, y_test, answer)
    result["importance"] = permutation_importance(
        pipeline,
        x_test,
        y_test,
        study.plan.recipe,
        study.plan.task,
        study.metric,
        study.question.seed,
        _seconds_for_importance(study),
    )
    result["explanations"] = _explanations(study, raw["test"], pipeline, best, result["importance"])
    result["fairness"] = _fairness(study, raw["test"], y_test, answer, best)
    outcome = Outcome(result, best, _train_score(study, pipeline), _beyond(study))
    result["guardrails"] = guardrails + check_result(outcome)
    result["dropped_columns"] = _dropped(study, raw["train"])
    result["recipe_steps"] = study.plan.recipe["steps"]
    score = (
        answer
        if study.plan.task == "regression"
        else (answer[:, 1] if study.plan.task == "binary" else answer.max(axis=1))
    )
    result["reference"] = build_reference(raw["train"], study.plan.recipe, score)
    result["input_schema"] = study.meta["input_schema"]
    names = [entry["name"] for entry in study.meta["input_schema"]]
    result["sample_rows"] = plain(raw["test"][names].head(3).to_dict(orient="records"))
    result["learned"] = _learned(study, best)
    result["seed"] = study.question.seed
    result["question"] = study.question.to_dict()
    result["summary"] = summarise_result(result, best)
    return result


def _seconds_for_importance(study: Study) -> float:
    """Half of what the budget still holds; a little always, so that something is known."""
    if study.clock.stop_asked:
        return 1.0
    return max(0.5, 0.5 * (study.clock.budget - study.clock.elapsed))


def _explanations(
    study: Study, test: pd.DataFrame, pipeline: Any, best: dict[str, Any], importance: list[dict[str, Any]]
) -> dict[str, Any]:
    """What is cheap to explain, in the time that is left; the rest is asked for one by one."""
    meta = study.meta | {"threshold": best.get("threshold")}
    subject = Subject(pipeline, study.plan.recipe, meta, test, study.test[1], study.question)
    left = 0.0 if study.clock.stop_asked else study.clock.budget - study.clock.elapsed - 0.5
    return explain_holdout(subject, importance, max(0.0, left))


def _heading(study: Study, best: dict[str, Any]) -> dict[str, Any]:
    metric, reason = choose_metric(study.plan.task, study.question.metric)
    y_train, y_test = study.train[1], study.test[1]
    split: dict[str, Any] = {
        "kind": study.question.validation.kind,
        "folds": len(study.parts),
        "holdout": study.question.validation.holdout,
        "column": study.question.split_column(study.question.validation.kind),
        "train_rows": study.scale["train_rows"] if study.scale else len(y_train),
        "test_rows": len(y_test),
    }
    if study.plan.task != "regression":
        sizes = np.bincount(y_test, minlength=study.plan.classes)
        split["test_rarest_class"] = int(sizes.min())
        split["test_class_rows"] = dict(zip(study.meta["classes"], sizes.tolist(), strict=True))
    return {
        "version": 1,
        "task": study.plan.task,
        "target": study.question.target,
        "classes": study.meta["classes"],
        "positive_label": study.meta["positive_label"],
        "metric": {"name": metric.name, "direction": metric.direction, "label": metric.label},
        "why_metric": note(reason, metric=metric.label),
        "split": split,
    }


def _trials(study: Study, best: dict[str, Any]) -> dict[str, Any]:
    simple = study.best_simple()
    baseline = next((r for r in study.finished if r["is_baseline"]), None)
    price = None
    if simple is not None:
        name = study.metric.name
        price = {
            "cv": study.loss(simple) - study.loss(best),
            "test": study.metric.loss(simple["test_metrics"][name]["value"])
            - study.metric.loss(best["test_metrics"][name]["value"]),
            "metric": name,
            **_lighter(simple, best),
        }
    return {
        "trials": study.records,
        "best_trial": best["number"],
        "simple_trial": simple["number"] if simple else None,
        "price_of_simplicity": price,
        "baseline_trial": baseline["number"] if baseline else None,
    }


def _learned(study: Study, best: dict[str, Any]) -> dict[str, Any]:
    """How many rows the best model learned from; of a large table also what was drawn and judged on."""
    fit, _ = study.parts[0]
    whole = len(study.train[1]) if not study.ladder else len(fit)
    numbers = [member["number"] for member in best.get("members") or []] or [best.get("calibrates")]
    records = [
        r for r in study.records if r["number"] in (numbers if numbers != [None] else [best["number"]])
    ]
    rows = max((r["train_rows"] or whole for r in records), default=best["train_rows"] or whole)
    return {"rows": rows, **(study.scale or {})}


def _lighter(simple: dict[str, Any], best: dict[str, Any]) -> dict[str, Any]:
    """How many times smaller and faster the simple model is; None where that is not known."""
    ratios = {}
    for name in ("size_bytes", "predict_ms_per_1000"):
        ours, theirs = simple[name], best[name]
        ratios[f"{name}_ratio"] = round(theirs / ours, 1) if ours and theirs else None
    return ratios


def _reports(study: Study, best: dict[str, Any], y: Any, answer: Any) -> dict[str, Any]:
    task, question = study.plan.task, study.question
    empty = dict.fromkeys(("confusion", "threshold", "gain_lift", "calibration", "residuals"))
    if task == "regression":
        return empty | {"residuals": evaluation.residuals(y, answer)}
    level: float | None = best.get("threshold")
    reports = empty | {
        "confusion": evaluation.confusion(y, answer, study.meta["classes"], level),
        "calibration": evaluation.calibration(y, answer),
    }
    if level is not None:
        reports["threshold"] = evaluation.threshold_report(
            y, answer, level, question.cost_false_positive, question.cost_false_negative
        )
        reports["gain_lift"] = evaluation.gain_lift(y, answer)
    return reports


def _fairness(
    study: Study, test: pd.DataFrame, y: Any, answer: Any, best: dict[str, Any]
) -> list[dict[str, Any]]:
    return [
        group_report(test[name], y, answer, study.plan.task, best.get("threshold"))
        for name in study.question.with_role("sensitive")
        if name in test.columns
    ]


def _train_score(study: Study, pipeline: Any) -> float:
    x, y = study.train
    most = 20_000 if study.clock.elapsed < study.clock.budget else 2_000  # a late report is kept short
    rows = np.random.default_rng(study.question.seed).permutation(len(y))[:most]
    answer = predict(pipeline, x.iloc[rows], study.plan.task, study.plan.classes)
    return study.metric.function(y[rows], answer, np.ones(len(rows)))


def _beyond(study: Study) -> float | None:
    """Share of the rows kept apart whose amount lies outside of all amounts of training."""
    if study.plan.task != "regression":
        return None
    known, asked = study.train[1], study.test[1]
    return float(np.mean((asked < known.min()) | (asked > known.max())))


def _dropped(study: Study, train: pd.DataFrame) -> list[dict[str, Any]]:
    dropped = list(study.plan.recipe["dropped"])
    for name in train.columns:
        role = study.question.roles.get(name, "feature")
        used = name in study.question.features(train) or name == study.question.target
        if not used:
            dropped.append({"column": name, **note(f"not_used_{role}", column=name)})
    return dropped
