"""What people see when something is refused or missing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from portal.core.api.errors import problem, translate
from portal.core.verdicts import Refused


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request makes no sense."""
    return page(request, 400, _("This request could not be understood."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 with the reason and the remedy of the rule that refused."""
    if request.path.startswith("/api/"):
        status, fields = translate(exception) or (403, {"detail": _("You may not do this.")})
        return problem(status, request=request, **fields)
    verdict = exception.verdict if isinstance(exception, Refused) else None
    sentence = str(verdict.reason) if verdict is not None else _("You may not do this.")
    context = {"sentence": sentence, "verdict": verdict, "status": 403}
    return render(request, "core/refused.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, the same for what is hidden and what does not exist."""
    return page(request, 404, _("There is nothing here that you may see."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; the request id finds it in the log."""
    return page(request, 500, _("Something went wrong on our side. Nothing of what you entered was changed."))


def page(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """The sentence as problem+json for the API, as a page for people."""
    if request.path.startswith("/api/"):
        return problem(status, sentence, request=request)
    layout = "core/bare.html" if status >= 500 else "base.html"
    context = {"sentence": sentence, "status": status, "layout": layout}
    return render(request, "core/refused.html", context, status=status)
