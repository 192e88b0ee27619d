"""What came out of the work: documents of models and models taken along."""

from collections.abc import Iterator
from pathlib import Path

from agora.connection import Connection, Row

FORMS = ("pdf", "html", "md", "json")


class Artifacts:
    """`agora.artifacts`."""

    def __init__(self, connection: Connection) -> None:
        self._http = connection

    def documents(self, version: str | None = None) -> Iterator[Row]:
        """Model cards, validation reports and technical files, of one model version or of all."""
        return self._http.pages("documents", version=version)

    def exports(self) -> Iterator[Row]:
        """Models built to be taken along."""
        return self._http.pages("exports")

    def take_document(self, document: str, form: str = "pdf", to: str | Path = ".") -> Path:
        """Saves a document in one of `FORMS`."""
        return self._http.take(f"documents/{document}/file/{form}", Path(to))

    def take_export(self, export: str, to: str | Path = ".") -> Path:
        """Saves the zip of an export that is ready."""
        return self._http.take(f"exports/{export}/download", Path(to))
