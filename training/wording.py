"""Content in several languages: {"en": …, "fr": …}, read in the language of the person served."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

FALLBACK = "en"


def say(texts: Mapping[str, Any] | None) -> Any:
    """The text (or list of texts) in the present language, else in English."""
    if not texts:
        return ""
    code = (get_language() or FALLBACK).split("-")[0]
    return texts.get(code) or texts.get(FALLBACK, "")
