"""Example rows made up from the input schema: no real row leaves with a model."""

from __future__ import annotations

from typing import Any

from automl.reference import SOME_TEXT


def example_rows(schema: list[dict[str, Any]], count: int = 5) -> list[dict[str, Any]]:
    """Make up rows that fit the schema: numbers from low to high, categories in turn.

    Examples
    --------
    >>> example_rows([{"name": "a", "kind": "number", "min": 0, "max": 8, "example": 3}], 3)
    [{'a': 3}, {'a': 4.0}, {'a': 8.0}]
    """
    return [{entry["name"]: _value(entry, row, count) for entry in schema} for row in range(count)]


def _value(entry: dict[str, Any], row: int, count: int) -> Any:
    kind = entry["kind"]
    if kind == "number" and row and entry["min"] is not None:
        low, high = float(entry["min"]), float(entry["max"])
        whole = low == int(low) and high == int(high)
        value = low + (high - low) * row / max(1, count - 1)
        return float(round(value)) if whole else round(value, 6)
    if kind == "category" and entry.get("categories"):
        return entry["categories"][row % min(len(entry["categories"]), 20)]
    return SOME_TEXT if kind == "text" else entry.get("example")
