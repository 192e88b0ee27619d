"""Offers of vendors: added, changed, preferred, withdrawn; each time the recommendation is computed anew."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import require
from projects import bids, rules
from projects.models import Offer, UseCase
from projects.services import make_or_buy

MOST = 12
FIELDS = ("vendor", "product", "link", "exit_strategy", "on_site", "deployable", "open_exit", "note")


@transaction.atomic
def add(use_case: UseCase, *, by: User, costs: Mapping[str, float] | None = None, **given: Any) -> Offer:
    """Put one vendor's offer beside the others. Raises `ValidationError` naming each wrong field."""
    require(rules.offers.may_add(by, use_case))
    known(given)
    if Offer.objects.standing().filter(use_case=use_case).count() >= MOST:
        raise ValidationError({"vendor": _("%(most)s offers are enough: withdraw one.") % {"most": MOST}})
    offer = Offer(use_case=use_case, added_by=by, costs=dict(costs or {}), **trimmed(given))
    check(offer)
    offer.save(force_insert=True)
    audit.record("offer.added", use_case, by=by, offer=str(offer.pk), after=facts(offer))
    make_or_buy.follow_offers(use_case)
    return offer


@transaction.atomic
def change(offer: Offer, *, by: User, **given: Any) -> Offer:
    """Change what it says; `costs` is replaced as a whole."""
    require(rules.offers.may_change(by, offer))
    known({name: value for name, value in given.items() if name != "costs"})
    before = facts(offer)
    for name, value in trimmed(given).items():
        setattr(offer, name, value)
    try:
        check(offer)
    except ValidationError:
        offer.refresh_from_db()
        raise
    offer.save(update_fields=sorted(given))
    audit.record(
        "offer.changed", offer.use_case, by=by, offer=str(offer.pk), before=before, after=facts(offer)
    )
    make_or_buy.follow_offers(offer.use_case)
    return offer


@transaction.atomic
def prefer(offer: Offer, *, by: User) -> Offer:
    """The one whose cost the comparison with making uses; there is one at most."""
    require(rules.offers.may_change(by, offer))
    Offer.objects.standing().filter(use_case=offer.use_case).exclude(pk=offer.pk).update(is_preferred=False)
    offer.is_preferred = True
    offer.save(update_fields=["is_preferred"])
    audit.record("offer.preferred", offer.use_case, by=by, offer=str(offer.pk), vendor=offer.vendor)
    make_or_buy.follow_offers(offer.use_case)
    return offer


@transaction.atomic
def withdraw(offer: Offer, *, by: User) -> Offer:
    """Take it off the table; it is kept."""
    require(rules.offers.may_change(by, offer))
    offer.withdrawn_at, offer.is_preferred = clock.now(), False
    offer.save(update_fields=["withdrawn_at", "is_preferred"])
    audit.record("offer.withdrawn", offer.use_case, by=by, offer=str(offer.pk), vendor=offer.vendor)
    make_or_buy.follow_offers(offer.use_case)
    return offer


def known(given: Mapping[str, Any]) -> None:
    """Nothing but what an offer says."""
    if unknown := sorted(set(given) - set(FIELDS)):
        raise ValidationError({name: _("This field is not known here.") for name in unknown})


def trimmed(given: Mapping[str, Any]) -> dict[str, Any]:
    """Text without blanks around it."""
    return {name: value.strip() if isinstance(value, str) else value for name, value in given.items()}


def check(offer: Offer) -> None:
    """The model's own checks, known costs within their bounds, no vendor and product twice."""
    problems: dict[str, Any] = {}
    try:
        offer.full_clean(exclude=["use_case", "added_by", "costs"])
    except ValidationError as problem:
        problems |= problem.message_dict
    for code, amount in offer.costs.items():
        wrong = make_or_buy.wrong_amount(code, amount) if code in bids.COSTS else _("This cost is not known.")
        if wrong:
            problems[code] = wrong
    same = Offer.objects.standing().filter(
        use_case=offer.use_case, vendor__iexact=offer.vendor, product__iexact=offer.product
    )
    if same.exclude(pk=offer.pk).exists():
        problems["vendor"] = _("This vendor and product stand here already.")
    if problems:
        raise ValidationError(problems)


def facts(offer: Offer) -> dict[str, Any]:
    """What the trail keeps."""
    return {name: getattr(offer, name) for name in (*FIELDS, "costs", "is_preferred")}
