"""What every request passes: a guard against malformed input, and the reader's language and time zone."""

import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

from django.core.exceptions import TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.core.api.errors import RETRY_SECONDS, STORE_SILENT, problem
from portal.core.filestore import StoreUnreachable
from portal.core.states import IllegalMove
from portal.core.uploads import UploadRefused

FORMS = {"multipart/form-data", "application/x-www-form-urlencoded"}
Handler = Callable[[HttpRequest], HttpResponse]


class RequestGuard:
    """Names each request, refuses NUL and over-long addresses, and turns known problems into answers."""

    LONGEST_QUERY = 8000

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        query = request.META.get("QUERY_STRING", "")
        if "\x00" in request.path or "%00" in query or len(query) > self.LONGEST_QUERY:
            return self.refuse(
                request, 400, _("The address contains characters or a length that are not allowed.")
            )
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            allowed = response.headers.get("Allow", "")
            response = self.refuse(request, 405, _("This address does not take that method."))
            response.headers["Allow"] = allowed
        response.headers["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Read forms here: the CSRF check would read them next, where a refused file is a crash. No field takes a NUL."""
        if request.content_type in FORMS and not getattr(view, "csrf_exempt", False):
            try:
                posted = request.POST
            except UploadRefused as error:
                return self.refuse(request, error.status, str(error))
            except TooManyFilesSent:
                return self.refuse(request, 400, _("Send one file at a time."))
            if any("\x00" in text for _name, texts in posted.lists() for text in texts):
                return self.refuse(request, 400, _("The form contains a character that is not allowed."))
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """An upload that was refused, a move that came too late and a silent file store are answers, not crashes."""
        if isinstance(error, UploadRefused):
            return self.refuse(request, error.status, str(error))
        if isinstance(error, IllegalMove):
            return self.refuse(request, 409, str(error))
        if isinstance(error, StoreUnreachable):
            response = self.refuse(request, 503, str(STORE_SILENT))
            response.headers["Retry-After"] = str(RETRY_SECONDS)
            return response
        return None

    def refuse(self, request: HttpRequest, status: int, sentence: str) -> HttpResponse:
        """The sentence as problem+json for the API, as a page for people."""
        if request.path.startswith("/api/"):
            return problem(status, sentence, request=request)
        return render(request, "core/refused.html", {"sentence": sentence, "status": status}, status=status)


class PersonalSettings:
    """Speaks the signed-in person's language and tells time in their zone."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        with translation.override(user.language):
            request.LANGUAGE_CODE = user.language
            try:
                timezone.activate(zoneinfo.ZoneInfo(user.time_zone))
            except (zoneinfo.ZoneInfoNotFoundError, ValueError):
                timezone.deactivate()
            try:
                return self.get_response(request)
            finally:
                timezone.deactivate()
