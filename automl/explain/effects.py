"""How one column acts on the answer: partial dependence with a band of single rows, and ALE."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.explain.subject import Array, Subject
from automl.profiling import date_values
from automl.recipe import ABSENT, to_categories, to_numbers
from automl.texts import note

GRID = 15  # places of the curve
ROWS = 300  # single rows behind a partial dependence curve
ALE_BINS = 10
ALE_ROWS = 2_000
MOST_CATEGORIES = 10
FLAT = 0.02  # of the spread of all answers: less is no effect worth a word


def effect_of(subject: Subject, column: str) -> dict[str, Any]:
    """Both curves of one column.

    Parameters
    ----------
    subject : Subject
        Model and holdout.
    column : str
        A raw column that the model uses.

    Returns
    -------
    dict
        ``column``, ``kind``, ``pdp`` (``x``, ``mean``, ``low``, ``high``: the middle 80 % of single
        rows), ``ale`` (``x``, ``effect``, ``low``, ``high``; null for categories and text, which have
        no order), ``text`` in words. ``pdp`` is null where no curve can be drawn.
    """
    step = subject.steps[column]
    kind = step["kind"]
    found: dict[str, Any] = {"column": column, "kind": kind, "class": focus_name(subject)}
    if kind not in ("number", "date", "category"):
        return found | {"pdp": None, "ale": None, "text": note("effect_not_available", column=column)}
    values = readable_values(subject.raw[column], step)
    grid = _grid(values, kind)
    if len(grid) < 2:
        return found | {"pdp": None, "ale": None, "text": note("effect_one_value", column=column)}
    pdp = partial_dependence(subject, column, grid)
    ale = None if kind == "category" else accumulated_effects(subject, column, values)
    return found | {"pdp": pdp, "ale": ale, "text": _in_words(subject, column, kind, pdp)}


def focus_name(subject: Subject) -> str | None:
    """The class whose probability is meant, None for numbers."""
    return subject.classes[subject.focus] if subject.classes else None


def readable_values(column: pd.Series, step: dict[str, Any]) -> pd.Series:
    """The column as floats, moments or category names."""
    if step["kind"] == "number":
        return pd.Series(to_numbers(column))
    if step["kind"] == "date":
        return pd.Series(date_values(column, step["format"])).reset_index(drop=True)
    return pd.Series(to_categories(column), dtype=object)


def _grid(values: pd.Series, kind: str) -> list[Any]:
    if kind == "category":
        names = values[values != ABSENT].value_counts()
        return [str(name) for name in names.index[:MOST_CATEGORIES]]
    known = values.dropna()
    if known.nunique() <= GRID:
        return sorted(known.unique())
    marks = np.linspace(0.02, 0.98, GRID)
    return list(dict.fromkeys(known.quantile(marks, interpolation="nearest")))


def constant(value: Any, rows: int) -> pd.Series:
    """A column with the same value everywhere; moments stay moments, which the recipe reads as they are."""
    return pd.Series([value] * rows)


def partial_dependence(subject: Subject, column: str, grid: list[Any]) -> dict[str, Any]:
    """Mean answer when every row had this value (Friedman 2001), with the band of single rows (ICE)."""
    rows = subject.sample(ROWS)
    ready = subject.ready.iloc[rows].reset_index(drop=True)
    frames = [subject.replaced(ready, column, constant(value, len(ready))) for value in grid]
    curves = subject.score(pd.concat(frames, ignore_index=True)).reshape(len(grid), len(ready))
    low, high = np.quantile(curves, [0.1, 0.9], axis=1)
    centred = curves - curves.mean(axis=0)
    own = centred.std(axis=0)
    common = float(curves.mean(axis=1).std())
    return {
        "x": [shown(value) for value in grid],
        "mean": curves.mean(axis=1).tolist(),
        "low": low.tolist(),
        "high": high.tolist(),
        "rows": len(ready),
        # how much single rows move compared with their mean: far above 1, the effect depends on others
        "differs": float(own.mean() / common) if common > 0 else None,
    }


def accumulated_effects(subject: Subject, column: str, values: pd.Series) -> dict[str, Any] | None:
    """Accumulated local effects (Apley and Zhu 2020): fair when columns go together.

    Each row moves only to the two edges of its own tenth, so that no impossible rows are made.
    """
    known = np.flatnonzero(values.notna().to_numpy())
    rows = known[np.isin(known, subject.sample(ALE_ROWS))]
    if len(rows) < 2 * ALE_BINS:
        return None
    inside = values.iloc[rows].reset_index(drop=True)
    marks = inside.quantile(np.linspace(0, 1, ALE_BINS + 1), interpolation="nearest")
    edges = pd.Series(sorted(set(marks)))
    if len(edges) < 3:
        return None
    place = np.clip(np.searchsorted(edges.to_numpy(), inside.to_numpy(), side="left") - 1, 0, len(edges) - 2)
    ready = subject.ready.iloc[rows].reset_index(drop=True)
    both = []
    for offset in (0, 1):
        given = edges.iloc[place + offset].reset_index(drop=True)
        both.append(subject.score(subject.replaced(ready, column, given)))
    return _accumulate(edges, place, both[1] - both[0])


def _accumulate(edges: pd.Series, place: NDArray[np.int64], steps: Array) -> dict[str, Any]:
    bins = len(edges) - 1
    counts = np.bincount(place, minlength=bins)
    sums = np.bincount(place, weights=steps, minlength=bins)
    mean = np.divide(sums, counts, out=np.zeros(bins), where=counts > 0)
    squares = np.bincount(place, weights=(steps - mean[place]) ** 2, minlength=bins)
    variance = np.divide(squares, counts * np.maximum(counts - 1, 1), out=np.zeros(bins), where=counts > 1)
    curve = np.r_[0.0, np.cumsum(mean)]
    middle = float(np.sum(counts * (curve[1:] + curve[:-1]) / 2) / counts.sum())
    error = 1.96 * np.sqrt(np.r_[0.0, np.cumsum(variance)])
    effect = curve - middle
    return {
        "x": [shown(value) for value in edges],
        "effect": effect.tolist(),
        "low": (effect - error).tolist(),
        "high": (effect + error).tolist(),
        "rows": int(counts.sum()),
    }


def shown(value: Any) -> Any:
    """A place of the curve as a person reads it: five figures, whole numbers whole, days as days, hours with minutes.

    >>> shown(pd.Timestamp("2024-05-01")), shown(pd.Timestamp("2024-05-01 13:05"))
    ('2024-05-01', '2024-05-01 13:05')
    """
    if isinstance(value, pd.Timestamp):
        if value == value.normalize():
            return value.date().isoformat()
        return value.isoformat(sep=" ", timespec="seconds" if value.second else "minutes")
    if isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        number = float(f"{float(value):.5g}")
        return int(number) if number.is_integer() and abs(number) < 1e15 else number
    return str(value)


def _in_words(subject: Subject, column: str, kind: str, pdp: dict[str, Any]) -> dict[str, Any]:
    curve = np.array(pdp["mean"])
    places = pdp["x"]
    spread = max(float(subject.score(subject.ready.iloc[subject.sample(ROWS)]).std()), 1e-12)
    top, bottom = int(curve.argmax()), int(curve.argmin())
    params = {"column": column, "top": places[top], "bottom": places[bottom]}
    params |= {
        "high": readable(subject, float(curve[top])),
        "low": readable(subject, float(curve[bottom])),
    }
    if curve[top] - curve[bottom] < FLAT * spread:
        return note("effect_flat", **params)
    if kind == "category":
        return note("effect_category", **params)
    steps = np.diff(curve)
    way = float(steps.sum()) / max(float(np.abs(steps).sum()), 1e-12)
    if abs(way) < 0.6:
        return note("effect_bends", **params)
    return note("effect_rises" if way > 0 else "effect_falls", **params)


def readable(subject: Subject, value: float) -> str:
    """An answer as text: percent for classes, three figures for numbers."""
    return f"{value:.4g}" if subject.task == "regression" else f"{100 * value:.1f} %"
