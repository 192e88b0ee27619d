"""What the pages of squads share: one act behind a button, told when it is refused by its input."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from portal.core.states import IllegalMove


def done(request: HttpRequest, act: Callable[[], Any]) -> bool:
    """Carry out an act without a form; what is wrong is told on the next page."""
    try:
        act()
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return False
    except IllegalMove as problem:
        messages.error(request, str(problem))
        return False
    return True


def bound(request: HttpRequest, name: str) -> Any:
    """The data of one of several forms of a page: only the one that was sent is bound."""
    return request.POST if request.method == "POST" and request.POST.get("does", name) == name else None
