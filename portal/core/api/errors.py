"""Errors of the API: problem+json with what is wrong, where, and a request id."""

from typing import Any

from django.core.exceptions import PermissionDenied, TooManyFilesSent, ValidationError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from portal.core.filestore import StoreUnreachable
from portal.core.states import IllegalMove, NotYet
from portal.core.uploads import UploadRefused
from portal.core.verdicts import Refused, Verdict

TYPE = "application/problem+json"
WORDS = {
    400: _("The request is not valid."),
    401: _("Sign in or send a valid token."),
    403: _("You may not do this."),
    404: _("There is nothing here that you may see."),
    405: _("This address does not take that method."),
    409: _("This is not possible in the present state."),
    413: _("The request is too large."),
    429: _("Too many requests; wait a moment."),
    503: _("The portal cannot do this just now."),
}
STORE_SILENT = _(
    "The place where files lie does not answer just now. Nothing of yours is lost; try again in some minutes."
)
RETRY_SECONDS = 60


def body(
    status: int, detail: Any, *, code: str = "", request: HttpRequest | None = None, **more: Any
) -> dict[str, Any]:
    """The fields of a problem answer."""
    return {
        "type": "about:blank",
        "title": str(WORDS.get(status, detail)),
        "status": status,
        "code": code or f"http_{status}",
        "detail": str(detail),
        "request_id": getattr(request, "request_id", ""),
        **more,
    }


def problem(status: int, detail: Any, *, request: HttpRequest | None = None, **more: Any) -> JsonResponse:
    """A problem answer outside REST framework."""
    return JsonResponse(body(status, detail, request=request, **more), status=status, content_type=TYPE)


def field_errors(detail: Any, prefix: str = "") -> list[dict[str, str]]:
    """Flatten REST framework's nested errors into (field, code, message)."""
    if isinstance(detail, dict):
        return [each for name, inner in detail.items() for each in field_errors(inner, f"{prefix}{name}.")]
    if isinstance(detail, list | tuple):
        return [each for inner in detail for each in field_errors(inner, prefix)]
    return [{"field": prefix.rstrip("."), "code": getattr(detail, "code", "invalid"), "message": str(detail)}]


def refusal(verdict: Verdict) -> dict[str, Any]:
    """Why, what to do and where, with the code."""
    more = {"reason": str(verdict.reason), "remedy": str(verdict.remedy), "url": verdict.url}
    return {"detail": verdict.reason, "code": verdict.code or "refused", **more}


def translate(error: Exception) -> tuple[int, dict[str, Any]] | None:
    """Status and answer for the exceptions of our own services."""
    match error:
        case Refused() | NotYet():
            return 403 if isinstance(error, Refused) else 409, refusal(error.verdict)
        case PermissionDenied():
            return 403, {"detail": str(error) or WORDS[403]}
        case IllegalMove():
            return 409, {"detail": str(error), "code": "illegal_move"}
        case TooManyFilesSent():
            return 400, {"detail": _("Send one file at a time."), "code": "upload.too_many_files"}
        case UploadRefused():
            return error.status, {"detail": str(error), "code": error.code}
        case ValidationError():
            found = getattr(error, "message_dict", None) or {"": error.messages}
            return 400, {"detail": WORDS[400], "code": "invalid", "errors": field_errors(found)}
        case Http404():
            return 404, {"detail": WORDS[404], "code": "not_found"}
    return None


def silence(error: Exception) -> tuple[int, dict[str, Any]] | None:
    """What cannot be had while the file store does not answer."""
    if isinstance(error, StoreUnreachable):
        return 503, {"detail": STORE_SILENT, "code": "files.unreachable"}
    return None


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's exception handler."""
    request = context["request"]._request
    own = translate(error) or silence(error)
    if own:
        set_rollback()
        status, fields = own
        headers = {"Retry-After": str(RETRY_SECONDS)} if status == 503 else None
        content = body(status, request=request, **fields)
        return Response(content, status=status, headers=headers, content_type=TYPE)
    response = exception_handler(error, context)
    if response is None:
        return None
    errors: dict[str, Any] = {}
    detail: Any = WORDS.get(response.status_code, "")
    if isinstance(error, exceptions.ValidationError):
        errors = {"errors": field_errors(error.detail)}
    elif isinstance(error, exceptions.APIException) and response.status_code != 404:
        detail = error.detail
    code = getattr(error, "default_code", "")
    response.data = body(response.status_code, detail, code=code, request=request, **errors)
    response.content_type = TYPE
    return response
