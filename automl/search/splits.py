"""Holdout and folds: random, stratified, by group or in time."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import (
    GroupKFold,
    GroupShuffleSplit,
    KFold,
    StratifiedKFold,
    StratifiedShuffleSplit,
    TimeSeriesSplit,
)

from automl.files import canonical
from automl.kinds import find_kind
from automl.profiling import date_values
from automl.question import BadQuestion, Question, Target

Rows = NDArray[np.int64]
Parts = list[tuple[Rows, Rows]]


def order_or_group(frame: pd.DataFrame, question: Question) -> NDArray[np.generic] | None:
    """The values that a time or group split needs, None for the other kinds.

    Raises
    ------
    BadQuestion
        ``validation_column`` when the question names no such column, it is not in the table, or it is the answer.
    """
    kind = question.validation.kind
    if kind not in ("time", "grouped"):
        return None
    name = question.split_column(kind)
    if name is None or name not in frame.columns or name == question.target:
        raise BadQuestion("validation_column", kind=kind, column=name or "")
    column = frame[name]
    if kind == "grouped":
        return np.asarray(pd.factorize(column, use_na_sentinel=False)[0])
    found = find_kind(column)
    if found.name == "date":
        moments = date_values(column, found.date_format or "ISO8601")
        return np.asarray(moments.astype("int64").where(moments.notna(), -(2**62)))
    if not pd.api.types.is_numeric_dtype(column.dtype):
        raise BadQuestion("validation_column", kind=kind, column=name)
    return np.asarray(column.fillna(-np.inf))


def identity(table_digest: str, question: Question) -> str:
    """What decides which rows are kept apart: two models with the same one learned from none of the same test rows."""
    plan = question.validation
    column = question.split_column(plan.kind)
    text = canonical([table_digest, question.target, plan.kind, plan.holdout, column, question.seed])
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def holdout(target: Target, keys: NDArray[np.generic] | None, question: Question) -> tuple[Rows, Rows]:
    """Split row positions into training and holdout.

    Returns
    -------
    tuple of (ndarray, ndarray)
        Positions; for a time split in the order of time, the latest rows held out.
    """
    plan, rows = question.validation, len(target.values)
    blank = np.zeros((rows, 1))
    if plan.kind == "time" and keys is not None:
        order = np.argsort(keys, kind="stable")
        cut = rows - max(1, round(rows * plan.holdout))
        return order[:cut], order[cut:]
    if plan.kind == "grouped" and keys is not None:
        count = len(np.unique(keys))
        if count - np.ceil(plan.holdout * count) < plan.folds:
            raise BadQuestion("too_few_groups", groups=count, folds=plan.folds)
        groups = GroupShuffleSplit(1, test_size=plan.holdout, random_state=question.seed)
        return next(groups.split(blank, groups=keys))
    classes = target.task != "regression"
    apart = min(plan.holdout, 1 - plan.holdout) * rows >= len(
        target.classes
    )  # a row of each class on both sides
    if plan.kind == "stratified" and classes and apart and np.bincount(target.values).min() >= 2:
        shuffle = StratifiedShuffleSplit(1, test_size=plan.holdout, random_state=question.seed)
        return next(shuffle.split(blank, target.values))
    order = np.random.default_rng(question.seed).permutation(rows)
    cut = rows - max(1, round(rows * plan.holdout))
    return np.sort(order[:cut]), np.sort(order[cut:])


def folds(
    y: NDArray[np.generic], keys: NDArray[np.generic] | None, question: Question, task: str
) -> list[tuple[Rows, Rows]]:
    """Split the training rows into folds of the same kind as the holdout.

    Parameters
    ----------
    y : ndarray, shape (rows,)
        Training targets, in the order of the training rows (time order for a time split).
    keys : ndarray or None
        Group or time keys of the training rows.

    Raises
    ------
    BadQuestion
        ``too_few_rows_to_split`` or ``too_few_groups``.
    """
    plan = question.validation
    blank = np.zeros((len(y), 1))
    if len(y) < 2 * plan.folds:
        raise BadQuestion("too_few_rows_to_split", rows=len(y), folds=plan.folds)
    if plan.kind == "time":
        parts = list(TimeSeriesSplit(plan.folds).split(blank))
        if task == "regression":
            return parts
        # an answer that came up late: in folds that end before it there is nothing to tell apart
        telling = [part for part in parts if len(np.unique(y[part[0]])) > 1]
        return telling or parts[-1:]
    if plan.kind == "grouped" and keys is not None:
        count = len(np.unique(keys))
        if count < plan.folds:
            raise BadQuestion("too_few_groups", groups=count, folds=plan.folds)
        return list(
            GroupKFold(plan.folds, shuffle=True, random_state=question.seed).split(blank, groups=keys)
        )
    if plan.kind == "stratified" and task != "regression":
        rarest = int(np.bincount(y.astype(int)).min())
        if rarest >= 2:
            parts = StratifiedKFold(min(plan.folds, rarest), shuffle=True, random_state=question.seed)
            return list(parts.split(blank, y))
    return list(KFold(plan.folds, shuffle=True, random_state=question.seed).split(blank))
