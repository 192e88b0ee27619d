"""Looking at a question field by field before it is kept; every wrong field is named."""

import math
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from projects import question as known
from projects.models import DatasetVersion

Found = dict[str, str]


def completed(version: DatasetVersion, asked: dict[str, Any]) -> dict[str, Any]:
    """The question with its defaults; raises `ValidationError` naming each wrong field."""
    columns = {each["name"]: each for each in version.columns_described}
    question = {**known.DEFAULTS, **asked}
    wrong = unknown_fields(asked)
    target = question.get("target") or ""
    if target not in columns:
        wrong["target"] = (
            _("The column %(column)s is not in this table. Choose one of: %(columns)s.")
            % {"column": target, "columns": ", ".join(list(columns)[:12])}
            if target
            else _("Choose the column to predict.")
        )
        raise ValidationError(wrong)
    fill(question, columns, target)
    for check in CHECKS:
        wrong |= check(question, columns)
    if wrong:
        raise ValidationError(wrong)
    return question


def unknown_fields(asked: dict[str, Any]) -> Found:
    """Fields that no question has."""
    return {name: _("This field is not known here.") for name in sorted(set(asked) - FIELDS)}


FIELDS = {
    "target", "task", "positive_label", "metric", "roles", "validation", "budget_seconds", "max_trials", "seed",
    "cost_false_positive", "cost_false_negative", "sensitive_as_feature",
}  # fmt: skip


def fill(question: dict[str, Any], columns: dict[str, Any], target: str) -> None:
    """What was not said is what the profile recommends."""
    if not question.get("task") or question["task"] == "auto":
        question["task"] = known.suggest_task(columns[target])
    if question.get("roles") is None:
        question["roles"] = known.suggest_roles(list(columns.values()), target)
    if isinstance(question["roles"], dict):
        question["roles"].pop(target, None)
    task = str(question["task"])
    question["metric"] = question.get("metric") or known.RECOMMENDED_METRIC.get(task)
    question["positive_label"] = question.get("positive_label") or None
    if question.get("validation") is None and isinstance(question["roles"], dict):
        question["validation"] = known.suggest_validation(task, question["roles"])


def check_target(question: dict[str, Any], columns: dict[str, Any]) -> Found:
    """The target must hold at least two answers, and fit the task."""
    column, task = columns[question["target"]], question["task"]
    if task not in known.TASKS:
        return {"task": _("Choose one of: %(choices)s.") % {"choices": ", ".join(known.TASKS)}}
    if not column["distinct"]:
        return {
            "target": _("%(column)s is empty in every row. Choose another column.")
            % {"column": column["name"]}
        }
    if column["distinct"] == 1:
        return {
            "target": _(
                "All rows have the same answer in %(column)s: there is nothing to predict. Choose another column."
            )
            % {"column": column["name"]}
        }
    if task == "binary" and column["distinct"] > 2:
        return {
            "task": _(
                "%(column)s has %(count)s different answers, not two. Choose “one of several answers” or “a number”."
            )
            % {"column": column["name"], "count": column["distinct"]}
        }
    if task == "regression" and not holds_numbers(column):
        return {"task": _("%(column)s holds text, not numbers.") % {"column": column["name"]}}
    return {}


def holds_numbers(column: dict[str, Any]) -> bool:
    """Whether the answers can be estimated as a number."""
    if column["kind"] == "number":
        return True
    shown = [str(top["value"]) for top in column.get("top_values", [])]
    return bool(shown) and all(value.lstrip("-").replace(".", "", 1).isdigit() for value in shown)


def check_positive(question: dict[str, Any], columns: dict[str, Any]) -> Found:
    """The answer of interest occurs."""
    label = question["positive_label"]
    if label is None:
        return {}
    answers = [top["value"] for top in columns[question["target"]].get("top_values", [])]
    if question["task"] == "binary" and label not in answers:
        return {"positive_label": _("The answer is one of: %(answers)s.") % {"answers": ", ".join(answers)}}
    return {}


