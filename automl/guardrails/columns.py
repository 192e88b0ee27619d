"""Guardrails about single columns: identifiers, constants, missing values, too many values."""

from __future__ import annotations

import numpy as np
import pandas as pd

from automl.guardrails.registry import Alert, TableView, check, limit
from automl.recipe import to_categories, to_numbers

MANY_VALUES = 10_000
TWIN_COLUMNS = 200  # beyond, comparing every pair costs more than it tells
TWIN_ROWS = 5_000


@check(
    "identifier_feature", "pre_train", "warn", "DataRobot, H2O: more than 95 % distinct", "identifiers", 0.95
)
def identifier_feature(view: TableView) -> list[Alert]:
    """Columns that only name the rows are used as features."""
    names = [name for name in view.features if view.kinds[name].name == "identifier"]
    return [Alert(len(names), tuple(names))] if names else []


@check(
    "constant_columns", "pre_train", "info", "a column with one value holds no information", "data-quality", 1
)
def constant_columns(view: TableView) -> list[Alert]:
    """Columns with one value are dropped by themselves."""
    names = [name for name in view.features if view.kinds[name].name == "constant"]
    return [Alert(len(names), tuple(names))] if names else []


@check(
    "mostly_missing",
    "pre_train",
    "warn",
    "practice: half missing is doubtful, 95 % is nothing",
    "missing-values",
    0.5,
    stricter="lower",
)
def mostly_missing(view: TableView) -> list[Alert]:
    """Columns with more than half of their values missing, and those with almost none."""
    shares = pd.Series({n: view.missing(n) / max(view.rows, 1) for n in view.features}, dtype=float)
    constant = {name for name in view.features if view.kinds[name].name == "constant"}
    nearly = [name for name in view.features if shares[name] > 0.95 and name not in constant]
    least = limit("mostly_missing")
    half = [name for name in view.features if least < shares[name] <= 0.95 and name not in constant]
    alerts = []
    if nearly:
        alerts.append(
            Alert(
                float(shares[nearly].max()),
                tuple(nearly),
                severity="justify",
                threshold=0.95,
                variant="almost_all_missing",
            )
        )
    if half:
        alerts.append(Alert(float(shares[half].max()), tuple(half)))
    return alerts


@check(
    "high_cardinality",
    "pre_train",
    "warn",
    "Logical Glue: 10,000 values; free text by length",
    "categories",
    MANY_VALUES,
    stricter="lower",
)
def high_cardinality(view: TableView) -> list[Alert]:
    """Categories with so many values that a model learns them by heart, and free text."""
    texts = [name for name in view.features if view.kinds[name].name == "text"]
    many = [
        name
        for name in view.features
        if view.kinds[name].name == "category" and view.distinct(name) > limit("high_cardinality")
    ]
    names = texts + many
    if not names:
        return []
    most = max(view.distinct(name) for name in names)
    return [Alert(most, tuple(names))]


@check(
    "twin_columns",
    "pre_train",
    "info",
    "practice: a correlation of 0.99 or one value for each value",
    "data-quality",
    0.99,
    stricter="lower",
)
def twin_columns(view: TableView) -> list[Alert]:
    """Pairs of columns that say the same: a copy, another unit, another coding."""
    frame = view.frame
    if len(frame) > TWIN_ROWS:
        frame = frame.sample(TWIN_ROWS, random_state=view.question.seed)
    if len(frame) < 20 or not 2 <= len(view.usable) <= TWIN_COLUMNS:
        return []
    pairs = [*_alike_numbers(view, frame), *_alike_categories(view, frame)]
    if not pairs:
        return []
    shown = "; ".join(f"{a} = {b}" for a, b in pairs[:4]) + (" …" if len(pairs) > 4 else "")
    columns = tuple(dict.fromkeys(name for pair in pairs for name in pair))
    return [Alert(len(pairs), columns, {"pairs": shown})]


def _alike_numbers(view: TableView, frame: pd.DataFrame) -> list[tuple[str, str]]:
    names = [n for n in view.usable if view.kinds[n].name == "number"]
    if len(names) < 2:
        return []
    values = np.column_stack([to_numbers(frame[n]) for n in names])
    middle = np.nanmedian(np.where(np.isfinite(values).any(axis=0), values, 0.0), axis=0)
    ranks = pd.DataFrame(np.where(np.isfinite(values), values, middle)).rank().to_numpy()
    moves = ranks.std(axis=0) > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        close = np.abs(np.corrcoef(ranks, rowvar=False)) >= limit("twin_columns")
    return [
        (names[a], names[b])
        for a, b in zip(*np.nonzero(np.triu(close, 1)), strict=True)
        if moves[a] and moves[b]
    ]


def _alike_categories(view: TableView, frame: pd.DataFrame) -> list[tuple[str, str]]:
    found: dict[bytes, str] = {}
    pairs = []
    for name in view.usable:
        if view.kinds[name].name not in ("category", "boolean"):
            continue
        codes = pd.factorize(to_categories(frame[name]))[0]  # numbered by first sight: names do not matter
        key = codes.astype(np.int32).tobytes()
        if key in found:
            pairs.append((found[key], name))
        found.setdefault(key, name)
    return pairs
