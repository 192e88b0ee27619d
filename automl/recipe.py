"""The recipe: how raw columns become model columns, as JSON, the same at training and scoring."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from automl.kinds import Kind, find_kind
from automl.profiling import date_values
from automl.tables import label_text
from automl.texts import note

VERSION = 1
LARGEST = 1e30
ABSENT = "(missing)"  # the category that stands for a blank
HIGH_CARDINALITY = 30  # categories from where one-hot coding gets wide and target coding pays
MOSTLY_MISSING = 0.95
COMMON_WORDS = 60  # words in ten texts or more, from where free text is worth reading
WORD = re.compile(r"(?u)\b\w\w+\b")  # as scikit-learn's vectorizer cuts words
EPOCH = pd.Timestamp("2000-01-01")
DATE_PARTS = ("days", "year", "month", "weekday", "day_of_year", "minute")


def build_recipe(
    frame: pd.DataFrame, features: list[str], kinds: dict[str, Kind] | None = None
) -> dict[str, Any]:
    """Settle the steps from the training rows.

    Parameters
    ----------
    frame : pandas.DataFrame
        Training rows only, so that nothing of the holdout decides.
    features : list of str
        Columns that may be used.
    kinds : dict, optional
        Kinds that are known already; the others are found out.

    Returns
    -------
    dict
        ``steps`` (column, kind, outputs), ``dropped`` (column, code, message, params),
        ``numeric``, ``categorical``, ``high_cardinality`` and ``text`` output names.
    """
    steps: list[dict[str, Any]] = []
    dropped: list[dict[str, Any]] = []
    for name in features:
        step = _step(frame[name], dropped, (kinds or {}).get(name))
        if step:
            steps.append(step)
    plain = {step["column"] for step in steps if step["kind"] in ("number", "category")}
    for step in steps:  # a column of the table may be called like a part of another one: "seen: days"
        if step["kind"] in ("date", "text"):
            step["outputs"] = [output for output in step["outputs"] if output not in plain]
    recipe: dict[str, Any] = {"version": VERSION, "steps": steps, "dropped": dropped}
    ready = apply_steps(frame, steps)
    for step in steps:  # date parts that never change (all in one year) say nothing
        if step["kind"] == "date":
            step["outputs"] = [o for o in step["outputs"] if ready[o].nunique() > 1]
    recipe["text"] = [o for s in steps for o in s["outputs"] if o == _words_of(s)]
    recipe["numeric"] = [
        o for s in steps if s["kind"] != "category" for o in s["outputs"] if o not in recipe["text"]
    ]
    recipe["categorical"] = [o for s in steps if s["kind"] == "category" for o in s["outputs"]]
    recipe["high_cardinality"] = [
        name for name in recipe["categorical"] if ready[name].nunique() > HIGH_CARDINALITY
    ]
    return recipe


def _step(column: pd.Series, dropped: list[dict[str, Any]], kind: Kind | None) -> dict[str, Any] | None:
    name, kind = str(column.name), kind or find_kind(column)
    reason = None
    if kind.name == "constant":
        reason = "dropped_constant"
    elif kind.name == "identifier":
        reason = "dropped_identifier"
    elif column.isna().mean() > MOSTLY_MISSING:
        reason = "dropped_mostly_missing"
    if reason:
        dropped.append({"column": name, **note(reason, column=name)})
        return None
    if kind.name == "number" or (kind.name == "boolean" and _is_number(column)):
        return {"column": name, "kind": "number", "outputs": [name]}
    if kind.name == "date":
        parts = [f"{name}: {part}" for part in DATE_PARTS]
        return {"column": name, "kind": "date", "format": kind.date_format, "outputs": parts}
    if kind.name == "text":
        return _text_step(column)
    return {"column": name, "kind": "category", "outputs": [name]}


def _text_step(column: pd.Series) -> dict[str, Any]:
    name = str(column.name)
    outputs = [f"{name}: length", f"{name}: words"]
    if _worth_reading(column):
        outputs.append(f"{name}: text")
    return {"column": name, "kind": "text", "outputs": outputs}


def _words_of(step: dict[str, Any]) -> str | None:
    """The model column that holds the text itself."""
    return f"{step['column']}: text" if step["kind"] == "text" else None


def _worth_reading(column: pd.Series) -> bool:
    """Whether enough words come back in many texts; at most 5,000 texts are looked at."""
    texts = column.dropna().astype(str).iloc[:5_000]
    counts = Counter(word for text in texts for word in set(WORD.findall(text.lower())))
    return sum(1 for count in counts.values() if count >= 10) >= COMMON_WORDS


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)


def apply_recipe(frame: pd.DataFrame, recipe: dict[str, Any]) -> pd.DataFrame:
    """Turn raw rows into model columns.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows with at least the recipe's columns.
    recipe : dict
        From ``build_recipe``.

    Returns
    -------
    pandas.DataFrame
        float64 for numbers, dates and text measures, text for categories and free text; the blank
        category is ``"(missing)"``. Same index as ``frame``.
    """
    return apply_steps(frame, recipe["steps"])


def apply_steps(frame: pd.DataFrame, steps: list[dict[str, Any]]) -> pd.DataFrame:
    """Apply recipe steps one by one; see ``apply_recipe``."""
    made: dict[str, Any] = {}
    for step in steps:
        column = frame[step["column"]]
        if step["kind"] == "number":
            made[step["outputs"][0]] = to_numbers(column)
        elif step["kind"] == "category":
            # plain objects: encoders need half the time that pandas' own text type costs them
            made[step["outputs"][0]] = pd.Series(to_categories(column), column.index, dtype=object)
        elif step["kind"] == "text":
            parts = _text_measures(column, step["column"])
            made |= {name: parts[name] for name in step["outputs"]}
        else:
            parts = _date_parts(date_values(column, step["format"]), step["column"])
            made |= {name: parts[name] for name in step["outputs"]}
    return pd.DataFrame(made, index=frame.index)


def to_numbers(column: pd.Series) -> np.ndarray:
    """Read numbers; text that is none, and infinities, become missing.

    What lies beyond ``LARGEST`` counts as that: models compute with squares, and some with 32 bits.
    """
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    return np.clip(np.where(np.isfinite(numbers), numbers, np.nan), -LARGEST, LARGEST)


def to_categories(column: pd.Series) -> np.ndarray:
    """Read category names as text; a blank becomes ``"(missing)"``."""
    codes, values = pd.factorize(column, use_na_sentinel=True)
    names = np.array([*(label_text(v).strip() or ABSENT for v in values), ABSENT], dtype=object)
    return names[codes]


def _text_measures(column: pd.Series, name: str) -> dict[str, Any]:
    texts = column.astype("string")
    return {
        f"{name}: text": texts.fillna("").astype(object),
        f"{name}: length": texts.str.len().to_numpy(dtype="float64", na_value=np.nan),
        f"{name}: words": texts.str.split().str.len().to_numpy(dtype="float64", na_value=np.nan),
    }


def _date_parts(moments: pd.Series, name: str) -> dict[str, np.ndarray]:
    days = (moments - EPOCH).dt.total_seconds() / 86400
    minutes = moments.dt.hour * 60 + moments.dt.minute
    parts = (days, moments.dt.year, moments.dt.month, moments.dt.day_of_week, moments.dt.day_of_year, minutes)
    return {
        f"{name}: {part}": values.to_numpy(dtype="float64")
        for part, values in zip(DATE_PARTS, parts, strict=True)
    }
