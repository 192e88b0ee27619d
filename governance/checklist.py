"""What a reviewer confirms before approving a model."""

from typing import Any

from django.utils.translation import gettext_lazy as _

ITEMS: dict[str, Any] = {
    "guardrails": _("I read every guardrail and every justification."),
    "data": _("The data suits the question, and nothing in it would be unknown at prediction time."),
    "validation": _("The validation imitates how the model will be used."),
    "baseline": _("The model is worth more than the baseline and the simplest alternative."),
    "fairness": _("I looked at groups of people that could be treated worse."),
    "card": _(
        "The card says what the model is for, what it must not be used for and what people do without it."
    ),
    "method": _("The method suits the problem; a simpler one would not do as well."),
    "explained": _("I asked the model to explain itself, and its reasons make sense to the business."),
    "errors": _("I read its worst errors and know what they would cost."),
    "oversight": _("Named people can overrule and stop it, and they know when they must."),
}
# What each risk tier asks for; what nobody has assessed is held to the strictest.
LEAST = ("guardrails", "data", "baseline", "card")
TIERS = {"minimal": LEAST, "limited": (*LEAST, "validation", "fairness", "errors")}


def for_tier(tier: str) -> dict[str, Any]:
    """The points of a tier, in the order of the whole list."""
    asked = TIERS.get(tier, tuple(ITEMS))
    return {code: words for code, words in ITEMS.items() if code in asked}
