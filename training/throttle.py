"""How often one address may ask the public pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.throttling import SimpleRateThrottle


class VerifyThrottle(SimpleRateThrottle):
    """Counts by address; behind proxies the one they name (AGORA_PROXIES)."""

    scope = "verify"

    def get_rate(self) -> str:
        """From the settings, read anew at each request."""
        return f"{settings.VERIFY_PER_MINUTE}/min"

    def get_cache_key(self, request: Any, view: Any) -> str:
        """One count for all public pages together."""
        return f"verify:{self.get_ident(request)}"


def limited(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """429 with the seconds to wait for whoever asks too often; never indexed by search engines."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        throttle = VerifyThrottle()
        if throttle.allow_request(request, None):  # type: ignore[arg-type]
            response = view(request, *args, **kwargs)
        else:
            wait = max(1, int(throttle.wait() or 60))
            response = render(request, "training/verify_wait.html", {"seconds": wait}, status=429)
            response.headers["Retry-After"] = str(wait)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return answer
