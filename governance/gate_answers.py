"""What a check of a gate answers."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Answer:
    """Whether one requirement is met, what was seen and how to meet it."""

    met: bool
    label: str
    detail: str = ""
    remedy: str = ""
    url: str = ""


def link(name: str, *args: object) -> str:
    """Where a remedy is found, or nothing while that page does not exist."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
