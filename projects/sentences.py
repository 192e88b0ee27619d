"""The engine's sentences in the reader's language."""

from typing import Any

from django.utils.translation import gettext


def sentence(note: dict[str, Any]) -> str:
    """A template with its values; a template that does not fit is shown as it is."""
    template = str(note.get("message", ""))
    try:
        return gettext(template) % note.get("params", {}) if template else ""
    except (KeyError, TypeError, ValueError):
        return gettext(template)


def sentences(notes: list[dict[str, Any]]) -> list[str]:
    """Several of them."""
    return [sentence(note) for note in notes]
