"""The order by hand: places stay put, differences to the score are told, and everything is taken back once."""

import random
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import AuditEvent, Right
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects import ranks as pure
from projects.models import Undo, UseCase
from projects.selectors import ranks as reads
from projects.services import bulk, ranks, scores, triage, undos, use_cases
from projects.tables.use_cases import UseCaseTable
from tests.people import person

pytestmark = pytest.mark.django_db


def test_a_rank_fits_between_any_two_and_digits_keep_the_order():
    chance = random.Random(5)  # noqa: S311  figures to test with
    order = [pure.FIRST]
    for _turn in range(800):
        at = chance.randrange(len(order) + 1)
        if at == 0:
            order.insert(0, pure.preceding(order[0]))
        elif at == len(order):
            order.append(pure.following(order[-1]))
        else:
            order.insert(at, pure.between(order[at - 1], order[at]))
    assert order == sorted(set(order)) and not any(each.endswith("0") for each in order)
    evenly = pure.spread(10_000)
    assert evenly == sorted(set(evenly)) and max(map(len, evenly)) <= pure.STEPS
    with pytest.raises(ValueError, match="ahead"):
        pure.between("7", "3")


@pytest.fixture
def backlog():
    """Five use cases of two owners, scored 50, 40, 30, 20 and not at all; and the portfolio manager."""
    boss = person("Pia", duties=(Duty.PORTFOLIO_MANAGER,))
    olga, omar = (person(name, rights=(Right.OWN_USE_CASE,)) for name in ("Olga", "Omar"))
    made = []
    for number, owner in enumerate((olga, omar, olga, omar, olga)):
        case = use_cases.propose(title=f"Case {number}", problem="Too late, too often.", by=boss)
        triage.accept(case, product_owner=owner, risk_tier="limited", by=boss)
        made.append(case)
    for case, points in zip(made, (50, 40, 30, 20), strict=False):
        UseCase.objects.filter(pk=case.pk).update(priority=points)
        case.refresh_from_db()
        ranks.follow_score(case)
    return boss, olga, made


def order():
    return [each.title[-1] for each in reads.by_hand(UseCase.objects.all())]


def test_what_is_placed_stays_beside_its_neighbours_while_the_others_follow_their_scores(backlog):
    boss, olga, made = backlog
    assert order() == list("01234")
    ranks.place(made[4], before=made[1], by=olga)
    assert order() == list("04123")
    assert reads.places(made, olga)[made[4].pk].sentence == "placed by hand, 3 above its score"
    ranks.place(made[0], to="bottom", by=boss)
    assert order() == list("41230")
    assert reads.places(made, olga)[made[0].pk].sentence == "placed by hand, 4 below its score"

    UseCase.objects.filter(pk=made[3].pk).update(
        priority=45
    )  # a new score moves what nobody placed, and only that
    ranks.follow_score(made[3])
    assert order() == list("43120")
    UseCase.objects.filter(pk=made[0].pk).update(priority=1)
    ranks.follow_score(made[0])
    assert order() == list("43120")

    ranks.place(made[4], to="score", by=olga)
    assert order() == list("31240") or order() == list("31204")
    made[4].refresh_from_db()
    assert not made[4].is_ranked and AuditEvent.objects.filter(verb="use_case.rank_released").count() == 1
    ranks.rebalance()
    assert set(order()) == set("01234")


def test_only_the_owner_or_a_portfolio_manager_places_and_exactly_one_place_is_named(backlog):
    _boss, olga, made = backlog
    before = order()
    for wrong in ({}, {"to": "sideways"}, {"to": "up", "before": made[0]}, {"after": made[2]}):
        with pytest.raises(ValidationError):
            ranks.place(made[2], **wrong, by=olga)
    for user in (person("Zoe"), person("Adam", duties=(Duty.ADMINISTRATOR,)), made[1].product_owner):
        with pytest.raises(Refused):
            ranks.place(made[2], to="top", by=user)
    draft = use_cases.propose(title="Draft 9", problem="Not yet.", submit=False, by=olga)
    with pytest.raises(Refused):
        ranks.place(draft, to="top", by=olga)
    assert order()[:5] == before


def test_many_moves_into_one_place_keep_the_order_and_ranks_short(backlog, monkeypatch):
    boss, _olga, made = backlog
    monkeypatch.setattr(pure, "LONGEST", 12)  # reached after some 40 moves instead of 180
    for turn in range(50):
        ranks.place(made[3 + turn % 2], after=made[0], by=boss)
    assert order()[0] == "0" and set(order()[1:3]) == {"3", "4"}
    assert max(len(each) for each in UseCase.objects.values_list("rank", flat=True)) <= pure.LONGEST
    monkeypatch.undo()
    UseCase.objects.filter(pk=made[1].pk).update(rank="")
    assert ranks.keep_short() == 5 and ranks.keep_short() == 0


