"""Tables: bring them, look at them, take them along."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from agora import frames
from agora.connection import Connection, Row, Rows, Tell
from agora.errors import Failed

if TYPE_CHECKING:
    import pandas as pd


class Datasets:
    """`agora.datasets`."""

    def __init__(self, connection: Connection) -> None:
        self._http = connection

    def list(
        self, search: str | None = None, *, classification: str | None = None, use_case: str | None = None
    ) -> Iterator[Row]:
        """Those the caller sees, all pages."""
        return self._http.pages("datasets", q=search, classification=classification, use_case=use_case)

    def get(self, dataset: str) -> Row:
        """One dataset, with what the caller may do (`can`)."""
        found: Row = self._http.get(f"datasets/{dataset}")
        return found

    def versions(self, dataset: str) -> Rows:
        """Its versions, the newest first."""
        found: Rows = self._http.get(f"datasets/{dataset}/versions")
        return found

    def upload(
        self,
        name: str,
        table: frames.Table,
        *,
        use_case: str | None = None,
        description: str | None = None,
        classification: str | None = None,
        source: str | None = None,
    ) -> Row:
        """
        Brings a new dataset: a CSV, Excel, Parquet or JSON-lines file, or a pandas frame. Gives its first
        version, which the portal checks in the background: `ready` waits for that.
        """
        fields: dict[str, Any] = {
            "name": name, "use_case": use_case, "description": description, "classification": classification, "source": source,
        }  # fmt: skip
        with frames.opened(table, name="table") as (file, content):
            made: Row = self._http.send("datasets", file, content, **fields)
        return made

    def add_version(self, dataset: str, table: frames.Table) -> Row:
        """Brings a new version; content that is there already is given back and not kept twice."""
        with frames.opened(table, name="table") as (file, content):
            made: Row = self._http.send(f"datasets/{dataset}/versions", file, content)
        return made

    def version(self, version: str) -> Row:
        """One version and how far its check is."""
        found: Row = self._http.get(f"dataset-versions/{version}")
        return found

    def ready(self, version: str, *, seconds: float = 600, tell: Tell | None = None) -> Row:
        """Waits until a version is accepted. Raises `Failed` with every problem when it is not."""
        found = self._http.wait(
            lambda: self.version(version), lambda row: row["state"] != "checking", seconds=seconds, tell=tell
        )
        if found["state"] != "ready":
            body = {"errors": found["problems"]}
            raise Failed("The portal did not accept this table.", body=body)
        return found

    def profile(self, version: str) -> Row:
        """What stands in each column."""
        found: Row = self._http.get(f"dataset-versions/{version}/profile")
        return found

    def take(self, version: str, to: str | Path = ".") -> Path:
        """Saves the frozen table as Parquet. The portal writes down who took it."""
        return self._http.take(f"dataset-versions/{version}/download", Path(to))

    def frame(self, version: str) -> "pd.DataFrame":
        """The frozen table as a pandas frame."""
        with TemporaryDirectory(prefix="agora-") as folder:
            return frames.read(self.take(version, Path(folder) / "table.parquet"))
