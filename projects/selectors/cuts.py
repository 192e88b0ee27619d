"""The two lines that cut the corners of the matrix: where they stand, and what the corners are called."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

HUNDRED = ("value", "feasibility", "risk", "confidence", "priority")  # axes from 0 to 100
MIDDLE = 50.0
MOST = 1e12


@dataclass(frozen=True)
class Cut:
    """One line: where it stands, where it stands by itself, and what is wrong with the place asked for."""

    name: str
    label: Any
    at: float
    usual: float
    most: float
    problem: str = ""

    @property
    def shown(self) -> str:
        """As it stands in the field and in the address."""
        return plain(self.at)

    @property
    def shown_usual(self) -> str:
        """The same for where it stands by itself."""
        return plain(self.usual)

    @property
    def is_moved(self) -> bool:
        """Somebody has put it elsewhere."""
        return self.at != self.usual


def plain(figure: float) -> str:
    """Without a fraction that says nothing."""
    return str(int(figure)) if figure == int(figure) else str(figure)


def cut(name: str, axis: str, label: Any, given: str, figures: Sequence[float]) -> Cut:
    """
    The line asked for. By itself it stands at 50, or for an axis without an end at the median of the figures.

    A place that makes no sense leaves it there and says so.
    """
    most = 100.0 if axis in HUNDRED else MOST
    usual = MIDDLE if axis in HUNDRED else round(median(figures), 1) if figures else 0.0
    if not given.strip():
        return Cut(name, label, usual, usual, most)
    try:
        at = float(given.replace(",", "."))
    except ValueError:
        at = math.nan
    if 0 <= at <= most:
        return Cut(name, label, at, usual, most)
    words = _(
        "“%(given)s” is no place for the line of %(axis)s: write a number from 0 to %(most)s. It stands at %(usual)s."
    )
    shown = {
        "given": given[:40], "axis": label, "most": formats.number_format(most, 0), "usual": formats.number_format(usual, 1),
    }  # fmt: skip
    return Cut(name, label, usual, usual, most, words % shown)


@dataclass(frozen=True)
class Corners:
    """What the four corners are called: upper left, upper right, lower left, lower right."""

    upper_left: str
    upper_right: str
    lower_left: str
    lower_right: str

    def of(self, *, is_up: bool, is_right: bool) -> str:
        """The corner on these sides of the lines."""
        if is_up:
            return self.upper_right if is_right else self.upper_left
        return self.lower_right if is_right else self.lower_left


def corners(across: Any, up: Any, *, is_usual: bool) -> Corners:
    """Advice for feasibility against value, plain words for any other pair."""
    if is_usual:
        return Corners(_("Prepare"), _("Do now"), _("Leave"), _("Quick help"))
    names = {"up": up, "across": across}
    return Corners(
        _("%(up)s high, %(across)s low") % names,
        _("%(up)s high, %(across)s high") % names,
        _("%(up)s low, %(across)s low") % names,
        _("%(up)s low, %(across)s high") % names,
    )
