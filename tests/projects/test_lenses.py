"""The lenses beside P, where they disagree, and why one stands above another."""

import itertools

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, strategies as st

from portal.core.verdicts import Refused
from projects import comparison, lenses
from projects.models import Estimate, ScoreCard
from projects.selectors import lenses as reads
from projects.services import estimates
from tests.people import person
from tests.projects.cases import in_backlog, join, manager, proposal, scored

db = pytest.mark.django_db
CASES = {
    # priority, RICE inputs, WSJF inputs, CD3 inputs, then the three figures
    "A": (58.736, (4000, 1, 0.8, 4), (8, 5, 3, 5), (400_000, 16), 800.0, 3.2, 480.769),
    "B": (19.498, (600, 2, 0.5, 5), (5, 5, 3, 8), (250_000, 20), 120.0, 1.625, 240.385),
    "C": (53.181, (2500, 0.5, 1.0, 1.5), (8, 5, 1, 2), (250_000, 10), 833.333, 7.0, 480.769),
    "D": (30.510, (120, 3, 0.5, 9), (13, 8, 5, 13), (900_000, 40), 20.0, 2.0, 432.692),
}


@pytest.mark.parametrize("case", CASES)
def test_the_published_figures_of_each_lens_hold(case):
    _priority, rice, wsjf, cd3, r, w, c = CASES[case]

    assert lenses.rice(*rice) == pytest.approx(r, abs=5e-4)
    assert lenses.wsjf(*wsjf) == pytest.approx(w, abs=5e-4)
    assert lenses.cd3(*cd3) == pytest.approx(c, abs=5e-4)


def test_the_published_orders_hold():
    by = {
        "P": {key: row[0] for key, row in CASES.items()},
        "RICE": {key: lenses.rice(*row[1]) for key, row in CASES.items()},
        "WSJF": {key: lenses.wsjf(*row[2]) for key, row in CASES.items()},
        "CD3": {key: lenses.cd3(*row[3]) for key, row in CASES.items()},
    }

    assert "".join(lenses.orders(by["P"])) == "ACDB"
    assert "".join(lenses.orders(by["RICE"])) == "CABD"
    assert "".join(lenses.orders(by["WSJF"])) == "CADB"
    assert lenses.ranks(by["CD3"]) == {"A": 1.5, "C": 1.5, "D": 3, "B": 4}


def test_a_lens_without_its_figures_says_nothing_instead_of_zero():
    assert lenses.rice(100, None, 0.5, 2) is None
    assert lenses.rice(100, 1, 0.5, 0) is None
    assert lenses.wsjf(1, 1, 1, None) is None
    assert lenses.cd3(None, 4) is None


def test_three_ranks_apart_raise_the_flag_and_two_do_not():
    priorities = dict(zip("abcde", (90, 80, 70, 60, 50), strict=True))
    upside_down = dict(zip("abcde", (2, 10, 8, 6, 1), strict=True))

    first = lenses.disagreement("a", "rice", priorities, upside_down)
    last = lenses.disagreement("b", "rice", priorities, upside_down)

    assert (first.by_priority, first.by_lens, first.is_flagged) == (1, 4, True)
    assert (last.by_priority, last.by_lens, last.is_flagged) == (2, 1, False)
    assert lenses.disagreement("z", "rice", priorities, upside_down) is None


def test_kendall_is_one_for_the_same_order_and_minus_one_for_the_reverse():
    ranks = {key: float(place) for place, key in enumerate("abcd")}

    assert lenses.kendall(ranks, ranks) == 1
    assert lenses.kendall(ranks, {key: -rank for key, rank in ranks.items()}) == -1
    assert lenses.kendall({"a": 1.0}, {"a": 1.0}) is None


factors = st.builds(
    comparison.Figures,
    value=st.floats(0, 100),
    feasibility=st.floats(0, 100),
    confidence=st.floats(0.3, 1),
    risk=st.floats(0, 100),
)


@given(factors, factors)
def test_the_shares_always_come_to_the_whole_difference(one, other):
    assert sum(each.points for each in comparison.shares(one, other)) == pytest.approx(
        one.priority - other.priority, abs=1e-9
    )


