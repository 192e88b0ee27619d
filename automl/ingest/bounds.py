"""What an upload may measure at most, and how a reader refuses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from automl.texts import note


@dataclass(frozen=True)
class Bounds:
    """Largest accepted table: rows, columns and characters in one cell."""

    rows: int = 2_000_000
    columns: int = 2_000
    cell: int = 100_000


class Refused(Exception):
    """The file cannot be used; ``problem`` says why, with row and column where there are any."""

    def __init__(self, code: str, row: int | None = None, column: str | None = None, **params: Any) -> None:
        super().__init__(code)
        shown = {"row": row, "column": column, **params}
        self.problem = {**note(code, **shown), "row": row, "column": column}
