"""Which limits of a policy reach the engine: a check must speak up where the policy blocks."""

from governance import policies
from projects.models import UseCase

# From which measured value on the engine's own checks speak up. A test compares them with the engine's register.
OWN = {
    "after_the_event": 0.6,
    "beyond_training": 0.05,
    "calibration_off": 0.05,
    "change_of_version": 0.7,
    "change_over_time": 0.7,
    "conflicting_duplicates": 0.01,
    "duplicate_rows": 0.01,
    "heavy_tail": 3.0,
    "hidden_groups": 0.2,
    "high_cardinality": 10_000.0,
    "holdout_looks": 10.0,
    "identifier_leak": 0.75,
    "later_date": 0.9,
    "leakage_lead": 1.75,
    "metric_ignores_costs": 2.0,
    "mostly_missing": 0.5,
    "neighbours_alike": 0.3,
    "rare_trigger_leak": 0.995,
    "sensitive_proxy": 0.8,
    "target_leakage": 0.85,
    "target_near_copy": 0.9,
    "train_test_gap": 0.15,
    "twin_columns": 0.99,
    "unknown_words": 0.01,
}


def of_use_case(use_case: UseCase) -> dict[str, float]:
    """
    The limits of the policy of a use case that are stricter than the engine's own.

    A policy blocks from a value on. Where that lies below the value from which a check speaks up, nothing
    would be there to block: the check is told to look more closely. A value above it changes no check; it
    decides only what a finding means. Checks that warn of too little, not of too much, know no such value.
    """
    blocked = policies.for_use_case(use_case).guardrails
    return {code: limit for code, limit in blocked.items() if code in OWN and limit < OWN[code]}
