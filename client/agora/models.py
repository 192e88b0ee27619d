"""Registered models: versions, names, answers of the champion."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from agora import frames
from agora.connection import Connection, Row, Rows

if TYPE_CHECKING:
    import pandas as pd

AT_ONCE = 1000  # rows in one request; the portal takes no more


class Models:
    """`agora.models`."""

    def __init__(self, connection: Connection) -> None:
        self._http = connection

    def list(self, search: str | None = None, **facets: str) -> Iterator[Row]:
        """Those the caller sees, all pages."""
        return self._http.pages("models", q=search, **facets)

    def get(self, model: str) -> Row:
        """One model, the version that serves, and what the caller may do (`can`)."""
        found: Row = self._http.get(f"models/{model}")
        return found

    def versions(self, model: str) -> Iterator[Row]:
        """Its versions, all pages."""
        return self._http.pages("model-versions", model=model)

    def version(self, version: str) -> Row:
        """One version with its card."""
        found: Row = self._http.get(f"model-versions/{version}")
        return found

    def names(self, model: str) -> "dict[str, str]":
        """Every name (champion, challenger, free ones) with its version."""
        found: dict[str, str] = self._http.get(f"models/{model}/aliases")
        return found

    def lineage(self, version: str) -> Any:
        """Where a version comes from and where it went."""
        return self._http.get(f"model-versions/{version}/lineage")

    def score(self, model: str, rows: "pd.DataFrame | Rows") -> Rows:
        """
        What the champion answers for each row, in the order given. Sent a thousand at a time; a row that
        does not fit raises `Invalid`, which names row and column.
        """
        given = frames.rows_of(rows)
        answers: Rows = []
        for first in range(0, len(given), AT_ONCE):
            said = self._http.post(f"models/{model}/score", {"rows": given[first : first + AT_ONCE]})
            answers += said["predictions"]
        return answers

    def score_frame(self, model: str, rows: "pd.DataFrame") -> "pd.DataFrame":
        """The same as a frame with the index of `rows`."""
        import pandas as pd

        return pd.DataFrame(self.score(model, rows), index=rows.index)
