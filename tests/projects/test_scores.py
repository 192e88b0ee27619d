"""Scores: the formulas to three decimals, blind votes, agreed cards."""

import pytest
from django.core.exceptions import ValidationError

from portal.core.verdicts import Refused
from projects import rubric, scoring
from projects.models import ScoreCard, ScoreVote
from projects.services import scores
from tests.people import person
from tests.projects.cases import LEVELS, in_backlog, join, manager, proposal, scored

db = pytest.mark.django_db
VECTORS = [
    # V levels, F levels, R levels, evidence level, V, F, R, P
    ("44424", "544444", "222221", "sample_checked", 67.500, 81.250, 23.750, 58.736),
    ("33323", "334332", "554443", "expert", 46.250, 50.000, 91.875, 19.498),
    ("33432", "445454", "112223", "measured", 50.000, 81.250, 33.125, 53.181),
    ("55244", "223234", "322142", "expert", 81.250, 38.750, 55.000, 30.510),
]


def levels_of(value, feasibility, risk):
    codes = [each.code for each in rubric.CRITERIA]
    return dict(zip(codes, map(int, value + feasibility + risk), strict=True))


@pytest.mark.parametrize(("v", "f", "r", "proof", "value", "feasibility", "risk", "priority"), VECTORS)
def test_the_published_test_vectors_hold(v, f, r, proof, value, feasibility, risk, priority):
    levels = levels_of(v, f, r)

    figures = scoring.score(levels, dict.fromkeys(levels, proof))

    assert figures.value == pytest.approx(value, abs=5e-4)
    assert figures.feasibility == pytest.approx(feasibility, abs=5e-4)
    assert figures.risk == pytest.approx(risk, abs=5e-4)
    assert figures.confidence == pytest.approx(rubric.EVIDENCE[proof])
    assert figures.priority == pytest.approx(priority, abs=5e-4)
    assert figures.coverage == 1
    assert not figures.is_provisional


def test_weights_of_each_axis_come_to_a_hundred():
    assert {
        axis: sum(each.weight for each in rubric.STANDARD.of(axis)) for axis in rubric.AXES
    } == dict.fromkeys(rubric.AXES, 100)


def test_high_value_does_not_buy_impossible_delivery():
    levels = levels_of("55555", "111111", "111111")

    assert scoring.score(levels, {}).priority == 0


def test_an_axis_with_less_than_seven_tenths_is_provisional():
    levels = levels_of("44424", "544444", "222221")
    del levels["V1"]  # 35 of 100

    figures = scoring.score(levels, {})

    assert figures.coverage == pytest.approx(0.65)
    assert figures.is_provisional
    assert figures.value == pytest.approx(100 * (20 * 0.75 + 15 * 0.75 + 15 * 0.25 + 15 * 0.75) / 65)


def test_nothing_assessed_has_no_priority_and_a_middling_risk():
    figures = scoring.score({}, {})

    assert (figures.value, figures.feasibility, figures.priority, figures.confidence) == (
        None,
        None,
        None,
        None,
    )
    assert figures.risk == 50
    assert scoring.what_would_raise_it({}, {}) == []


def test_controls_never_make_risk_vanish():
    assert scoring.residual_risk(80, [0.3, 0.2]) == pytest.approx(44.8)
    assert scoring.residual_risk(80, [0.3] * 9) == pytest.approx(16)


def test_what_would_raise_it_most_is_found_by_trying():
    levels, proof = levels_of("44424", "544444", "222221"), dict.fromkeys(LEVELS, "sample_checked")
    now = scoring.score(levels, proof).priority

    best = scoring.what_would_raise_it(levels, proof)

    gains = {}
    for code, level in levels.items():
        step = -1 if code.startswith("R") else 1
        gains[code] = scoring.score({**levels, code: min(max(level + step, 1), 5)}, proof).priority - now
    assert best[0].gain == pytest.approx(max(gains.values()))
    assert gains[best[0].code] == pytest.approx(max(gains.values()))
    assert best[0].gain >= best[1].gain >= best[2].gain > 0


def test_the_agreed_level_is_the_median_and_the_spread_is_kept():
    found = scoring.agree(
        [({"V1": 2, "V2": 3}, {"V1": "measured"}), ({"V1": 5}, {"V1": "expert"}), ({"V1": 4}, {})]
    )

    assert found.levels == {"V1": 4, "V2": 3}
    assert found.spread == {"V1": 3, "V2": 0}
    assert found.evidence == {"V1": "expert", "V2": "opinion"}
    assert found.widest == 3


