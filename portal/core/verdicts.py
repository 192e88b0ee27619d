"""Yes, or no with the reason and the remedy: the answer of every rule."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied


@dataclass(frozen=True)
class Verdict:
    """
    True or false in an `if`; a refusal says why and what to do.

    `remedy` is a short sentence, `url` the page where the remedy is found.
    """

    allowed: bool
    reason: Any = ""
    remedy: Any = ""
    url: str = ""
    code: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Verdict(True)


def no(reason: Any, remedy: Any = "", url: str = "", code: str = "") -> Verdict:
    """A refusal in words for the person refused."""
    return Verdict(False, reason, remedy, url, code)


class Refused(PermissionDenied):
    """A rule said no; `verdict` holds why. Pages answer 403 with it, the API too."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(str(verdict.reason))
        self.verdict = verdict


def require(verdict: Verdict) -> None:
    """Raise `Refused` unless the verdict is yes."""
    if not verdict:
        raise Refused(verdict)


def first_no(*verdicts: Verdict) -> Verdict:
    """The first refusal of several rules, or yes."""
    return next((verdict for verdict in verdicts if not verdict), YES)
