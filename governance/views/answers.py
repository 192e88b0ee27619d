"""What pages do with a refusal of a service."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest

from portal.core.states import IllegalMove


def tell_errors(form: Form, error: ValidationError | IllegalMove) -> None:
    """The refusal beside the fields it names, or above the form."""
    if isinstance(error, IllegalMove):
        form.add_error(None, str(error))
        return
    named = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, texts in named.items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)


def attempt(form: Form, call: Callable[[], Any]) -> tuple[bool, Any]:
    """Whether the service took it; otherwise its words stand on the form."""
    try:
        return True, call()
    except (ValidationError, IllegalMove) as error:
        tell_errors(form, error)
        return False, None


def attempt_or_tell(request: HttpRequest, call: Callable[[], Any], done: Any) -> bool:
    """For buttons without a form: the words of the service as a message."""
    try:
        call()
    except IllegalMove as error:
        messages.warning(request, str(error))
        return False
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    messages.success(request, done)
    return True
