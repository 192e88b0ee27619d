"""The form of an offer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects import bids
from projects.forms.use_cases import text
from projects.models import Offer
from projects.services.offers import FIELDS


class OfferForm(forms.Form):
    """Who offers what, for how much, with which way out."""

    vendor = forms.CharField(label=_("Vendor"), max_length=120)
    product = forms.CharField(label=_("Product"), max_length=120, required=False)
    link = forms.URLField(label=_("Link"), required=False, assume_scheme="https")
    exit_strategy = text(
        _("Way out"), required=False, hint=_("How one gets out again, with what in one's hands, and by when.")
    )
    note = text(_("Note"), rows=2, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, question in bids.QUESTIONS.items():
            self.fields[code] = forms.ChoiceField(
                label=question, choices=Offer.Answer.choices, required=False
            )
        for code, (label, is_share, default) in bids.COSTS.items():
            self.fields[code] = forms.FloatField(
                label=label, min_value=0, max_value=100 if is_share else 10**12, required=False,
                initial=default if is_share else None,
            )  # fmt: skip

    @property
    def words(self) -> list[Any]:
        """Who, what, and the way out."""
        return [self[name] for name in ("vendor", "product", "link", "exit_strategy", "note")]

    @property
    def answers(self) -> list[Any]:
        """What may rule it out."""
        return [self[name] for name in bids.QUESTIONS]

    @property
    def money(self) -> list[Any]:
        """The cost table."""
        return [self[name] for name in bids.COSTS]

    @property
    def given(self) -> dict[str, Any]:
        """As the service takes it."""
        data = self.cleaned_data
        return {name: data[name] for name in FIELDS} | {
            "costs": {code: data[code] for code in bids.COSTS if data.get(code) is not None}
        }


def initial_of(offer: Offer) -> dict[str, Any]:
    """What it says now."""
    return {name: getattr(offer, name) for name in FIELDS} | offer.costs