def check_metric(question: dict[str, Any], columns: dict[str, Any]) -> Found:
    """The metric fits the task."""
    fitting = known.METRICS.get(str(question["task"]), {})
    if fitting and question["metric"] not in fitting:
        return {
            "metric": _("This measure does not fit the task. Choose one of: %(choices)s.")
            % {"choices": ", ".join(fitting)}
        }
    return {}


def check_roles(question: dict[str, Any], columns: dict[str, Any]) -> Found:
    """Known roles on known columns, and something left to predict with."""
    roles = question["roles"]
    if not isinstance(roles, dict):
        return {"roles": _("Give a role per column, as an object.")}
    strange = sorted(str(name) for name in set(roles) - set(columns))
    if strange:
        return {
            "roles": _("These columns are not in the table: %(columns)s.")
            % {"columns": ", ".join(strange[:5])}
        }
    wrong = sorted(name for name, role in roles.items() if role not in known.ROLES)
    if wrong:
        return {
            "roles": _("The role of %(column)s is not known. Roles are: %(roles)s.")
            % {"column": wrong[0], "roles": ", ".join(known.ROLES)}
        }
    usable = {"feature", "time"} | ({"sensitive"} if question["sensitive_as_feature"] else set())
    if not any(roles.get(name, "feature") in usable for name in columns if name != question["target"]):
        return {"roles": _("No column is left to predict with. Give at least one column the role feature.")}
    return {}


def check_validation(question: dict[str, Any], columns: dict[str, Any]) -> Found:
    """A known way of testing with what it needs."""
    plan = question["validation"]
    if not isinstance(plan, dict) or set(plan) - {"kind", "folds", "holdout", "column"}:
        return {"validation": _("Give kind, folds and holdout, and nothing else.")}
    if plan.get("kind") not in known.VALIDATIONS:
        return {"validation": _("Choose one of: %(choices)s.") % {"choices": ", ".join(known.VALIDATIONS)}}
    plan.setdefault("folds", 5)
    plan.setdefault("holdout", 0.2)
    wrong = bounded(plan["folds"], known.FOLDS, whole=True) or bounded(plan["holdout"], known.HOLDOUT)
    if wrong:
        return {"validation": wrong}
    needed = known.NEEDS_ROLE.get(plan["kind"])
    roles = question["roles"] if isinstance(question["roles"], dict) else {}
    if plan.get("column") and plan["column"] not in columns:
        return {"validation": _("The column %(column)s is not in the table.") % {"column": plan["column"]}}
    if needed and not plan.get("column") and needed not in roles.values():
        return {
            "validation": _(
                "This way of testing needs a column with the role “%(role)s”. Give one column that role first."
            )
            % {"role": known.ROLES[needed]}
        }
    if plan["kind"] == "stratified" and question["task"] == "regression":
        return {"validation": _("Numbers have no mix of answers: choose “at random”.")}
    return {}


def check_figures(question: dict[str, Any], columns: dict[str, Any]) -> Found:
    """Budget, trials, costs and seed within their bounds."""
    bounds: tuple[tuple[str, tuple[float, float], bool], ...] = (
        ("budget_seconds", known.BUDGET, False),
        ("max_trials", known.TRIALS, True),
        ("cost_false_positive", (0, 1e9), False),
        ("cost_false_negative", (0, 1e9), False),
        ("seed", (0, 2**31 - 1), True),
    )
    wrong = {name: bounded(question[name], limits, whole=whole) for name, limits, whole in bounds}
    if not isinstance(question["sensitive_as_feature"], bool):
        wrong["sensitive_as_feature"] = _("Say true or false.")
    return {name: sentence for name, sentence in wrong.items() if sentence}


def bounded(value: Any, limits: tuple[float, float], *, whole: bool = False) -> str:
    """What is wrong with a figure, or nothing."""
    low, high = limits
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not is_number or not low <= value <= high or (whole and value != int(value)):
        return _("Give a number between %(low)s and %(high)s.") % {"low": f"{low:g}", "high": f"{high:g}"}
    return ""


CHECKS: tuple[Callable[[dict[str, Any], dict[str, Any]], Found], ...] = (
    check_target,
    check_roles,
    check_positive,
    check_metric,
    check_validation,
    check_figures,
)
