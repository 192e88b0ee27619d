"""Figures beside the story of a finished project: computed from what was verified, never typed."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from governance.models import Measurement, Showcase
from portal.core.models import User

FEW = 4


@dataclass(frozen=True)
class Told:
    """A showcased project with what finance verified."""

    showcase: Showcase
    verified: int

    @property
    def is_lesson(self) -> bool:
        """It ended early: what was learnt is the result."""
        return self.showcase.use_case.phase == "stopped"


def told(rows: list[Showcase]) -> list[Told]:
    """With the verified value of each; one query."""
    found: dict[Any, int] = defaultdict(int)
    keys = [each.use_case_id for each in rows]
    verified = Measurement.objects.filter(line__use_case__in=keys, state=Measurement.State.VERIFIED)
    for key, amount in verified.values_list("line__use_case", "amount"):
        found[key] += amount
    return [Told(each, found[each.use_case_id]) for each in rows]


def newest(user: User) -> list[Told]:
    """The last few that are shown."""
    return told(list(Showcase.objects.visible_to(user).shown().for_list()[:FEW]))
