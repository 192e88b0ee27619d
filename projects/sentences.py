"""The engine's sentences and figures in the reader's language."""

import re
from typing import Any

from django.utils import formats
from django.utils.translation import gettext

WRITTEN = re.compile(r"[+−-]?\d+\.\d+(?: %)?")  # a figure that the engine has written out already


def sentence(note: dict[str, Any]) -> str:
    """A template with its values; a template that does not fit is shown as it is."""
    return filled(str(note.get("message", "")), note.get("params", {}))


def sentences(notes: list[dict[str, Any]]) -> list[str]:
    """Several of them."""
    return [sentence(note) for note in notes]


def filled(template: str, params: dict[str, Any]) -> str:
    """One template of the engine, its figures with the decimal sign of the reader."""
    try:
        values = {name: as_read(value) for name, value in params.items()}
        return gettext(template) % values if template else ""
    except (KeyError, TypeError, ValueError, AttributeError):
        return gettext(template)


def as_read(value: Any) -> Any:
    """A figure as the reader writes it; words as they are."""
    if isinstance(value, float):
        return formats.number_format(value, use_l10n=True)
    if isinstance(value, str) and WRITTEN.fullmatch(value):
        return value.replace(".", formats.get_format("DECIMAL_SEPARATOR"))
    return value


def figure(value: float, digits: int = 4) -> str:
    """A number shortened to so many digits that count, as the reader writes it."""
    short = float(f"{value:.{digits}g}")
    return formats.number_format(int(short) if short.is_integer() else short, use_l10n=True)


def percent(share: float, places: int = 1) -> str:
    """A share in percent."""
    return f"{formats.number_format(100 * share, places, use_l10n=True)} %"
