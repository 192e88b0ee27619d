"""Whether rows fit a model: its columns, their kinds and what training saw of them. Goes into exports unchanged."""

from __future__ import annotations

from typing import Any

import pandas as pd

from automl.profiling import date_values
from automl.tables import ABSENT_WORDS, label_text
from automl.texts import note

MAX_PROBLEMS = 50

Problems = list[dict[str, Any]]


def check_rows(schema: list[dict[str, Any]], frame: pd.DataFrame) -> tuple[pd.DataFrame, Problems, Problems]:
    """Check rows against an input schema.

    Returns
    -------
    tuple of (DataFrame, list, list)
        The columns the model needs, warnings, and errors.
    """
    warnings: Problems = []
    errors: Problems = []
    names = {entry["name"] for entry in schema}
    twice = sorted({str(name) for name in frame.columns[frame.columns.duplicated()] if name in names})
    if twice:
        return frame, warnings, [problem("duplicate_header", column=name, other=name) for name in twice]
    extra = [str(name) for name in frame.columns if name not in names]
    if extra:
        warnings.append(problem("extra_columns", columns=", ".join(extra[:5]), count=len(extra)))
    for entry in schema:
        if entry["name"] not in frame.columns:
            errors.append(problem("missing_column", column=entry["name"]))
        else:
            _check_values(entry, frame[entry["name"]], warnings, errors)
    needed = [entry["name"] for entry in schema if entry["name"] in frame.columns]
    return frame[needed].reset_index(drop=True), warnings, errors[:MAX_PROBLEMS]


def known_words(schema: list[dict[str, Any]]) -> frozenset[str]:
    """Words that usually stand for "missing" but were values when the model learned, such as "NA" for Namibia."""
    learned = {word for entry in schema for word in [*(entry.get("categories") or ())]}
    return frozenset(learned & set(ABSENT_WORDS))


def _check_values(entry: dict[str, Any], column: pd.Series, warnings: Problems, errors: Problems) -> None:
    column = column.reset_index(drop=True)
    present = column[column.notna() & (column.astype("string").str.strip() != "")]
    if present.empty:
        return
    name, kind = entry["name"], entry["kind"]
    nested = present.map(lambda value: isinstance(value, (list, dict, tuple)))
    if nested.any():
        shown = "(a list or an object)"
        errors.append(
            problem("wrong_type", row=int(nested.idxmax()) + 1, column=name, kind=kind, value=shown)
        )
    elif kind == "number":
        _check_numbers(entry, present, warnings, errors)
    elif kind == "date":
        _name_strange(entry, present, date_values(present, entry["format"]).isna(), errors)
    elif kind == "category" and len(entry["categories"]) < 200:
        _warn_unseen(entry, present, warnings)


def _name_strange(entry: dict[str, Any], present: pd.Series, strange: pd.Series, errors: Problems) -> None:
    """An error for each value that is not of the column's kind."""
    for row in present.index[strange][:MAX_PROBLEMS]:
        named = {"row": int(row) + 1, "column": entry["name"]}
        errors.append(problem("wrong_type", kind=entry["kind"], value=str(present[row])[:40], **named))


def _check_numbers(entry: dict[str, Any], present: pd.Series, warnings: Problems, errors: Problems) -> None:
    """Words like "n/a" that stood among the numbers in training stay allowed."""
    numbers = pd.to_numeric(present, errors="coerce")
    allowed = set(entry.get("non_numbers") or ())
    strange = numbers.isna() & ~present.map(lambda value: str(value).strip() in allowed)
    _name_strange(entry, present, strange, errors)
    if entry["min"] is None:  # training saw no finite number
        return
    outside = (numbers < entry["min"]) | (numbers > entry["max"])
    if outside.any():
        limits = {"low": entry["min"], "high": entry["max"]}
        named = {"row": int(outside.idxmax()) + 1, "column": entry["name"]}
        warnings.append(problem("out_of_range", count=int(outside.sum()), **named, **limits))


def _warn_unseen(entry: dict[str, Any], present: pd.Series, warnings: Problems) -> None:
    unseen = ~present.map(lambda value: label_text(value).strip()).isin(entry["categories"])
    if unseen.any():
        row, count = int(unseen.idxmax()) + 1, int(unseen.sum())
        shown = str(present[row - 1])[:40]
        warnings.append(problem("unseen_category", row=row, column=entry["name"], count=count, value=shown))


def problem(code: str, row: int | None = None, column: str | None = None, **params: Any) -> dict[str, Any]:
    """A text with the row (from 1) and the column it is about."""
    shown = {**params, "row": row, "column": column}
    return {**note(code, **shown), "row": row, "column": column}
