"""Framing a question: which task, metric, roles and test suit this table, each with its reason."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.files import write_json
from automl.guardrails import TableView
from automl.kinds import ID_NAME
from automl.large import is_large
from automl.large.view import view_of
from automl.metrics import METRICS
from automl.profiling import profile_column
from automl.question import BadQuestion, Question, Target, Validation, read_target
from automl.tables import read_parquet
from automl.texts import note

RARE = 0.05  # a class below this share hides behind accuracy and, mostly, behind AUC
FAR_OUT = 5.0  # interquartile ranges from the median from where a value is far out
MANY_FAR_OUT = 0.01
SUSPECT = 0.975  # a column that tells the answer alone (DataRobot calls it high leakage)
BIRTH = re.compile(r"birth|naissance|dob", re.IGNORECASE)
MOMENTS = 20  # distinct dates from where their order says something
GROUP = (1.2, 50.0)  # rows per thing, from and to
THINGS = 20
SMALL, LARGE = 1_000, 100_000
FOLDS = {"small": 8, "usual": 5, "large": 3}


def frame_question(
    frame: pd.DataFrame, target: str, false_positive: float = 1, false_negative: float = 5
) -> dict[str, Any]:
    """Recommend how to ask for a column.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table as ingested.
    target : str
        The column to predict.
    false_positive, false_negative : float
        Cost of each error of a yes/no answer.

    Returns
    -------
    dict
        ``task``, ``metric`` and ``validation``, each with ``value`` and ``reason``, the ``roles``
        of all other columns (column, role, reason), and the ``question`` they make.

    Raises
    ------
    BadQuestion
        When the column is not there or cannot be predicted.
    """
    return frame_view(TableView(frame, asked_for(target, false_positive, false_negative)))


def asked_for(target: str, false_positive: float, false_negative: float) -> Question:
    """The question before anything is recommended."""
    costs = {"cost_false_positive": false_positive, "cost_false_negative": false_negative}
    return Question.from_dict({"target": target, **costs})


def frame_view(view: TableView) -> dict[str, Any]:
    """Recommend how to ask, from what there is to see of a table; see ``frame_question``."""
    frame, question, target = view.frame, view.question, view.question.target
    if target not in frame.columns:
        raise BadQuestion("target_not_there", columns=target)
    if view.kinds[target].name == "identifier":
        raise BadQuestion("target_names_rows", columns=target)
    wanted = view.answers or read_target(frame[target], question)
    roles = _roles(view)
    metric = _metric(wanted, question)
    validation = _validation(wanted, roles, view.rows)
    costs = {name: getattr(question, name) for name in ("cost_false_positive", "cost_false_negative")}
    return {
        "target": target,
        "task": {"value": wanted.task, "reason": _task_reason(view, wanted)},
        "metric": metric,
        "roles": roles,
        "validation": validation,
        "question": {
            "target": target,
            "task": wanted.task,
            "positive_label": wanted.positive_label,
            "metric": metric["value"],
            "roles": {each["column"]: each["role"] for each in roles},
            "validation": validation["value"],
            **costs,
        },
    }


def _task_reason(view: TableView, target: Target) -> dict[str, Any]:
    name = view.question.target
    return note(f"frame_task_{target.task}", column=name, count=view.distinct(name))


def _metric(target: Target, question: Question) -> dict[str, Any]:
    """The metric of the task; another one for rare answers, for dear false alarms, and for values far out."""
    if target.task == "binary" and question.cost_false_positive > question.cost_false_negative:
        return _for_dear_alarms(question)
    if target.task == "binary":
        share = float(np.mean(target.values == 1))
        name = "average_precision" if share < RARE else "roc_auc"
        ratio = question.cost_false_negative / max(question.cost_false_positive, 1e-9)
        params = {"percent": round(100 * share, 1), "ratio": round(ratio, 1), "label": target.positive_label}
    elif target.task == "multiclass":
        shares = np.bincount(target.values) / len(target.values)
        name, params = "log_loss", {"percent": round(100 * float(shares.min()), 1), "count": len(shares)}
    else:
        far = far_out(target.values)
        name, params = ("mae" if far >= MANY_FAR_OUT else "rmse"), {"percent": round(100 * far, 1)}
    label = METRICS[target.task][name].label
    return {"value": name, "label": label, "reason": note(f"frame_metric_{name}", metric=label, **params)}


def _for_dear_alarms(question: Question) -> dict[str, Any]:
    """Where a false alarm costs more than a missed one, the top of the list counts."""
    name = "average_precision"
    label = METRICS["binary"][name].label
    times = question.cost_false_positive / max(question.cost_false_negative, 1e-9)
    shown = f"{times:.3g}" if times < 1e6 else "∞"
    return {"value": name, "label": label, "reason": note("frame_metric_costs", metric=label, times=shown)}


def far_out(values: np.ndarray) -> float:
    """Share of values more than five interquartile ranges from the median.

    >>> far_out(np.r_[np.arange(98.0), 1e6, -1e6])
    0.02
    """
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    width = max(high - low, 1e-12 * max(1.0, abs(middle)))
    return float(np.mean(np.abs(values - middle) > FAR_OUT * width)) if high > low else 0.0


def _roles(view: TableView) -> list[dict[str, Any]]:
    """A role for every column but the target: the profile's, or time, group or suspected outcome."""
    listed, frame, question = [], view.frame, view.question
    for name in frame.columns:
        if name != question.target:
            described = profile_column(frame[name], view.kinds[name])
            described |= {"missing": view.missing(name), "distinct": view.distinct(name), "rows": view.rows}
            role, reason = _order_or_group(name, described)
            listed.append({"column": str(name), "role": role, "reason": reason, "kind": described["kind"]})
    kept = {each["column"]: each["role"] for each in listed}
    suspects = replace(view, question=replace(question, roles=kept)).feature_scores
    for each in listed:
        alone = suspects.get(each["column"], 0.0)
        if each["role"] in ("feature", "time") and alone >= SUSPECT:
            params = {"column": each["column"], "score": round(alone, 3), "target": question.target}
            each |= {"role": "exclude", "reason": note("role_suspected_outcome", **params)}
    return listed