def test_the_page_sorts_by_hand_moves_by_its_menu_and_offers_the_way_back(backlog, django_assert_num_queries):
    _boss, olga, made = backlog
    page = Client()
    page.force_login(olga)
    sent = page.post(f"/use-cases/{made[4].pk}/rank/", {"to": "top"}, follow=True)
    words = sent.content.decode()
    assert "4 above its score" in words and "Undo" in words
    shown = page.get("/use-cases/?sort=rank&phase=backlog")
    table = shown.context["table"]
    assert [row.record.title[-1] for row in table.rows] == list("40123")
    assert "rank-grip" in shown.content.decode() and "↑ 4" in shown.content.decode()
    assert isinstance(table, UseCaseTable)

    said = page.post(
        f"/use-cases/{made[2].pk}/rank/", {"after": str(made[4].pk)}, headers={"HX-Request": "true"}
    )
    assert said.status_code == 200 and "data-said" in said.content.decode()
    wrong = page.post(f"/use-cases/{made[2].pk}/rank/", {"to": "nowhere"}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422 and order() == list("42013")

    undo = Undo.objects.first()
    assert page.post(f"/undo/{undo.pk}/").status_code == 302
    assert order() == list("40123")
    assert page.post(f"/api/use-cases/{made[2].pk}/rank/", {"to": "up"}, "application/json").headers["X-Undo"]
    listed = page.get("/api/use-cases/?order=rank").json()["results"]
    assert [each["title"][-1] for each in listed] == order()
    assert page.get(f"/api/use-cases/{made[4].pk}/").json()["placement"]["ahead"] == 4
    rows = list(UseCase.objects.all())
    reads.places(rows, olga)  # her duties are known from here on
    with django_assert_num_queries(1):
        reads.places(rows, olga)


def test_reversible_acts_are_taken_back_once_in_time_by_whoever_did_them_and_never_over_a_later_change(
    backlog,
):
    boss, olga, made = backlog
    omar = made[1].product_owner
    acts = {
        "tag": {"tags": ["spring"]}, "owner": {"product_owner": omar},
        "hold": {"until": clock.today() + timedelta(days=9), "reason": "Wait for the data."},
    }  # fmt: skip
    before = list(UseCase.objects.order_by("pk").values("tags", "product_owner", "held_until", "held_reason"))
    taken = []
    for act, given in acts.items():
        with undos.offering(made, act, by=boss) as offer:
            bulk.apply(made, act=act, by=boss, **given)
        taken.append(offer.undo)
    assert [len(each.changes) for each in taken] == [5, 3, 5]
    with pytest.raises(Refused, match="Only the person"):
        undos.take_back(taken[0], by=olga)
    for undo in taken:
        assert undos.take_back(undo, by=boss) == []
        with pytest.raises(Refused, match="already"):
            undo.refresh_from_db()
            undos.take_back(undo, by=boss)
    assert before == list(
        UseCase.objects.order_by("pk").values("tags", "product_owner", "held_until", "held_reason")
    )
    assert AuditEvent.objects.filter(verb="backlog.undone").count() == 3

    with undos.offering(made[:2], "tag", by=boss) as offer:
        bulk.apply(made[:2], act="tag", tags=["one"], by=boss)
    use_cases.update(UseCase.objects.get(pk=made[0].pk), tags=["another"], by=boss)
    assert undos.take_back(offer.undo, by=boss) == [f"{made[0].ref}: Somebody has changed it since."]
    assert [UseCase.objects.get(pk=each.pk).tags for each in made[:2]] == [["another"], []]

    with undos.offering([made[2]], "hold", by=boss) as offer:
        use_cases.hold(made[2], **acts["hold"], by=boss)
    with (
        clock.at(clock.now() + timedelta(minutes=undos.MINUTES + 1)),
        pytest.raises(Refused, match="too late"),
    ):
        undos.take_back(offer.undo, by=boss)
    use_cases.resume(UseCase.objects.get(pk=made[2].pk), by=boss)
    with pytest.raises(IllegalMove, match="changed it since"):
        undos.take_back(offer.undo, by=boss)
    offer.undo.refresh_from_db()
    assert offer.undo.taken_at is None  # nothing was put back, so nothing was taken

    with undos.offering([made[3]], "tier", by=boss) as offer:
        use_cases.set_risk_tier(made[3], tier="high", reason="It touches people.", by=boss)
    assert offer.undo is None  # a lower tier needs a second person: it asks before, not after


def test_what_went_to_the_top_returns_although_a_new_proposal_has_come_to_its_old_place(backlog):
    boss, _olga, _made = backlog
    last = UseCase.objects.order_by("rank").last()
    with undos.offering([last], "rank", by=boss) as offer:
        ranks.place(last, to="top", by=boss)
    newcomer = use_cases.propose(title="Came later", problem="Nobody knew.", by=boss)
    assert newcomer.rank == offer.undo.changes[0]["before"]["rank"]

    assert undos.take_back(offer.undo, by=boss) == []

    places = list(UseCase.objects.order_by("rank").values_list("pk", flat=True))
    assert places[-2:] == [last.pk, newcomer.pk]


def test_an_agreed_score_moves_the_use_case_to_where_it_belongs(backlog):
    boss, olga, made = backlog
    card = scores.open_card(made[4], by=olga)
    levels = {each.code: 5 for each in scores.rubrics.of_card(card).criteria}
    for voter in (olga, boss):
        scores.vote(card, levels=levels, evidence={}, by=voter)
    scores.agree(card, by=olga)
    made[4].refresh_from_db()
    scored = list(
        UseCase.objects.exclude(priority=None).order_by("-priority").values_list("title", flat=True)
    )
    assert order() == [each[-1] for each in scored]
