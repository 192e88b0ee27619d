"""Guardrails about validation: is the test as hard as real use will be."""

from __future__ import annotations

import numpy as np
import pandas as pd

from automl.guardrails.registry import Alert, TableView, check, limit
from automl.kinds import ID_NAME
from automl.recipe import to_numbers

BY_CHANCE = 0.02  # twins of a row that chance would bring at most


@check(
    "time_ignored",
    "pre_train",
    "justify",
    "Kaufman et al. 2012: learn from the past only",
    "validation",
    certainty="likely",
)
def time_ignored(view: TableView) -> list[Alert]:
    """There is a time column but rows are drawn at random into training and test."""
    if view.question.validation.kind == "time":
        return []
    declared = view.question.with_role("time")
    if declared:
        return [Alert(None, tuple(declared), certainty="certain")]
    dates = [
        name
        for name in view.frame.columns
        if name != view.question.target
        and view.kinds[name].name == "date"
        and view.question.roles.get(name) != "exclude"
        and not any(word in name.lower() for word in ("birth", "naissance", "dob"))
    ]
    return [Alert(None, tuple(dates), severity="warn")] if dates else []


@check(
    "neighbours_alike",
    "pre_train",
    "warn",
    "own: answers of rows beside each other correlate above 0.3 and beyond chance",
    "validation",
    0.3,
    stricter="lower",
    certainty="likely",
)
def neighbours_alike(view: TableView) -> list[Alert]:
    """Rows beside each other have like answers: the table is ordered by time, group or answer."""
    target = view.answers
    if target is None or view.question.validation.kind in ("time", "grouped") or len(target.values) < 100:
        return []
    y = np.asarray(target.values, dtype=float)
    if len(target.classes) > 2:
        y = (y == np.bincount(target.values).argmax()).astype(float)
    if y.std() == 0:
        return []
    changes = int((np.diff(y) != 0).sum())
    if changes < 2 * max(len(target.classes), 2) and target.task != "regression":
        return [Alert(None, (), severity="info", variant="sorted_by_answer", certainty="certain")]
    if target.task == "regression" and (np.diff(y) >= 0).mean() in (0.0, 1.0):
        return [Alert(None, (), severity="info", variant="sorted_by_answer", certainty="certain")]
    alike = float(np.corrcoef(y[:-1], y[1:])[0, 1])
    beyond = alike > 4 / np.sqrt(len(y))
    params = {"score": round(alike, 2)}
    return [Alert(alike, (), params)] if beyond and alike >= limit("neighbours_alike") else []


@check(
    "group_ignored",
    "pre_train",
    "justify",
    "practice: the same customer, patient or mix must not stand on both sides",
    "validation",
    certainty="likely",
)
def group_ignored(view: TableView) -> list[Alert]:
    """Rows belong together but are drawn one by one into training and test."""
    if view.question.validation.kind == "grouped":
        return []
    declared = view.question.with_role("group")
    if declared:
        return [Alert(None, tuple(declared), certainty="certain")]
    suspects = []
    for name in view.frame.columns:
        if name == view.question.target or view.kinds[name].name in ("date", "constant"):
            continue
        asked = view.question.roles.get(name, "feature")
        if asked == "exclude" or not (asked == "id" or ID_NAME.search(name)):
            continue
        distinct = view.distinct(name)
        repeats = (view.rows - view.missing(name)) / max(distinct, 1)
        if 1.2 <= repeats <= 50 and distinct >= 20:
            suspects.append(name)
    return [Alert(None, tuple(suspects), severity="warn", variant="group_suspected")] if suspects else []


