"""
Agora by code: the same rules as on the pages.

    from agora import Agora

    with Agora() as portal:
        version = portal.datasets.upload("Subscribers", frame, use_case=case)
        portal.datasets.ready(version["id"])
"""

from types import TracebackType
from typing import Any, Self

import httpx

from agora.artifacts import Artifacts
from agora.connection import Connection, Row
from agora.datasets import Datasets
from agora.errors import (
    AgoraError,
    Busy,
    Conflict,
    Failed,
    Invalid,
    NotFound,
    NotSignedIn,
    Refused,
    Unreachable,
)
from agora.experiments import Experiments
from agora.library import Library
from agora.login import known
from agora.models import Models

__all__ = [
    "Agora", "AgoraError", "Busy", "Conflict", "Failed", "Invalid", "NotFound", "NotSignedIn", "Refused", "Unreachable",
]  # fmt: skip


class Agora:
    """
    The portal as the owner of a token sees it. Address and token: given here, else `AGORA_URL` and
    `AGORA_TOKEN`, else what `agora login` kept. Rows are dictionaries as `/api/schema/` describes them.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        timeout: float = 60,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        login = known(url, token)
        self.connection = Connection(login.url, login.token, timeout=timeout, transport=transport)
        self.datasets = Datasets(self.connection)
        self.experiments = Experiments(self.connection)
        self.models = Models(self.connection)
        self.artifacts = Artifacts(self.connection)
        self.library = Library(self.connection)

    def me(self) -> Row:
        """Whose token this is, with duties and rights."""
        found: Row = self.connection.get("me")
        return found

    def use_cases(self, search: str | None = None, **filters: Any) -> Any:
        """Use cases the caller sees, all pages; every filter of the backlog."""
        return self.connection.pages("use-cases", q=search, **filters)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()
