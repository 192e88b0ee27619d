"""How much one column, or all of them, say about another: the measures that checks compare."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.kinds import Kind
from automl.metrics import roc_auc
from automl.profiling import date_values
from automl.question import Target
from automl.recipe import to_categories, to_numbers

PARTS = 20
MAX_VALUES = 200  # categories scored alone; rarer ones share a bin
MODEL_ROWS = 6_000  # rows of a quick model
MODEL_COLUMNS = 100


def bins_of(column: pd.Series, kind: Kind) -> NDArray[np.int64]:
    """Cut a column into at most 20 parts of equal size, or its values; missing is a part too."""
    if kind.name in ("number", "date") or pd.api.types.is_numeric_dtype(column.dtype):
        if kind.name == "date":
            moments = date_values(column, kind.date_format or "ISO8601")
            values = (moments - pd.Timestamp("2000-01-01")).dt.total_seconds().to_numpy()
        else:
            values = to_numbers(column)
        known = np.isfinite(values)
        if not known.any():
            return np.zeros(len(values), dtype=np.int64)
        edges = np.unique(np.quantile(values[known], np.linspace(0, 1, PARTS + 1)[1:-1]))
        codes = np.searchsorted(edges, values, side="right") + 1
        return np.where(known, codes, 0)
    codes = pd.Series(pd.factorize(to_categories(column))[0])
    often = codes.value_counts().index[:MAX_VALUES]
    return codes.where(codes.isin(often), -1).to_numpy() + 1


def single_score(column: pd.Series, y: NDArray[Any], kind: Kind, target: Target) -> float:
    """How well one column alone predicts the target, on rows it was not fitted on.

    The mean target of each part of the column is learned on one half of the rows and scored on
    the other, both ways. Classes: AUC (the best of one against the rest over classes with at least
    20 rows); numbers: R² (H2O's one-feature model, DataRobot's single-feature score).

    Returns
    -------
    float
        0.5 (classes) or 0 (numbers) means that it says nothing.
    """
    codes = bins_of(column, kind)
    half = np.random.default_rng(0).permutation(len(y)) % 2 == 0
    if target.task == "regression":
        return max(0.0, _explained(codes, y.astype(float), half))
    classes = [1] if target.task == "binary" else range(len(target.classes))
    scores = []
    for k in classes:
        hit = (y == k).astype(float)
        if 20 <= hit.sum() <= len(hit) - 20 or target.task == "binary":
            guess = _cross_means(codes, hit, half)
            both = np.column_stack([1 - guess, guess])
            scores.append(roc_auc(hit.astype(int), both, np.ones(len(hit))))
    return float(np.nanmax(scores)) if scores and not np.isnan(scores).all() else 0.5


def _cross_means(
    codes: NDArray[np.int64], y: NDArray[np.float64], half: NDArray[np.bool_]
) -> NDArray[np.float64]:
    guess = np.empty(len(y))
    size = int(codes.max()) + 1
    for learn in (half, ~half):
        overall = y[learn].mean() if learn.any() else y.mean()
        sums = np.bincount(codes[learn], weights=y[learn], minlength=size)
        rows = np.bincount(codes[learn], minlength=size)
        means = (sums + 5 * overall) / (rows + 5)  # shrunk: a value seen once is no evidence
        guess[~learn] = means[codes[~learn]]
    return guess


def _explained(codes: NDArray[np.int64], y: NDArray[np.float64], half: NDArray[np.bool_]) -> float:
    spread = float(((y - y.mean()) ** 2).sum())
    guess = _cross_means(codes, y, half)
    return 1 - float(((y - guess) ** 2).sum()) / spread if spread else 0.0


def matrix_of(frame: pd.DataFrame, names: list[str], kinds: dict[str, Kind]) -> NDArray[np.float64]:
    """Columns as numbers for a quick model: dates as days, categories as codes by frequency."""
    made = np.full((len(frame), len(names)), np.nan)
    for at, name in enumerate(names):
        column, kind = frame[name], kinds[name]
        if kind.name == "date":
            moments = date_values(column, kind.date_format or "ISO8601")
            made[:, at] = ((moments - pd.Timestamp("2000-01-01")).dt.total_seconds() / 86400).to_numpy()
        elif kind.name == "number" or pd.api.types.is_numeric_dtype(column.dtype):
            made[:, at] = to_numbers(column)
        else:
            texts = pd.Series(to_categories(column))
            ranks = {value: rank for rank, value in enumerate(texts.value_counts().index)}
            made[:, at] = texts.map(ranks).to_numpy(dtype=float)
    return made


def model_score(x: NDArray[np.float64], y: NDArray[Any], task: str, seed: int = 0) -> float:
    """How well a quick boosted model predicts rows it did not see: AUC or R², mean of two halves."""
    return float(np.mean([score for score, _ in quick_models(x, y, task, seed)]))


def quick_models(
    x: NDArray[np.float64], y: NDArray[Any], task: str, seed: int = 0
) -> list[tuple[float, NDArray[np.float64]]]:
    """Two quick models, each learned on one half and judged on the other: score and gain per column."""
    from lightgbm import Dataset, train

    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(y))[:MODEL_ROWS]
    x, y = x[rows], y[rows].astype(float)
    half = np.arange(len(y)) % 2 == 0
    found = []
    objective = "regression" if task == "regression" else "binary"
    settings = {"objective": objective, "num_leaves": 15, "learning_rate": 0.15, "min_data_in_leaf": 10}
    settings |= {"num_threads": 1, "verbose": -1, "seed": 0, "deterministic": True}
    for learn in (half, ~half):
        model = train(settings, Dataset(x[learn], y[learn], params={"verbose": -1}), num_boost_round=40)
        guess = np.asarray(model.predict(x[~learn], num_threads=1))
        truth = y[~learn]
        if task == "regression":
            spread = float(((truth - truth.mean()) ** 2).sum())
            score = max(0.0, 1 - float(((truth - guess) ** 2).sum()) / spread) if spread else 0.0
        else:
            score = roc_auc(truth.astype(int), np.column_stack([1 - guess, guess]), np.ones(len(truth)))
        found.append((0.5 if np.isnan(score) else score, model.feature_importance("gain")))
    return found
