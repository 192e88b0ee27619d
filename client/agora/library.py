"""The library: everything one may build on, and the artifacts one brings to it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from agora.connection import Connection, Row, Rows

KINDS = ("document", "notebook", "image", "report", "note", "extract", "link")


class Library:
    """`agora.library`."""

    def __init__(self, connection: Connection) -> None:
        self._http = connection

    def list(self, search: str | None = None, **filters: Any) -> Iterator[Row]:
        """
        Datasets, experiments, models, their documents and artifacts the caller sees, all pages. Filters: `kind`,
        `classification`, `tag`, `use_case`, `owner`, `sort`.
        """
        return self._http.pages("library", q=search, **filters)

    def lineage(self, kind: str, key: str) -> Row:
        """What a thing was made from and what was made from it, three steps each way."""
        found: Row = self._http.get(f"library/{kind}/{key}/lineage")
        return found

    def get(self, artifact: str) -> Row:
        """One artifact, with its sources and what the caller may do (`can`)."""
        found: Row = self._http.get(f"artifacts/{artifact}")
        return found

    def versions(self, artifact: str) -> Rows:
        """Its versions, the newest first."""
        found: Rows = self._http.get(f"artifacts/{artifact}/versions")
        return found

    def bring(
        self,
        title: str,
        file: str | Path,
        *,
        kind: str,
        description: str | None = None,
        use_case: str | None = None,
        classification: str | None = None,
        tags: Sequence[str] = (),
        made_from: Sequence[str] = (),
    ) -> Row:
        """
        Brings a file of one of `KINDS` as a new artifact. `made_from` names what it was made from as
        `dataset:id`, `experiment:id`, `version:id` or `artifact:id`: the strictest class of these is inherited.
        """
        fields: dict[str, Any] = {
            "title": title, "kind": kind, "description": description, "use_case": use_case,
            "classification": classification, "tags": list(tags) or None, "made_from": list(made_from) or None,
        }  # fmt: skip
        path = Path(file)
        with path.open("rb") as content:
            made: Row = self._http.send("artifacts", path.name, content, **fields)
        return made

    def add_version(self, artifact: str, file: str | Path, *, remark: str | None = None) -> Row:
        """Brings a new version; content that is there already is given back and not kept twice."""
        path = Path(file)
        with path.open("rb") as content:
            made: Row = self._http.send(f"artifacts/{artifact}/versions", path.name, content, remark=remark)
        return made

    def take(self, version: str, to: str | Path = ".") -> Path:
        """Saves the file of a version. The portal writes down who took it."""
        return self._http.take(f"artifact-versions/{version}/download", Path(to))
