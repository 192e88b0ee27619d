"""Exact contributions where they are cheap: TreeSHAP of LightGBM, and linear models by arithmetic."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.explain.subject import Array, Subject

LINEAR = ("LogisticRegression", "Ridge", "RidgeCV", "LinearRegression")
TOLERANCE = 1e-6


def exact_contributions(
    subject: Subject, ready: pd.DataFrame, focus: int, background: pd.DataFrame
) -> tuple[Array, float, str] | None:
    """Contribution of every raw column to the raw answer of each row.

    Raw means log-odds for classes and the unit of the target for numbers. LightGBM computes
    Shapley values of its trees itself (Lundberg et al. 2020); for a linear model the contribution
    is the coefficient times the distance from the mean of ``background``.

    Returns
    -------
    tuple of (ndarray of shape (rows, columns), float, str) or None
        Contributions in the order of ``subject.steps``, the base that they add to, and the scale
        (``log_odds`` or ``unit``). None when the pipeline is of another kind, or when the parts do
        not add up to the model's own answer.
    """
    parts = getattr(subject.pipeline, "named_steps", {})
    owners = _owners(parts.get("prepare"), subject)
    if owners is None:
        return None
    coded = _coded(parts["prepare"], ready)
    found = None
    if len(owners) == coded.shape[1]:
        found = _single(parts, coded, focus, background, len(subject.classes))
    if found is None:
        return None
    single, base, raw = found
    if np.abs(single.sum(axis=1) + base - raw).max() > TOLERANCE * max(1.0, float(np.abs(raw).max())):
        return None
    grouped = np.zeros((len(ready), len(subject.steps)))
    for output, owner in enumerate(owners):
        grouped[:, owner] += single[:, output]
    return grouped, base, "unit" if subject.task == "regression" else "log_odds"


def _single(
    parts: Any, coded: Array, focus: int, background: pd.DataFrame, classes: int
) -> tuple[Array, float, Array] | None:
    """Contribution of every coded column, the base and the raw answer; None for other models."""
    model = parts.get("model")
    kind = type(model).__name__
    if kind in ("LGBMClassifier", "LGBMRegressor"):
        return _trees(model, coded, focus, classes)
    if kind in LINEAR:
        return _line(model, coded, _coded(parts["prepare"], background).mean(axis=0), focus)
    return None


def _coded(prepare: Any, ready: pd.DataFrame) -> Array:
    made = prepare.transform(ready)
    return np.asarray(made.toarray() if hasattr(made, "toarray") else made, dtype="float64")


def _trees(model: Any, coded: Array, focus: int, classes: int) -> tuple[Array, float, Array] | None:
    found = np.asarray(model.predict(coded, pred_contrib=True))
    raw = np.asarray(model.predict(coded, raw_score=True))
    if raw.ndim == 2:
        seen = list(np.asarray(model.classes_))
        if focus not in seen:
            return None
        width, position = coded.shape[1] + 1, seen.index(focus)
        found, raw = found[:, position * width : (position + 1) * width], raw[:, position]
    elif classes == 2 and focus == 0:
        found, raw = -found, -raw
    return found[:, :-1], float(found[0, -1]), raw


def _line(model: Any, coded: Array, mean: Array, focus: int) -> tuple[Array, float, Array] | None:
    weights = np.atleast_2d(model.coef_)
    offsets = np.atleast_1d(model.intercept_)
    position, sign = 0, 1.0
    if len(weights) > 1:
        seen = list(np.asarray(model.classes_))
        if focus not in seen:
            return None
        position = seen.index(focus)
    elif hasattr(model, "classes_") and focus == 0:
        sign = -1.0
    row = sign * weights[position]
    base = float(sign * offsets[position] + row @ mean)
    raw = coded @ row + sign * offsets[position]
    return (coded - mean) * row, base, raw


def _owners(prepare: Any, subject: Subject) -> list[int] | None:
    """For each output of the column coding the position of its raw column; None when not sure."""
    sources = {
        output: place for place, step in enumerate(subject.steps.values()) for output in step["outputs"]
    }
    slices = getattr(prepare, "output_indices_", None)
    if slices is None:
        return None
    owners: dict[int, int] = {}
    for name, transformer, columns in prepare.transformers_:
        place = slices.get(name, slice(0, 0))
        size = place.stop - place.start
        if not size:
            continue
        names = [columns] if isinstance(columns, str) else list(columns)
        if not all(isinstance(each, str) and each in sources for each in names):
            return None
        widths = [size] if len(names) == 1 else _widths(transformer, len(names), size)
        if widths is None:
            return None
        repeated = np.repeat([sources[each] for each in names], widths)
        owners |= dict(zip(range(place.start, place.stop), repeated.tolist(), strict=True))
    return [owners[number] for number in range(len(owners))]


def _widths(transformer: Any, columns: int, size: int) -> list[int] | None:
    """How many outputs each input column has."""
    found: list[int] | None = [1] * columns
    for step in [step for _, step in getattr(transformer, "steps", [("", transformer)])]:
        kind = type(step).__name__
        if kind == "OneHotEncoder":
            found = _one_hot(step)
        elif kind == "KBinsDiscretizer":
            found = [int(count) for count in step.n_bins_]
        elif kind == "TargetEncoder":
            found = [len(step.encodings_) // columns] * columns
        elif kind == "SplineTransformer":
            found = [size // columns] * columns
    return found if found is not None and sum(found) == size else None


def _one_hot(encoder: Any) -> list[int] | None:
    if encoder.drop is not None:
        return None
    rare: list[Any] = list(getattr(encoder, "infrequent_categories_", [None] * len(encoder.categories_)))
    counts: NDArray[Any] = np.array([len(names) for names in encoder.categories_])
    few = [0 if names is None else len(names) - 1 for names in rare]
    return (counts - np.array(few)).tolist()
