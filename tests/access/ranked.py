"""What ordering, undoing, asking for more and buying leave behind, on each side."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from portal.core import clock
from projects.models import Undo
from projects.services import custom_fields, dependencies, offers, pivots, ranks, undos


def ranked(side: SimpleNamespace, accepted: Callable[..., Any]) -> None:
    """Made by the real services."""
    kind = "closed" if side.is_confidential else "open"
    side.field = custom_fields.define(label=f"A field {kind}", kind="text", by=side.manager)
    side.old_field = custom_fields.define(label=f"An old field {kind}", kind="number", by=side.manager)
    custom_fields.retire(side.old_field, by=side.manager)
    side.offer = offers.add(
        side.main, vendor=f"{side.mark}Vendor", costs={"buy_licence": 9000}, by=side.owner
    )
    side.link = dependencies.add(side.main, needs=side.backlog, reason=f"{side.mark}forecast", by=side.owner)
    side.turning = accepted(side, "Turning")
    pivots.apply_pivot(
        side.turning, until=clock.today() + timedelta(days=9), reason=f"{side.mark}direction", by=side.sponsor, evidence={}
    )  # fmt: skip
    with undos.offering([side.backlog], "rank", by=side.owner) as offer:
        ranks.place(side.backlog, to="top", by=side.owner)
    if offer.undo is None:
        with undos.offering([side.backlog], "rank", by=side.owner) as offer:
            ranks.place(side.backlog, to="bottom", by=side.owner)
    side.undo = offer.undo
    # The world lives longer than the minutes in which one takes back.
    Undo.objects.filter(pk=side.undo.pk).update(until=clock.now() + timedelta(days=1))
