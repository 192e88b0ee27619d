"""The offers of a use case, read once and judged together."""

from projects import bids, buying
from projects.models import MakeOrBuyAssessment, Offer, UseCase


def judged(use_case: UseCase, assessment: MakeOrBuyAssessment | None = None) -> list[bids.Judged]:
    """All standing offers side by side, by the facts and the rate of the assessment."""
    rows = [bid_of(each) for each in Offer.objects.standing().filter(use_case=use_case)]
    facts = assessment.facts if assessment else []
    rate = (assessment.costs if assessment else {}).get("rate", buying.COSTS["rate"][2])
    return bids.judge(rows, facts, rate)


def bid_of(offer: Offer) -> bids.Bid:
    """An offer as the comparison needs it."""
    answers = {name: getattr(offer, name) for name in bids.QUESTIONS}
    return bids.Bid(
        str(offer.pk),
        offer.vendor,
        offer.costs,
        answers,
        bool(offer.exit_strategy.strip()),
        offer.is_preferred,
        offer,
    )
