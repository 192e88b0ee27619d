"""Where the model errs: groups of rows, found on one half of the holdout and measured on the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.explain.effects import readable_values, shown
from automl.explain.subject import Array, Subject
from automl.recipe import ABSENT
from automl.texts import note

DEPTH = 3
LEAST_ROWS = 20
LEAST_SHARE = 0.05
CLEARLY = 1.25  # times the error of the other rows
MOST_ROWS = 20_000
MOST_NAMES = 8
WORST = 10


def row_errors(subject: Subject, answers: Array) -> Array:
    """How wrong each row is: log loss for classes, absolute error for numbers."""
    if subject.task == "regression":
        return np.abs(subject.y - answers)
    chosen = answers[np.arange(len(subject.y)), subject.y.astype(int)]
    return -np.log(np.clip(chosen, 1e-7, 1))


def worst_cohorts(subject: Subject, answers: Array) -> dict[str, Any]:
    """Groups in which the error is clearly greater than elsewhere.

    A shallow tree over the errors of one half of the holdout names the groups; size and error are
    those of the other half, so that a group found by luck is not reported.

    Returns
    -------
    dict
        ``unit`` (``log_loss`` or ``absolute``), ``overall``, ``cohorts`` (the worst first: where,
        rows, share, error, rest, ratio, low, high of the difference, text) and ``sentences``.
    """
    from sklearn.tree import DecisionTreeRegressor

    errors = row_errors(subject, answers)
    rows = subject.sample(MOST_ROWS)
    found: dict[str, Any] = {
        "unit": "absolute" if subject.task == "regression" else "log_loss",
        "overall": float(errors.mean()),
        "cohorts": [],
    }
    least = max(LEAST_ROWS, int(LEAST_SHARE * len(rows) / 2))
    if len(rows) >= 4 * least:
        half = np.random.default_rng(subject.question.seed).permutation(len(rows))
        learn, check = rows[half[: len(rows) // 2]], rows[half[len(rows) // 2 :]]
        table, names = _readable_table(subject)
        tree = DecisionTreeRegressor(max_depth=DEPTH, min_samples_leaf=least, random_state=0)
        tree.fit(table[learn], errors[learn])
        found["cohorts"] = _measured(tree, table[check], errors[check], names, least)
    found["sentences"] = [each["text"] for each in found["cohorts"]] or [note("cohort_none")]
    return found


def _measured(
    tree: Any, table: Array, errors: Array, names: list[tuple[str, Any]], least: int
) -> list[dict[str, Any]]:
    leaves = tree.apply(table)
    cohorts = []
    for leaf, path in _paths(tree.tree_):
        inside = leaves == leaf
        if inside.sum() < least // 2 or inside.all():
            continue
        mine, rest = errors[inside], errors[~inside]
        gap = float(mine.mean() - rest.mean())
        spread = 1.96 * float(np.sqrt(mine.var(ddof=1) / len(mine) + rest.var(ddof=1) / len(rest)))
        ratio = float(mine.mean() / max(rest.mean(), 1e-12))
        if gap - spread <= 0 or ratio < CLEARLY:
            continue
        where = _conditions(path, names)
        numbers = {"rows": int(inside.sum()), "percent": round(100 * float(inside.mean()), 1)}
        cohorts.append(
            {
                "where": where,
                "rows": numbers["rows"],
                "share": float(inside.mean()),
                "error": float(mine.mean()),
                "rest": float(rest.mean()),
                "ratio": ratio,
                "low": gap - spread,
                "high": gap + spread,
                "text": note("cohort_worse", where=where, times=round(ratio, 1), **numbers),
            }
        )
    return sorted(cohorts, key=lambda each: -each["ratio"])


def _readable_table(subject: Subject) -> tuple[Array, list[tuple[str, Any]]]:
    """Columns that can be said in words: numbers as they are, one column per frequent name."""
    parts: list[NDArray[Any]] = []
    names: list[tuple[str, Any]] = []
    for column, step in subject.steps.items():
        if step["kind"] == "number":
            values = readable_values(subject.raw[column], step).to_numpy()
            if np.isfinite(values).any():
                parts.append(np.where(np.isfinite(values), values, np.nanmedian(values)))
                names.append((column, None))
        elif step["kind"] == "category":
            values = readable_values(subject.raw[column], step)
            for name in values.value_counts().index[:MOST_NAMES]:
                parts.append((values == name).to_numpy(dtype="float64"))
                names.append((column, str(name)))
    if not parts:
        return np.zeros((len(subject.y), 1)), [("", None)]
    return np.column_stack(parts), names


def _paths(tree: Any) -> list[tuple[int, list[tuple[int, str, float]]]]:
    """Each leaf with the conditions on the way to it."""
    found = []
    waiting: list[tuple[int, list[tuple[int, str, float]]]] = [(0, [])]
    while waiting:
        node, path = waiting.pop()
        if tree.children_left[node] < 0:
            found.append((node, path))
            continue
        feature, limit = int(tree.feature[node]), float(tree.threshold[node])
        waiting.append((int(tree.children_left[node]), [*path, (feature, "≤", limit)]))
        waiting.append((int(tree.children_right[node]), [*path, (feature, ">", limit)]))
    return found


def _conditions(path: list[tuple[int, str, float]], names: list[tuple[str, Any]]) -> str:
    """The way to a leaf in signs that need no translation; a later limit of a column replaces an earlier."""
    said: dict[tuple[str, str], str] = {}
    for feature, sign, limit in path:
        column, name = names[feature]
        if name is None:
            said[column, sign] = f"{column} {sign} {shown(limit)}"
        else:
            shown_name = "–" if name == ABSENT else name
            said[column, name] = f"{column} {'=' if sign == '>' else '≠'} {shown_name}"
    return ", ".join(said.values())


def worst_rows(subject: Subject, answers: Array) -> list[dict[str, Any]]:
    """Errors worth reading: the rows in which the model was most wrong."""
    errors = row_errors(subject, answers)
    return [row_of(subject, answers, int(row)) for row in np.argsort(-errors, kind="stable")[:WORST]]


def row_of(subject: Subject, answers: Array, row: int) -> dict[str, Any]:
    """One holdout row: its number, what was true, what was said."""
    if subject.task == "regression":
        return {"row": row, "truth": float(subject.y[row]), "answer": float(answers[row])}
    said = int(answers[row].argmax())
    if subject.task == "binary":
        said = int(answers[row, 1] >= subject.meta.get("threshold", 0.5))
    focus = 1 if subject.task == "binary" else said
    return {
        "row": row,
        "truth": subject.classes[int(subject.y[row])],
        "said": subject.classes[said],
        "answer": float(answers[row, focus]),
    }


def telling_rows(subject: Subject, answers: Array) -> list[dict[str, Any]]:
    """Rows to look at first: the highest, the lowest, one at the limit, and the worst miss."""
    score = answers if subject.task == "regression" else answers[:, subject.focus]
    limit = subject.meta.get("threshold", 0.5) if subject.task == "binary" else float(np.median(score))
    picks = {
        "highest": int(score.argmax()),
        "lowest": int(score.argmin()),
        "limit": int(np.abs(score - limit).argmin()),
        "worst": int(row_errors(subject, answers).argmax()),
    }
    return [{"why": why, **row_of(subject, answers, row)} for why, row in picks.items()]


def readable_row(subject: Subject, row: pd.Series) -> dict[str, Any]:
    """The cells of a raw row that the model uses, as a request would hold them."""
    cells: dict[str, Any] = {}
    for column, step in subject.steps.items():
        value = row[column]
        blank = value is None or (not isinstance(value, str) and bool(pd.isna(value)))
        if blank:
            cells[column] = None
        elif step["kind"] == "number":
            number = pd.to_numeric(pd.Series([value]), errors="coerce").iloc[0]
            cells[column] = None if pd.isna(number) else float(number)
        else:
            cells[column] = shown(value) if isinstance(value, pd.Timestamp) else str(value)
    return cells
