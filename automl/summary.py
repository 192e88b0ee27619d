"""The result in a few plain sentences: what, how sure, why it matters, what to do."""

from __future__ import annotations

from typing import Any

from automl.metrics import METRICS
from automl.texts import note


def summarise_result(result: dict[str, Any], best: dict[str, Any]) -> list[dict[str, Any]]:
    """Write the summary sentences, each with code, message and params."""
    metric = METRICS[result["task"]][result["metric"]["name"]]
    score = best["test_metrics"][metric.name]
    sentences = [
        note(
            f"summary_score_{metric.name}" if metric.name in ("roc_auc", "rmse") else "summary_score",
            metric=metric.label,
            value=_round(score["value"]),
            low=_round(score["low"]),
            high=_round(score["high"]),
            rows=result["split"]["test_rows"],
            percent=round(100 * score["value"]) if metric.name == "roc_auc" else None,
        ),
    ]
    sentences += _drawn(result)
    sentences += _against_baseline(result, best, metric)
    sentences += _gain(result)
    sentences += _costs(result)
    sentences += _drivers(result)
    sentences += _simplicity(result, metric)
    alerts = [
        g for g in result["guardrails"] if g["status"] == "alerted" and g["severity"] in ("block", "justify")
    ]
    if alerts:
        sentences.append(note("summary_guardrails", count=len(alerts)))
    else:
        sentences.append(note("summary_no_guardrails"))
    return sentences


def _round(value: float) -> float:
    return float(f"{value:.3g}")


def _against_baseline(result: dict[str, Any], best: dict[str, Any], metric: Any) -> list[dict]:
    trials = {t["number"]: t for t in result["trials"]}
    baseline = trials.get(result["baseline_trial"])
    if baseline is None:
        return []
    ours = float(best["test_metrics"][metric.name]["value"])
    theirs = float(baseline["test_metrics"][metric.name]["value"])
    better = metric.loss(ours) < metric.loss(theirs)
    return [
        note(
            "summary_beats_baseline" if better else "summary_no_better",
            metric=metric.label,
            value=_round(ours),
            baseline=_round(theirs),
        )
    ]


def _drawn(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Of a large table: how many rows were used of how many."""
    learned = result.get("learned") or {}
    if "holdout_rows" not in learned:
        return []
    params = {"rows": learned["train_rows"], "learned": learned["rows"]}
    return [note("summary_drawn", **params, tested=learned["tested_on"], holdout=learned["holdout_rows"])]


def _gain(result: dict[str, Any]) -> list[dict[str, Any]]:
    table = result.get("gain_lift")
    if not table or len(table) < 2:
        return []
    return [
        note(
            "summary_gain",
            percent=round(100 * table[1]["gain"]),
            lift=round(table[1]["cumulative_lift"], 1),
            label=result["positive_label"],
        )
    ]


def _costs(result: dict[str, Any]) -> list[dict[str, Any]]:
    report = result.get("threshold")
    if not report or report["cost_at_half"] <= 0:
        return []
    saved = 1 - report["expected_cost"] / report["cost_at_half"]
    if saved <= 0.01:
        return []
    return [note("summary_threshold", threshold=round(report["value"], 3), percent=round(100 * saved))]


def _drivers(result: dict[str, Any]) -> list[dict[str, Any]]:
    top = [row["column"] for row in result["importance"] if (row["mean"] or 0) > 0][:3]
    return [note("summary_drivers", columns=", ".join(top))] if top else []


def _simplicity(result: dict[str, Any], metric: Any) -> list[dict[str, Any]]:
    price = result["price_of_simplicity"]
    if price is None or result["simple_trial"] == result["best_trial"]:
        return [note("summary_simple_is_best")] if price is not None else []
    trials = {t["number"]: t for t in result["trials"]}
    simple = trials[result["simple_trial"]]["test_metrics"][metric.name]
    best = trials[result["best_trial"]]["test_metrics"][metric.name]
    inside = best["low"] <= simple["value"] <= best["high"]
    return [
        note(
            "summary_simple_close" if inside else "summary_simple_price",
            metric=metric.label,
            simple=_round(simple["value"]),
            best=_round(best["value"]),
        )
    ]
