"""What the portal says when it does not do what was asked."""

from typing import Any


class AgoraError(Exception):
    """
    The portal refused or could not be asked. `status` is the HTTP status (0 when no answer came),
    `reason` and `remedy` say why and what to do, `errors` name the wrong fields, `request_id` finds
    the request in the portal's log.
    """

    def __init__(self, detail: str, *, status: int = 0, body: dict[str, Any] | None = None) -> None:
        said = body or {}
        self.status = status
        self.detail = detail
        self.code = str(said.get("code", ""))
        self.reason = str(said.get("reason", ""))
        self.remedy = str(said.get("remedy", ""))
        self.errors: list[dict[str, Any]] = list(said.get("errors") or [])
        self.request_id = str(said.get("request_id", ""))
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [self.reason or self.detail]
        if self.remedy:
            lines.append(self.remedy)
        for each in self.errors:
            place = each.get("field") or each.get("column") or ""
            lines.append(f"{place}: {each.get('message', '')}" if place else str(each.get("message", "")))
        return "\n".join(line for line in lines if line)


class Unreachable(AgoraError):
    """No answer: wrong address, no network, or the portal is down."""


class NotSignedIn(AgoraError):
    """No token, or one that is no longer valid (401)."""


class Refused(AgoraError):
    """The caller may not do this (403); `reason` and `remedy` say why and what helps."""


class NotFound(AgoraError):
    """There is nothing there that the caller may see (404)."""


class Conflict(AgoraError):
    """The state forbids it, or somebody else was first (409)."""


class Invalid(AgoraError):
    """What was sent makes no sense to the portal (400, 413, 415, 422); `errors` name the fields."""


class Busy(AgoraError):
    """Too many requests, or a part of the portal does not answer now (429, 502, 503, 504)."""


class Failed(AgoraError):
    """The work that was waited for ended without a result."""


KINDS: dict[int, type[AgoraError]] = {
    400: Invalid, 413: Invalid, 415: Invalid, 422: Invalid, 401: NotSignedIn, 403: Refused, 404: NotFound, 409: Conflict,
    429: Busy, 502: Busy, 503: Busy, 504: Busy,
}  # fmt: skip
