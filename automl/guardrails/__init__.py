"""Guardrails: checks before and after training, each one function with its threshold and source."""

from automl.guardrails.policy import Policy, policy_in_force
from automl.guardrails.registry import CHECKS, Alert, Outcome, TableView
from automl.guardrails.run import check_question, check_result
from automl.guardrails.shift import check_new_rows

__all__ = [
    "CHECKS",
    "Alert",
    "Outcome",
    "Policy",
    "TableView",
    "check_new_rows",
    "check_question",
    "check_result",
    "policy_in_force",
]
