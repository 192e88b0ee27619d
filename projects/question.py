"""The question of an experiment as the engine takes it: what it may hold, and its digest."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from projects.models import Experiment

TASKS = {
    "binary": _("Yes or no"),
    "multiclass": _("One of several answers"),
    "regression": _("A number"),
}
ROLES = {
    "feature": _("Used to predict"),
    "id": _("Names the row"),
    "time": _("Order in time"),
    "group": _("Rows that belong together"),
    "sensitive": _("Sensitive: only for the fairness check"),
    "exclude": _("Left out"),
}
METRICS: dict[str, dict[str, Any]] = {
    "binary": {
        "roc_auc": _("AUC: how often a “yes” is ranked above a “no”"),
        "average_precision": _("Average precision: how pure the top of the list is"),
        "log_loss": _("Log loss: honest probabilities"),
        "brier": _("Brier score: distance of probabilities to what happened"),
        "balanced_accuracy": _("Balanced accuracy: share found, mean of both answers"),
        "f1": _("F1: precision and recall together"),
        "accuracy": _("Accuracy: share of right answers"),
    },
    "multiclass": {
        "log_loss": _("Log loss: honest probabilities"),
        "balanced_accuracy": _("Balanced accuracy: share found, mean of the answers"),
        "f1_macro": _("F1: precision and recall, mean of the answers"),
        "accuracy": _("Accuracy: share of right answers"),
    },
    "regression": {
        "rmse": _("RMSE: typical error, large errors count more"),
        "mae": _("Mean absolute error: the average error"),
        "r2": _("R²: share of the differences that is explained"),
    },
}
RECOMMENDED_METRIC = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}
VALIDATIONS = {
    "stratified": _("At random, each part with the same mix of answers"),
    "random": _("At random"),
    "grouped": _("By group: rows that belong together stay together"),
    "time": _("By time: learn from the past, test on what came after"),
}
NEEDS_ROLE = {"grouped": "group", "time": "time"}
BUDGET = (10, 3600)
TRIALS = (1, 200)
FOLDS = (2, 20)
HOLDOUT = (0.05, 0.5)
# What one press of a button does about a finding: the role its columns get, and the test that follows.
MENDS: dict[str, tuple[str, str | None]] = {
    **dict.fromkeys(
        ("target_copy", "target_near_copy", "target_sum", "target_leakage", "leakage_lead", "after_the_event",
         "rare_trigger_leak", "identifier_leak", "personal_data", "personal_data_in_text", "mostly_missing",
         "high_cardinality", "mixed_types", "sensitive_proxy"),
        ("exclude", None),
    ),
    "sensitive_undeclared": ("sensitive", None),
    "identifier_feature": ("id", None),
    "group_ignored": ("group", "grouped"),
    "time_ignored": ("time", "time"),
}  # fmt: skip
ONE_COLUMN = {"group_ignored", "time_ignored"}
COSTS = ("cost_false_positive", "cost_false_negative")
DEFAULTS: dict[str, Any] = {
    "budget_seconds": 60,
    "max_trials": 60,  # so that it is the time that ends most searches
    "seed": 0,
    "cost_false_positive": 1.0,
    "cost_false_negative": 5.0,
    "sensitive_as_feature": False,
}


def digest_of(experiment: "Experiment") -> str:
    """What was asked of which table under which limits, as one number: checks and approvals bind to it."""
    content: list[Any] = [experiment.question, experiment.dataset_version.table_digest]
    if experiment.limits:
        content.append(experiment.limits)
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def advice_basis(experiment: "Experiment") -> str:
    """What the engine's advice rests on: the column, the table and what errors cost."""
    asked = {**DEFAULTS, **experiment.question}
    parts = [asked.get("target"), experiment.dataset_version.table_digest, *(asked[name] for name in COSTS)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def recommended_metric(experiment: "Experiment") -> str:
    """What the engine advises for this very question; the usual measure of the task while it has not looked."""
    task = str(experiment.question.get("task") or "binary")
    advised = experiment.advice.get("question") or {}
    if experiment.advice.get("basis") == advice_basis(experiment) and advised.get("task") == task:
        return str(advised.get("metric") or RECOMMENDED_METRIC[task])
    return RECOMMENDED_METRIC[task]


def suggest_task(column: dict[str, Any]) -> str:
    """Yes/no for two values, a number for many numbers, else one of several answers (as the engine does)."""
    if column.get("distinct", 0) <= 2:
        return "binary"
    if column.get("kind") in {"number", "identifier"} and column.get("min") is not None:
        shown = [*column.get("examples", []), *(top["value"] for top in column.get("top_values", []))]
        fractions = any(str(value).rpartition(".")[2].strip("0") for value in shown if "." in str(value))
        if column["distinct"] > 20 or fractions:
            return "regression"
    return "multiclass"


def suggest_roles(columns: list[dict[str, Any]], target: str) -> dict[str, str]:
    """A role for every column but the target, as the profile suggests it."""
    return {each["name"]: each.get("suggested_role", "feature") for each in columns if each["name"] != target}


def suggest_validation(task: str, roles: dict[str, str]) -> dict[str, Any]:
    """By time when a column gives the order, by group when rows belong together, else at random."""
    kind = "random" if task == "regression" else "stratified"
    for wanted, role in (("grouped", "group"), ("time", "time")):
        if role in roles.values():
            kind = wanted
    return {"kind": kind, "folds": 5, "holdout": 0.2}


def in_words(metric: str) -> tuple[str, str]:
    """A metric in words, as those who chose it read it: its name, and what it says; an unknown one as it is."""
    found = next((words[metric] for words in METRICS.values() if metric in words), metric)
    name, _colon, hint = str(found).partition(":")
    return name.strip(), hint.strip()
