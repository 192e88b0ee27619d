"""Offers of vendors: side by side, with what rules one out, and the recommendation that follows from them."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from portal.core.verdicts import Refused
from projects import bids, buying
from projects.models import MakeOrBuyAssessment, Offer
from projects.selectors import offers as reads
from projects.services import make_or_buy, offers, use_cases
from tests.people import person
from tests.projects import cases

pytestmark = pytest.mark.django_db
BUY = {each.code: -1 for each in buying.CRITERIA}


def assessed(case, facts=()):
    make_or_buy.assess(
        case, category="common", scores=BUY, facts=facts, costs={"make_build": 100_000, "buy_licence": 1, "rate": 0},
        by=case.product_owner,
    )  # fmt: skip


def add(case, vendor, licence, **more):
    return offers.add(case, vendor=vendor, costs={"buy_licence": licence}, by=case.product_owner, **more)


def kept(case):
    return MakeOrBuyAssessment.objects.get(use_case=case)


def test_the_cheapest_usable_offer_or_the_preferred_one_is_compared_with_making():
    case = cases.in_backlog()
    assessed(case)
    assert kept(case).cost_buy == 3
    dear, cheap = add(case, "Dear", 20_000, on_site="yes"), add(case, "Cheap", 10_000, on_site="no")
    assert kept(case).cost_buy == 30_000
    offers.prefer(dear, by=case.product_owner)
    assert kept(case).cost_buy == 60_000
    offers.prefer(cheap, by=case.product_owner)
    assert kept(case).cost_buy == 30_000 and Offer.objects.filter(is_preferred=True).count() == 1
    offers.change(cheap, costs={"buy_licence": 10_000, "buy_exit": 6_000}, by=case.product_owner)
    assert kept(case).cost_buy == 36_000
    assessed(case, facts=["data_stay"])  # now the cheap one, which does not run here, is ruled out
    judged = {each.bid.vendor: each for each in reads.judged(case, kept(case))}
    assert judged["Cheap"].ruled_out and not judged["Dear"].ruled_out and judged["Dear"].is_cheapest
    assert kept(case).cost_buy == 60_000
    offers.withdraw(dear, by=case.product_owner)
    assert kept(case).cost_buy == 3  # nothing usable is left: what was assumed stands again


def test_what_vendors_answer_fires_and_lifts_vetoes_and_so_changes_the_recommendation():
    case = cases.in_backlog()
    assessed(case, facts=["data_stay", "no_on_site"])
    assert kept(case).vetoes == ["data_cannot_leave"] and kept(case).recommendation == "partner"
    one = add(case, "Here", 10_000, on_site="yes")
    assert kept(case).vetoes == [] and kept(case).recommendation == "buy"
    offers.change(one, on_site="no", by=case.product_owner)
    assert kept(case).recommendation == "partner"
    with pytest.raises(ValidationError):
        use_cases.decide_make_or_buy(case, choice="buy", reason="Quick.", by=case.product_owner)
    for vendor in ("B", "C", "D"):
        add(case, vendor, 10_000, on_site="yes")
    assert "three_suppliers" in bids.facts_with([], reads.judged(case, kept(case)))
    use_cases.decide_make_or_buy(case, choice="buy", reason="Three offer it.", by=case.product_owner)


def test_a_wrong_offer_says_which_field_and_only_those_who_assess_bring_one():
    case = cases.in_backlog()
    add(case, "Vendor", 100)
    wrong = (
        ({"vendor": ""}, "vendor"), ({"vendor": "vendor"}, "vendor"), ({"vendor": "X", "on_site": "perhaps"}, "on_site"),
        ({"vendor": "X", "costs": {"buy_licence": -1}}, "buy_licence"), ({"vendor": "X", "costs": {"buy_rise": 101}}, "buy_rise"),
        ({"vendor": "X", "costs": {"make_build": 1}}, "make_build"), ({"vendor": "X", "link": "no link"}, "link"),
        ({"vendor": "X", "colour": "red"}, "colour"),
    )  # fmt: skip
    for given, field in wrong:
        with pytest.raises(ValidationError) as refusal:
            offers.add(case, **given, by=case.product_owner)
        assert field in refusal.value.message_dict, given
    with pytest.raises(Refused):
        offers.add(case, vendor="X", by=person("Zoe"))
    gone = offers.withdraw(Offer.objects.get(), by=case.product_owner)
    with pytest.raises(Refused, match="withdrawn"):
        offers.change(gone, vendor="Again", by=case.product_owner)
    assert Offer.objects.count() == 1


def test_the_page_shows_offers_side_by_side_and_the_api_judges_them():
    case = cases.in_backlog()
    assessed(case, facts=["data_stay"])
    page = Client()
    page.force_login(case.product_owner)
    sent = {
        "vendor": "Vendor A",
        "on_site": "no",
        "buy_licence": "1000",
        "exit_strategy": "All data within a month.",
    }
    assert page.post(f"/use-cases/{case.pk}/offers/new/", sent).status_code == 302
    assert page.post(f"/use-cases/{case.pk}/offers/new/", {**sent, "buy_licence": "-1"}).status_code == 422
    shown = page.get(f"/use-cases/{case.pk}/make-or-buy/").content.decode()
    assert "Vendor A" in shown and "ruled out" in shown and "All data within a month." in shown
    made = page.post(
        "/api/offers/",
        {"use_case": str(case.pk), "vendor": "B", "costs": {"buy_licence": 5}},
        "application/json",
    )
    assert made.status_code == 201
    assert made.json()["judged"] == {
        "three_year_cost": 15.0, "is_cheapest": True, "ruled_out": [], "cautions": ["No way out is written: one would be locked in."],
    }  # fmt: skip
    assert page.get(f"/api/offers/?use_case={case.pk}&standing=true").json()["count"] == 2