@check(
    "hidden_groups",
    "pre_train",
    "warn",
    "own: a fifth of the rows have a twin in all numbers but one, where chance brings one in fifty",
    "validation",
    0.2,
    stricter="lower",
    certainty="likely",
)
def hidden_groups(view: TableView) -> list[Alert]:
    """Rows that agree in all measured columns but one: the same thing, measured several times."""
    if view.question.validation.kind == "grouped" or view.sample is None:
        return []
    frame = view.sample[0][view.usable].drop_duplicates()
    names = [n for n in view.usable if view.kinds[n].name == "number"][:60]
    if len(names) < 3 or len(frame) < 100:
        return []
    noise = np.random.default_rng(0).integers(1, 2**62, len(names), dtype=np.int64)
    codes = np.column_stack([pd.factorize(to_numbers(frame[n]))[0].astype(np.int64) + 1 for n in names])
    parts = codes * noise  # wraps around on purpose: a sum of random multiples is a hash
    alike = np.array(
        [
            float((np.bincount(codes[:, at]) / len(codes)) @ np.bincount(codes[:, at]))
            for at in range(len(names))
        ]
    )
    best, apart = 0.0, ""
    for at in range(-1, len(names)):
        kept = np.ones(len(names), dtype=bool)
        kept[at] = at < 0
        by_chance = float(
            np.prod(alike[kept] / len(codes)) * len(codes)
        )  # twins of a row, columns independent
        if by_chance > BY_CHANCE:
            continue
        share = float(pd.Series(parts[:, kept].sum(axis=1)).duplicated(keep=False).mean())
        if share > best:
            best, apart = share, "" if at < 0 else names[at]
    params = {"percent": round(100 * best)}
    columns = (apart,) if apart else ()
    variant = None if apart else "hidden_groups_all"
    return [Alert(best, columns, params, variant=variant)] if best >= limit("hidden_groups") else []


@check("unsorted_time", "pre_train", "block", "a time split needs a time for every row", "validation", 0.0)
def unsorted_time(view: TableView) -> list[Alert]:
    """Validation in time or by group needs a usable column."""
    plan = view.question.validation
    if plan.kind not in ("time", "grouped"):
        return []
    name = view.question.split_column(plan.kind)
    absent = Alert(None, (name,) if name else (), {"kind": plan.kind}, variant="split_column_missing")
    if name is None or name not in view.frame.columns or name == view.question.target:
        return [absent]
    if plan.kind == "time":
        numeric = pd.api.types.is_numeric_dtype(view.frame[name].dtype)
        if not numeric and view.kinds[name].name != "date":
            return [absent]
    missing = view.missing(name) / max(view.rows, 1)
    return [Alert(missing, (name,), severity="warn")] if missing > 0 else []


@check(
    "wrong_folds", "pre_train", "warn", "arithmetic: every fold needs rows of every answer", "validation", 1
)
def wrong_folds(view: TableView) -> list[Alert]:
    """More folds than the rarest answer or the groups can fill, or a rare answer drawn by luck."""
    target, plan = view.answers, view.question.validation
    if target is None:
        return []
    if plan.kind == "grouped":
        name = view.question.split_column("grouped")
        groups = view.distinct(str(name)) if name in view.frame.columns else plan.folds
        few = groups * (1 - plan.holdout) < plan.folds
        counted = {"rows": int(groups), "folds": plan.folds}
        return [Alert(groups, (str(name),), counted, variant="few_groups_for_folds")] if few else []
    if target.task == "regression":
        return []
    counts = np.bincount(target.values, minlength=len(target.classes))
    rows, share = int(counts.min()), float(counts.min() / counts.sum())
    if rows * (1 - plan.holdout) < plan.folds:
        return [Alert(rows, (view.question.target,), {"rows": rows, "folds": plan.folds})]
    if plan.kind == "random" and share < 0.05:
        params = {"percent": round(100 * share, 1)}
        return [Alert(share, (view.question.target,), params, variant="rare_by_luck")]
    return []


@check(
    "holdout_looks",
    "pre_train",
    "warn",
    "own, after Dwork et al. 2015: ten looks at the same rows kept apart",
    "overfitting",
    10,
    stricter="lower",
    certainty="likely",
)
def holdout_looks(view: TableView) -> list[Alert]:
    """The rows kept apart already judged many models of this question."""
    if view.looks < limit("holdout_looks"):
        return []
    return [Alert(view.looks, (), {"looks": view.looks})]