@db
def test_two_votes_become_an_agreed_card_with_its_figures():
    use_case = in_backlog()

    card = scored(use_case)

    card.refresh_from_db()
    use_case.refresh_from_db()
    assert (card.state, card.voters) == ("agreed", 2)
    assert card.priority == pytest.approx(58.736, abs=5e-4)
    assert use_case.priority == card.priority


@db
def test_others_do_not_see_a_vote_before_the_card_is_agreed():
    use_case = in_backlog()
    olga, ana = use_case.product_owner, use_case.submitter
    card = scores.open_card(use_case, by=olga)
    mine = scores.vote(card, levels={"V1": 3}, by=olga)

    assert list(ScoreVote.objects.visible_to(ana)) == []
    assert list(ScoreVote.objects.visible_to(person(duties=("auditor",)))) == []
    assert list(ScoreVote.objects.visible_to(olga)) == [mine]
    scores.agree(card, by=olga)

    assert list(ScoreVote.objects.visible_to(ana)) == [mine]


@db
def test_votes_far_apart_need_a_comment():
    use_case = in_backlog()
    olga = use_case.product_owner
    card = scores.open_card(use_case, by=olga)
    scores.vote(card, levels={"V1": 1}, by=olga)
    scores.vote(card, levels={"V1": 3}, by=use_case.submitter)

    with pytest.raises(ValidationError) as refusal:
        scores.agree(card, by=olga)
    assert "comment" in refusal.value.message_dict
    assert ScoreCard.objects.get().state == "open"

    scores.agree(card, comment="Sales figures settle it.", by=olga)
    assert ScoreCard.objects.get().levels == {"V1": 2}


@db
@pytest.mark.parametrize(
    "levels", [{}, {"V1": 0}, {"V1": 6}, {"V1": "3"}, {"V1": True}, {"V1": 2.5}, {"X9": 3}]
)
def test_a_wrong_level_is_refused_and_not_kept(levels):
    use_case = in_backlog()
    card = scores.open_card(use_case, by=use_case.product_owner)

    with pytest.raises(ValidationError):
        scores.vote(card, levels=levels, by=use_case.product_owner)

    assert not ScoreVote.objects.exists()


@db
def test_a_vote_may_be_changed_while_it_is_open_and_not_afterwards():
    use_case = in_backlog()
    olga = use_case.product_owner
    card = scores.open_card(use_case, by=olga)
    scores.vote(card, levels={"V1": 1}, by=olga)
    scores.vote(card, levels={"V1": 5}, by=olga)
    scores.agree(card, by=olga)

    with pytest.raises(Refused):
        scores.vote(card, levels={"V1": 2}, by=olga)

    card.refresh_from_db()
    assert card.levels == {"V1": 5}


@db
def test_strangers_do_not_vote_and_members_do_not_close_the_vote():
    use_case = in_backlog()
    member = join(use_case, "data_analyst").user
    card = scores.open_card(use_case, by=use_case.product_owner)

    with pytest.raises(Refused):
        scores.vote(card, levels={"V1": 3}, by=person())
    scores.vote(card, levels={"V1": 3}, by=member)
    with pytest.raises(Refused):
        scores.agree(card, by=member)

    assert ScoreCard.objects.get().state == "open"


@db
def test_a_card_without_votes_is_not_agreed():
    use_case = in_backlog()
    card = scores.open_card(use_case, by=use_case.product_owner)

    with pytest.raises(Refused, match="Nobody has voted"):
        scores.agree(card, by=use_case.product_owner)


@db
def test_a_second_vote_waits_for_the_first_and_its_card_supersedes_the_old_one():
    use_case = in_backlog()
    first = scored(use_case)
    scores.open_card(use_case, by=use_case.product_owner)

    with pytest.raises(Refused, match="already open"):
        scores.open_card(use_case, by=manager())
    second = use_case.score_cards.get(state="open")
    scores.vote(second, levels={"V1": 1}, by=use_case.product_owner)
    scores.agree(second, by=use_case.product_owner)

    first.refresh_from_db()
    assert first.state == "superseded"
    assert first.priority == pytest.approx(58.736, abs=5e-4)


@db
def test_a_proposal_is_not_scored_before_it_is_accepted():
    with pytest.raises(Refused, match="not been accepted"):
        scores.open_card(proposal(), by=manager())
