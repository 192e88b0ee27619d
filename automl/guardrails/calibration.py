"""Guardrails about probabilities: do they mean what they say."""

from __future__ import annotations

from automl.guardrails.registry import Alert, Outcome, check, limit


@check(
    "calibration_off",
    "post_train",
    "warn",
    "own: mean distance of 5 points and outside chance",
    "calibration",
    0.05,
    stricter="lower",
    certainty="likely",
)
def calibration_off(outcome: Outcome) -> list[Alert]:
    """Predicted probabilities are far from what happened."""
    report = outcome.result.get("calibration")
    if not report:
        return []
    error = float(report["expected_calibration_error"])
    outside = sum(not (part["low"] <= part["predicted"] <= part["high"]) for part in report["bins"])
    params = {"points": round(100 * error, 1)}
    return [Alert(error, params=params)] if error > limit("calibration_off") and outside >= 3 else []
