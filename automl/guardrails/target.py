"""Guardrails about the target: is it there, can it be learned, is it what it seems."""

from __future__ import annotations

import numpy as np
import pandas as pd

from automl.guardrails.registry import Alert, TableView, check, limit
from automl.question import MAX_CLASSES, find_task


@check("target_missing", "pre_train", "warn", "a row without the answer teaches nothing", "target", 0.0)
def target_missing(view: TableView) -> list[Alert]:
    """The target column is not there, is empty, or is empty in some rows."""
    name = view.question.target
    if name not in view.frame.columns:
        return [Alert(None, (name,), severity="block", variant="target_not_there")]
    missing = _unanswered(view)
    if missing == view.rows:
        return [Alert(1.0, (name,), severity="block", variant="target_all_missing")]
    share = missing / view.rows
    params = {"rows": missing, "percent": round(100 * share, 1)}
    grave = "justify" if share > 0.2 else None
    return [Alert(share, (name,), params, severity=grave)] if missing else []


def _unanswered(view: TableView) -> int:
    """Rows without an answer; one that is nothing but blanks is none."""
    if view.answers is not None and view.answers.task != "regression":
        return view.rows - int(view.answers.kept.sum())
    return view.missing(view.question.target)


@check("target_one_class", "pre_train", "block", "there is nothing to tell apart", "target", 2)
def target_one_class(view: TableView) -> list[Alert]:
    """All rows have the same answer."""
    name = view.question.target
    if name not in view.frame.columns:
        return []
    distinct = view.distinct(name)
    return [Alert(distinct, (name,))] if distinct == 1 else []


@check("target_many_classes", "pre_train", "block", "practice: more than 50 classes", "target", MAX_CLASSES)
def target_many_classes(view: TableView) -> list[Alert]:
    """Too many classes, or a number treated as classes."""
    name = view.question.target
    if name not in view.frame.columns:
        return []
    column = view.frame[name]
    distinct = view.distinct(name)
    task = find_task(column, view.question.task)
    if task == "binary" and distinct > 2:
        return [Alert(distinct, (name,), variant="target_not_two", threshold=2)]
    if task != "multiclass":
        return []
    numeric = pd.to_numeric(column.dropna(), errors="coerce").notna().mean() >= 0.95
    if numeric and distinct > 20:
        return [Alert(distinct, (name,), severity="justify", threshold=20, variant="target_number_as_class")]
    return [Alert(distinct, (name,))] if distinct > MAX_CLASSES else []


@check("target_not_numeric", "pre_train", "block", "an estimate needs a number", "target", 0.95)
def target_not_numeric(view: TableView) -> list[Alert]:
    """A number is to be estimated but the target holds text."""
    name = view.question.target
    if name not in view.frame.columns or view.question.task != "regression":
        return []
    present = view.frame[name].dropna()
    share = float(pd.to_numeric(present, errors="coerce").notna().mean()) if len(present) else 1.0
    return [Alert(share, (name,))] if share < 0.95 else []


@check(
    "codes_as_amounts",
    "pre_train",
    "justify",
    "practice: ten whole numbers or fewer are codes until shown otherwise",
    "target",
    10,
    stricter="higher",
    certainty="likely",
)
def codes_as_amounts(view: TableView) -> list[Alert]:
    """An estimate is asked for, but the target holds a few whole numbers: codes or classes."""
    if view.target is None or view.target.task != "regression":
        return []
    distinct = np.unique(view.target.values)
    whole = bool(np.all(distinct == np.floor(distinct)))
    if not whole or len(distinct) > limit("codes_as_amounts"):
        return []
    return [Alert(len(distinct), (view.question.target,))]


@check(
    "target_names_rows",
    "pre_train",
    "block",
    "DataRobot, H2O: more than 95 % distinct",
    "target",
    0.95,
)
def target_names_rows(view: TableView) -> list[Alert]:
    """The target is a different text in every row, or a counter of the rows."""
    name = view.question.target
    if name not in view.frame.columns or view.kinds[name].name != "identifier":
        return []
    column = view.frame[name].dropna()
    share = column.nunique() / max(len(column), 1)
    return [Alert(share, (name,))]


@check("odd_target_values", "pre_train", "warn", "arithmetic: such rows are left out", "target", 0)
def odd_target_values(view: TableView) -> list[Alert]:
    """Infinite amounts, texts among numbers: these rows cannot teach."""
    name = view.question.target
    if view.target is None or view.target.task != "regression":
        return []
    assert view.answers is not None
    rows = int(view.rows - view.missing(name) - view.answers.kept.sum())
    return [Alert(rows, (name,), {"rows": rows})] if rows else []
