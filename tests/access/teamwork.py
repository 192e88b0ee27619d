"""What a squad does together, for both sides of the world of the matrix."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from portal.core import clock
from projects.models import TrustContract
from projects.services import contracts, cycles, hypotheses, squad_sizes, stories


def teamwork(side: Any, accepted: Callable[[Any, str], Any]) -> None:
    """What a squad does together: owners named, a contract that waits, a hypothesis, a cycle with a story."""
    mark, owner, today = side.mark, side.owner, clock.today()
    texts = dict.fromkeys(TrustContract.TEXTS, f"{mark}8 of 10")
    side.contract = contracts.write(side.main, **texts, by=owner)
    side.hypothesis = hypotheses.state(side.main, statement=f"{mark}One in ten leaves", by=owner)
    side.answered = hypotheses.state(side.main, statement=f"{mark}Age matters", by=owner)
    hypotheses.answer(
        side.answered, is_true=True, version=side.version, column="left", finding=f"{mark}yes", by=side.author
    )
    side.cycle = cycles.plan(
        side.main, goal=f"{mark}goal", starts_on=today, ends_on=today + timedelta(days=9), by=owner
    )
    side.story = stories.add(side.main, title=f"{mark}story", cycle=side.cycle, by=owner)
    side.small = accepted(side, "Small part")
    side.part = squad_sizes.link(side.main, part=accepted(side, "Part"), by=owner)
