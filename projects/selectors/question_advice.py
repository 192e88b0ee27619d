"""What the engine recommends for a step of the question, beside what is asked now."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from projects.models import Experiment
from projects.question import METRICS, ROLES, TASKS, VALIDATIONS, advice_basis
from projects.sentences import sentence

PARTS = {
    "experiment_question": "task",
    "experiment_columns": "roles",
    "experiment_metric": "metric",
    "experiment_validation": "validation",
}


@dataclass(frozen=True)
class Advice:
    """One part of the engine's advice; `state` is none, waiting, failed or ready."""

    part: str
    state: str
    problem: str = ""
    value: str = ""
    reason: str = ""
    roles: list[tuple[str, str, str]] = field(default_factory=list)  # column, role, reason: where they differ
    is_taken: bool = False


def advice_for(experiment: Experiment, step: str) -> Advice | None:
    """The advice for a step of the path; None for a step that has none, or before the target is known."""
    part = PARTS.get(step)
    if part is None or not experiment.question.get("target"):
        return None
    if experiment.advice.get("basis") != advice_basis(experiment):
        return unfinished(experiment, part)
    value, reason = in_words(experiment.advice, part)
    differing = differing_roles(experiment) if part == "roles" else []
    asked, advised = experiment.question.get(part), experiment.advice["question"][part]
    same = not differing if part == "roles" else same_value(asked, advised)
    return Advice(part, "ready", value=value, reason=reason, roles=differing, is_taken=same)


def unfinished(experiment: Experiment, part: str) -> Advice:
    """No advice on this basis: not asked for, under way, or not possible."""
    job = experiment.advice_job
    if job is None or job.payload.get("basis") != advice_basis(experiment):
        return Advice(part, "none")
    if job.is_over and job.state != "done":
        return Advice(part, "failed", problem=str(job.error_text))
    return Advice(part, "waiting")


def in_words(advice: dict[str, Any], part: str) -> tuple[str, str]:
    """What is recommended, and why."""
    if part == "roles":
        return "", ""
    value = advice[part]["value"]
    if part == "task":
        words = TASKS.get(value, value)
    elif part == "metric":
        words = METRICS[advice["question"]["task"]].get(value, value)
    else:
        words = _("%(kind)s, %(folds)s folds") % {
            "kind": VALIDATIONS.get(value["kind"], value["kind"]),
            "folds": value["folds"],
        }
    return str(words), sentence(advice[part]["reason"])


def differing_roles(experiment: Experiment) -> list[tuple[str, str, str]]:
    """Columns that the engine would use otherwise, with the reason."""
    roles = experiment.question.get("roles") or {}
    return [
        (each["column"], str(ROLES.get(each["role"], each["role"])), sentence(each["reason"]))
        for each in experiment.advice["roles"]
        if roles.get(each["column"], "feature") != each["role"]
    ]


def same_value(asked: Any, advised: Any) -> bool:
    """Whether what is asked is what is recommended; a test may name its column or leave it to the roles."""
    if isinstance(asked, dict) and isinstance(advised, dict):
        return all(asked.get(name) == advised.get(name) for name in ("kind", "folds", "holdout"))
    return bool(asked == advised)
