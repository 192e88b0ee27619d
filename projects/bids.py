"""What offers of vendors say together about make or buy, as pure functions beside `projects.buying`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from projects import buying

COSTS = {code: told for code, told in buying.COSTS.items() if code.startswith("buy_")}
QUESTIONS: dict[str, Any] = {
    "on_site": _("Does it run on our own machines?"),
    "deployable": _("Can it be deployed and exposed simply?"),
    "open_exit": _("Do data and results leave with us in an open form?"),
}
MANY = 3  # suppliers that make it a commodity


@dataclass(frozen=True)
class Bid:
    """One offer as the comparison needs it."""

    key: str
    vendor: str
    costs: Mapping[str, float]
    answers: Mapping[str, str]  # question -> "yes", "no" or ""
    has_way_out: bool
    is_preferred: bool = False
    offer: Any = field(default=None, compare=False)


@dataclass(frozen=True)
class Judged:
    """One offer beside the others."""

    bid: Bid
    total: float | None  # of three years, discounted
    ruled_out: list[Any]  # why it cannot be bought
    cautions: list[Any]
    is_cheapest: bool = False

    @property
    def is_usable(self) -> bool:
        """Nothing rules it out."""
        return not self.ruled_out


def judge(bids: Sequence[Bid], facts: Collection[str], rate: float) -> list[Judged]:
    """
    Each offer with its cost of three years (as `buying.three_year_cost`), what rules it out and what to mind.

    The cheapest is the one that costs least among those not ruled out whose cost is known.
    """
    found = [
        Judged(
            bid,
            buying.three_year_cost({**bid.costs, "rate": rate}, "buy"),
            obstacles(bid, facts),
            cautions(bid),
        )
        for bid in bids
    ]
    known = [each.total for each in found if each.is_usable and each.total is not None]
    least = min(known, default=None)
    return [
        Judged(each.bid, each.total, each.ruled_out, each.cautions, each.is_usable and each.total is not None and each.total == least)
        for each in found
    ]  # fmt: skip


def obstacles(bid: Bid, facts: Collection[str]) -> list[Any]:
    """What rules an offer out."""
    if "data_stay" in facts and bid.answers.get("on_site") == "no":
        return [_("The data may not leave the house, and it does not run here.")]
    return []


def cautions(bid: Bid) -> list[Any]:
    """What speaks against it without ruling it out."""
    found = []
    if not bid.has_way_out:
        found.append(_("No way out is written: one would be locked in."))
    if bid.answers.get("open_exit") == "no":
        found.append(_("Data and results do not come back in an open form."))
    if bid.answers.get("deployable") == "no":
        found.append(_("It cannot be deployed and exposed simply."))
    return found


def facts_with(facts: Collection[str], judged: Sequence[Judged]) -> list[str]:
    """
    The statements of an assessment once offers are known: what they answer stands instead of what was assumed.

    All that is open, and everything without offers, stays as it was ticked.
    """
    found = set(facts)
    for question, code in (("on_site", "no_on_site"), ("deployable", "not_deployable")):
        answers = [each.bid.answers.get(question, "") for each in judged]
        if "yes" in answers:
            found.discard(code)
        elif answers and all(answer == "no" for answer in answers):
            found.add(code)
    if len({each.bid.vendor.casefold() for each in judged if each.is_usable}) >= MANY:
        found.add("three_suppliers")
    return sorted(found)


def costs_with(costs: Mapping[str, float], judged: Sequence[Judged]) -> dict[str, float]:
    """The cost table with the preferred offer, else the cheapest, in the place of what was assumed for buying."""
    usable = [each for each in judged if each.is_usable and each.total is not None]
    chosen = next((each for each in usable if each.bid.is_preferred), None)
    chosen = chosen or next((each for each in usable if each.is_cheapest), None)
    if chosen is None:
        return dict(costs)
    return {code: amount for code, amount in costs.items() if code not in COSTS} | dict(chosen.bid.costs)