@given(factors)
def test_what_is_the_same_has_no_share(one):
    other = comparison.Figures(one.value, one.feasibility, one.confidence, 0)

    points = {each.factor: each.points for each in comparison.shares(one, other)}

    assert points["value"] == points["feasibility"] == points["confidence"] == pytest.approx(0)
    assert points["risk"] <= 1e-12


def agreed(use_case, value, feasibility=50.0, confidence=0.5, risk=20.0):
    figures = comparison.Figures(value, feasibility, confidence, risk)
    return ScoreCard.objects.create(
        use_case=use_case, state="agreed", opened_by=use_case.product_owner, value=value, feasibility=feasibility,
        confidence=confidence, risk=risk, priority=figures.priority, coverage=1,
    )  # fmt: skip


@db
def test_the_sentence_names_what_speaks_for_and_against_in_either_order_of_asking():
    one, other = in_backlog(), in_backlog()
    agreed(one, 80, confidence=0.6)
    agreed(other, 40, confidence=1.0)

    found = reads.why(other, one)

    assert (found.upper, found.lower) == (one, other)
    assert f"{one.ref} stands" in found.sentence
    assert "value (80.0 against 40.0" in found.sentence
    assert f"In favour of {other.ref}: confidence (0.60 against 1.00" in found.sentence
    assert reads.why(one, other) == found


@db
def test_without_two_agreed_scores_there_is_no_why():
    one, other = in_backlog(), in_backlog()
    agreed(one, 80)

    assert reads.why(one, other) is None


@db
def test_the_figures_are_given_kept_and_changed_one_by_one():
    use_case = in_backlog()
    scored(use_case)
    olga = use_case.product_owner

    estimates.give(use_case, reach=4000, impact=1.0, effort_months=4.0, by=olga)
    estimates.give(use_case, weeks=16, yearly_value=400_000, by=olga)

    use_case.refresh_from_db()
    found = {each.code: each for each in reads.lenses_of(use_case, olga, use_case.score_cards.get())}
    assert found["rice"].figure == pytest.approx(800)
    assert found["cd3"].figure == pytest.approx(480.769, abs=5e-4)
    assert found["wsjf"].figure is None
    assert len(found["wsjf"].missing) == 4


@db
@pytest.mark.parametrize(
    "wrong",
    [
        {"reach": -1}, {"impact": 7.0}, {"effort_months": 0.0}, {"effort_months": float("nan")}, {"job_size": 4},
        {"weeks": 0}, {"yearly_value": 10**13}, {"mood": 3},
    ],
)  # fmt: skip
def test_a_figure_out_of_range_is_refused_by_name_and_nothing_kept(wrong):
    use_case = in_backlog()

    with pytest.raises(ValidationError) as refusal:
        estimates.give(use_case, **wrong, by=use_case.product_owner)

    assert set(refusal.value.message_dict) == set(wrong)
    assert not Estimate.objects.exists()


@db
def test_strangers_give_no_figures_and_proposals_have_none():
    use_case, waiting = in_backlog(), proposal()
    member = join(use_case, "data_analyst").user

    with pytest.raises(Refused):
        estimates.give(use_case, reach=1, by=person())
    with pytest.raises(Refused):
        estimates.give(waiting, reach=1, by=manager())
    assert not Estimate.objects.exists()
    assert estimates.give(use_case, reach=1, by=member).reach == 1


@db
def test_places_are_asked_in_one_query_however_many_there_are():
    user = manager()

    def asked():
        with CaptureQueriesContext(connection) as queries:
            reads.standings(user)
        return len(queries)

    agreed(in_backlog(), 50)
    user.has_duty("portfolio_manager")
    before = asked()
    for _each in itertools.repeat(None, 3):
        agreed(in_backlog(), 60)

    assert asked() == before == 1


@db
def test_a_confidential_use_case_takes_no_place_for_those_who_do_not_see_it():
    hidden = in_backlog(is_confidential=True)
    agreed(hidden, 90)

    priorities, _by_lens = reads.standings(person())

    assert priorities == {}
