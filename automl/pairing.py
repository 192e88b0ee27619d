"""Two columns of a table against each other: points, groups or a cross table, and how strongly they go together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.files import write_json
from automl.kinds import find_kind
from automl.large import Columns
from automl.profiling import date_values
from automl.question import BadQuestion
from automl.tables import label_text

GROUPS = 12  # more are drawn together
FEW = 10  # a number with so few values is looked at as groups
POINTS = 500
OTHERS = "…"


def pair_files(table: Path, first: str, second: str, out: Path) -> int:
    """Write the pair of one table as JSON."""
    columns = Columns(table)
    for name in (first, second):
        if name not in columns.names:
            raise BadQuestion("expect_absent", column=name)
    write_json(out, pair_columns(columns.frame(list(dict.fromkeys([first, second]))), first, second))
    return 0


def pair_columns(frame: pd.DataFrame, first: str, second: str) -> dict[str, Any]:
    """Look at two columns together.

    Returns
    -------
    dict
        ``kind`` is "points" (two numbers), "boxes" (groups and a number, groups across) or "cross" (two
        groups); with ``first``, ``second`` (the one across, the one up), ``rows`` used, ``left_out`` for
        a missing value, ``strength`` from 0 to 1 (nothing when it cannot be told) and its ``measure``.
    """
    sides = {name: readable(frame[name]) for name in (first, second)}
    both = pd.DataFrame({"a": sides[first], "b": sides[second]}).dropna()
    numbers = [pd.api.types.is_numeric_dtype(sides[name]) for name in (first, second)]
    found: dict[str, Any] = {"rows": len(both), "left_out": len(frame) - len(both)}
    if all(numbers):
        return {"kind": "points", "first": first, "second": second, **found, **points(both)}
    if any(numbers):
        if numbers[0]:
            first, second, both = second, first, both.rename(columns={"a": "b", "b": "a"})
        return {"kind": "boxes", "first": first, "second": second, **found, **boxes(both)}
    return {"kind": "cross", "first": first, "second": second, **found, **cross(both)}


def readable(column: pd.Series) -> pd.Series:
    """Numbers as they are, everything else as short words; dates by month, over many months by year."""
    kind = find_kind(column)
    plain = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    if plain or kind.name == "number":
        values = pd.to_numeric(column, errors="coerce").astype("float64")
        values = values.where(np.isfinite(values))
        return values if values.nunique() > FEW else words(values)
    if kind.name == "date":
        moments = date_values(column, kind.date_format or "ISO8601")
        months = moments.dt.strftime("%Y-%m")
        return words(months if months.nunique() <= GROUPS else moments.dt.strftime("%Y"))
    return words(column)


def words(column: pd.Series) -> pd.Series:
    """Each value as the word it is shown by; missing ones stay missing."""
    return column.map(lambda value: label_text(value)[:60], na_action="ignore").astype(object)


def grouped(column: pd.Series) -> tuple[pd.Series, list[str]]:
    """The most frequent groups by themselves, in their own order; all others as one at the end."""
    counts = column.value_counts()
    kept = list(counts.index[:GROUPS])
    if len(counts) > GROUPS:
        return column.where(column.isin(kept), OTHERS), [*in_order(kept), OTHERS]
    return column, in_order(kept)


def in_order(names: list[str]) -> list[str]:
    """Numbers by size, words by the alphabet."""
    try:
        return sorted(names, key=float)
    except ValueError:
        return sorted(names)


def points(both: pd.DataFrame) -> dict[str, Any]:
    """At most five hundred points, always the same ones, and the correlation of all."""
    shown = both if len(both) <= POINTS else both.sample(POINTS, random_state=0)
    strength = None
    if len(both) > 2 and both["a"].nunique() > 1 and both["b"].nunique() > 1:
        strength = float(both["a"].corr(both["b"], method="spearman"))
    return {
        "points": shown[["a", "b"]].to_numpy().tolist(),
        "strength": None if strength is None else abs(strength),
        "falls": strength is not None and strength < 0,
        "measure": "spearman",
    }


def boxes(both: pd.DataFrame) -> dict[str, Any]:
    """The spread of the number in each group, and the share of its variance that the groups explain."""
    names, order = grouped(both["a"])
    by_group = both["b"].groupby(names)
    found: list[dict[str, Any]] = []
    for name in order:
        values = by_group.get_group(name)
        edges = [float(values.quantile(share)) for share in (0.05, 0.25, 0.5, 0.75, 0.95)]
        found.append({"name": name, "rows": len(values), "edges": edges, "mean": float(values.mean())})
    total = float(((both["b"] - both["b"].mean()) ** 2).sum())
    between = sum(each["rows"] * (each["mean"] - float(both["b"].mean())) ** 2 for each in found)
    return {
        "groups": found,
        "strength": min(1.0, (between / total) ** 0.5) if total > 0 and len(found) > 1 else None,
        "measure": "eta",
    }


def cross(both: pd.DataFrame) -> dict[str, Any]:
    """Rows for each combination, and Cramér's V."""
    (across, first_order), (up, second_order) = grouped(both["a"]), grouped(both["b"])
    counts = pd.crosstab(across, up).reindex(index=first_order, columns=second_order, fill_value=0)
    observed = counts.to_numpy(dtype="float64")
    total, smaller = observed.sum(), min(observed.shape) - 1
    strength = None
    if total > 0 and smaller > 0:
        expected = np.outer(observed.sum(axis=1), observed.sum(axis=0)) / total
        strength = float(np.sqrt((((observed - expected) ** 2) / expected).sum() / (total * smaller)))
    return {
        "first_groups": first_order,
        "second_groups": second_order,
        "counts": counts.to_numpy().tolist(),
        "strength": None if strength is None else min(1.0, strength),
        "measure": "cramers_v",
    }
