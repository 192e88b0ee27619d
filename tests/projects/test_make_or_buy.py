"""Make or buy: the balance, vetoes and cost to the published figures; assessments and decisions."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, strategies as st

from portal.core.models import AuditEvent
from portal.core.verdicts import Refused
from projects import buying
from projects.models import MakeOrBuyAssessment
from projects.services import make_or_buy, use_cases
from tests.people import person
from tests.projects.cases import in_backlog, join, manager, proposal

db = pytest.mark.django_db
VECTOR = dict(zip(buying.BY_CODE, (-1, 1, -1, -2, -1, -1, 1), strict=True))
COSTS = {
    "make_build": 180_000, "make_start": 20_000, "make_run": 20_000, "make_governance": 10_000, "make_maintenance": 22,
    "buy_integration": 60_000, "buy_start": 25_000, "buy_licence": 70_000, "buy_rise": 7, "buy_governance": 10_000,
    "buy_exit": 20_000, "rate": 8,
}  # fmt: skip
levels = st.fixed_dictionaries({code: st.sampled_from(buying.LEVELS) for code in buying.BY_CODE})


def test_the_published_balance_says_buy():
    assert buying.balance(VECTOR) == pytest.approx(-30, abs=5e-4)
    assert buying.recommend(buying.balance(VECTOR), []) == "buy"


def test_the_published_costs_of_three_years_hold():
    assert buying.flows(COSTS)["buy"] == pytest.approx([85_000, 80_000, 84_900, 110_143])
    assert buying.three_year_cost(COSTS, "make") == pytest.approx(379_365.950, abs=5e-4)
    assert buying.three_year_cost(COSTS, "buy") == pytest.approx(319_297.204, abs=5e-4)


@pytest.mark.parametrize(
    ("balance", "word"),
    [(100, "make"), (25, "make"), (24.9, "partner"), (-24.9, "partner"), (-25, "buy"), (None, "")],
)
def test_the_word_follows_from_the_number(balance, word):
    assert buying.by_number(balance) == word


@given(levels)
def test_the_balance_stays_between_buy_and_make_and_turns_with_its_levels(scores):
    found = buying.balance(scores)

    assert -100 <= found <= 100
    assert buying.balance({code: -level for code, level in scores.items()}) == pytest.approx(-found)


@given(levels, st.lists(st.sampled_from(list(buying.FACTS))), st.booleans())
def test_what_a_veto_rules_out_is_never_recommended(scores, facts, is_prohibited):
    fired = buying.vetoes(facts, is_prohibited=is_prohibited)

    assert all(buying.recommend(buying.balance(scores), fired) not in veto.against for veto in fired)


def test_one_open_criterion_leaves_the_balance_open():
    assert buying.balance({**VECTOR} | {}) is not None
    assert buying.balance({code: level for code, level in VECTOR.items() if code != "exit"}) is None


@pytest.mark.parametrize(
    ("facts", "code", "against"),
    [
        (["data_stay", "no_on_site"], "data_cannot_leave", ("buy",)),
        (["no_builder", "no_training"], "nobody_to_make", ("make",)),
        (["three_suppliers", "no_difference"], "commodity", ("make",)),
        (["rule_enough"], "rule_first", ("make", "buy", "partner")),
    ],
)
def test_each_veto_needs_all_its_facts(facts, code, against):
    assert [(veto.code, veto.against) for veto in buying.vetoes(facts)] == [(code, against)]
    if len(facts) > 1:
        assert buying.vetoes(facts[:1]) == buying.vetoes(facts[1:]) == []


def test_where_buying_is_ruled_out_a_partner_comes_next():
    fired = buying.vetoes(["data_stay", "no_on_site"])

    assert buying.recommend(-80, fired) == "partner"


@db
def test_an_assessment_keeps_its_answers_and_what_follows_from_them():
    use_case = in_backlog()
    analyst = join(use_case, "data_analyst").user

    kept = make_or_buy.assess(
        use_case,
        category="common",
        scores=VECTOR,
        costs=COSTS,
        answers={"exit": " Export of all data. "},
        by=analyst,
    )

    assert (kept.balance, kept.recommendation, kept.answers) == (-30, "buy", {"exit": "Export of all data."})
    assert (round(kept.cost_make), round(kept.cost_buy)) == (379_366, 319_297)
    make_or_buy.assess(use_case, category="product", by=use_case.product_owner)
    again = MakeOrBuyAssessment.objects.get()
    assert (again.category, again.recommendation, again.cost_buy) == ("product", "", None)
    trail = AuditEvent.objects.about(use_case).filter(verb="make_or_buy.assessed").order_by("seq")
    assert trail.last().details["before"]["recommendation"] == "buy"


@db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"category": "sorcery"}, "category"),
        ({"scores": {"cost": 3}}, "cost"),
        ({"scores": {"cost": True}}, "cost"),
        ({"scores": {"luck": 1}}, "luck"),
        ({"facts": ["moon"]}, "facts"),
        ({"answers": {"exit": "x" * 2001}}, "exit"),
        ({"answers": {"weather": "x"}}, "weather"),
        ({"costs": {"make_build": -1}}, "make_build"),
        ({"costs": {"make_build": float("inf")}}, "make_build"),
        ({"costs": {"rate": 101}}, "rate"),
        ({"costs": {"bribes": 1}}, "bribes"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_nothing_kept(wrong, field):
    use_case = in_backlog()

    with pytest.raises(ValidationError) as refusal:
        make_or_buy.assess(use_case, **({"category": "common"} | wrong), by=use_case.product_owner)

    assert set(refusal.value.message_dict) == {field}
    assert not MakeOrBuyAssessment.objects.exists()


@db
def test_strangers_assess_nothing_and_proposals_are_not_assessed():
    with pytest.raises(Refused):
        make_or_buy.assess(in_backlog(), category="common", by=person())
    with pytest.raises(Refused):
        make_or_buy.assess(proposal(), category="common", by=manager())

    assert not MakeOrBuyAssessment.objects.exists()


@db
def test_a_hard_veto_refuses_the_choice_and_a_soft_one_asks_for_the_exception():
    use_case = in_backlog()
    olga = use_case.product_owner
    facts = ["data_stay", "no_on_site", "three_suppliers", "no_difference"]
    make_or_buy.assess(use_case, category="common", scores=VECTOR, facts=facts, by=olga)

    with pytest.raises(ValidationError) as refusal:
        use_cases.decide_make_or_buy(
            use_case, choice="buy", reason="It is cheap.", exception="Please.", by=olga
        )
    assert set(refusal.value.message_dict) == {"choice"}
    with pytest.raises(ValidationError) as refusal:
        use_cases.decide_make_or_buy(use_case, choice="make", reason="We want to.", by=olga)
    assert set(refusal.value.message_dict) == {"exception"}
    use_case.refresh_from_db()
    assert use_case.make_or_buy == "undecided"

    use_cases.decide_make_or_buy(
        use_case, choice="make", reason="We want to.", exception="The board agreed on 3 May.", by=olga
    )
    use_case.refresh_from_db()
    assert use_case.make_or_buy == "make"
    assert "The board agreed" in use_case.make_or_buy_reason


@db
def test_a_prohibited_use_is_neither_made_nor_bought():
    use_case = in_backlog()
    use_cases.set_risk_tier(
        use_case, tier="prohibited", reason="Banned.", by=person(duties=("risk_officer",))
    )

    for choice in ("make", "buy", "partner"):
        with pytest.raises(ValidationError):
            use_cases.decide_make_or_buy(use_case, choice=choice, reason="Still.", by=use_case.product_owner)

    use_case.refresh_from_db()
    assert use_case.make_or_buy == "undecided"