def _order_or_group(name: str, described: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    distinct = described["distinct"]
    if described["suggested_role"] in ("exclude", "sensitive"):
        return described["suggested_role"], described["reason"]
    dated = described["kind"] == "date" and distinct >= MOMENTS and not BIRTH.search(name)
    if dated and described["missing_share"] <= RARE:
        return "time", note("role_time", column=name)
    rows_each = (described["rows"] - described["missing"]) / max(distinct, 1)
    if ID_NAME.search(name) and GROUP[0] <= rows_each <= GROUP[1] and distinct >= THINGS:
        return "group", note("role_group", column=name, count=distinct, rows=round(rows_each, 1))
    return described["suggested_role"], described["reason"]


def _validation(target: Target, roles: list[dict[str, Any]], rows: int) -> dict[str, Any]:
    """By time when rows have an order, by group when they belong together, else at random."""
    by_role = {
        role: next((each["column"] for each in roles if each["role"] == role), None)
        for role in ("time", "group")
    }
    size = "small" if rows < SMALL else "large" if rows > LARGE else "usual"
    kind, column = "random" if target.task == "regression" else "stratified", None
    if by_role["time"]:
        kind, column = "time", by_role["time"]
    elif by_role["group"]:
        kind, column = "grouped", by_role["group"]
    plan = Validation(kind=kind, folds=FOLDS[size], column=column)
    params = {"column": column or "", "folds": plan.folds, "rows": rows, "percent": round(100 * plan.holdout)}
    value = {"kind": plan.kind, "folds": plan.folds, "holdout": plan.holdout, "column": plan.column}
    return {"value": value, "reason": note(f"frame_validation_{kind}", **params)}


def frame_files(table: Path, target: str, out: Path, false_positive: float, false_negative: float) -> int:
    """The ``frame`` command; 2 when the column cannot be predicted, with the reason in the file."""
    try:
        asked = asked_for(target, false_positive, false_negative)
        found = frame_view(
            view_of(table, asked) if is_large(table) else TableView(read_parquet(table), asked)
        )
    except BadQuestion as bad:
        write_json(out, {"ok": False, **bad.problem})
        return 2
    write_json(out, {"ok": True, **found})
    return 0
