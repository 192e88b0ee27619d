"""The board: swim-lanes, further fields on its cards, limits that warn, and all of it kept in a view."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.core.models import OrgUnit, Right
from portal.core.verdicts import Refused
from projects.models import BoardLimit, SavedView, UseCase
from projects.selectors import board_lanes
from projects.services import board_limits, ranks, saved_views
from tests.people import person
from tests.projects.cases import in_backlog, in_phase, join, manager, owner, proposal

pytestmark = pytest.mark.django_db
BOARD = "/use-cases/board/"


def seen_by(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def rows_of(client: Client, address: str) -> dict[str, dict[str, list[str]]]:
    """Lane to column to references."""
    swim = client.get(address).context["swim"]
    return {
        row.label: {cell.phase: [card.use_case.ref for card in cell.cards] for cell in row.cells}
        for row in swim.rows
    }


def test_lanes_sort_the_cards_by_lead_tier_unit_and_owner_without_losing_one():
    claims = OrgUnit.objects.create(name="Claims", kind="business_line", path="1.")
    olga, other = owner(), person("Omar", rights=(Right.OWN_USE_CASE,))
    first, second = in_backlog(product_owner=olga), in_phase("development", product_owner=other)
    UseCase.objects.filter(pk=first.pk).update(unit=claims, risk_tier="high")
    lead = join(second, "data_scientist", is_lead=True).user
    client = seen_by(manager())

    by_owner = rows_of(client, f"{BOARD}?lanes=product_owner")
    assert by_owner[str(olga)]["backlog"] == [first.ref]
    assert by_owner[str(other)]["development"] == [second.ref]
    assert rows_of(client, f"{BOARD}?lanes=unit")["Claims"]["backlog"] == [first.ref]
    assert rows_of(client, f"{BOARD}?lanes=risk_tier")["High risk"]["backlog"] == [first.ref]
    by_lead = rows_of(client, f"{BOARD}?lanes=squad")
    assert by_lead[f"Squad of {lead}"]["development"] == [second.ref]
    assert by_lead["No squad lead"]["backlog"] == [first.ref]
    assert "swim" not in client.get(f"{BOARD}?lanes=moon").context


def test_a_lane_shows_its_first_cards_and_the_rest_on_request_with_the_same_number_of_queries():
    client, by = seen_by(manager()), manager()
    made = [proposal(title=f"Claims {n}") for n in range(2)]
    client.get(f"{BOARD}?lanes=risk_tier")
    with CaptureQueriesContext(connection) as few:
        client.get(f"{BOARD}?lanes=risk_tier")
    made += [proposal(title=f"Claims {n}") for n in range(2, 7)]
    made += [in_backlog(by=by)]
    with CaptureQueriesContext(connection) as many:
        page = client.get(f"{BOARD}?lanes=risk_tier")

    assert len(many) == len(few)
    cell = page.context["swim"].rows[0].cells[0]
    assert (cell.count, len(cell.cards), cell.more) == (7, board_lanes.CELL, 7 - board_lanes.CELL)
    address = f"{BOARD}?lanes=risk_tier&column=submitted&lane={cell.key}&after={cell.shown}"
    rest = client.get(address).context["lane"]
    assert len({card.use_case.ref for card in [*cell.cards, *rest.cards]}) == 7
    for odd in ("x", "99999999999", "-1"):
        assert client.get(f"{BOARD}?lanes=unit&column=submitted&lane={odd}").context["lane"].count == 0


def test_cards_show_up_to_four_further_fields_and_a_view_keeps_lanes_and_fields():
    portia = manager()
    in_backlog(rough_benefit=250000)
    client = seen_by(portia)

    asked = "fields=rough_benefit&fields=sponsor&fields=health&fields=tags&fields=unit&fields=moon"
    lane = client.get(f"{BOARD}?{asked}").context["lanes"][1]
    assert [str(label) for label, _text in lane.cards[0].facts] == ["Yearly benefit (€)", "Sponsor", "Health"]
    view = saved_views.keep(
        name="Mine", query=f"lanes=unit&{asked}&page=3", layout="board", scope="private", by=portia
    )
    assert "lanes=unit" in view.query
    assert "fields=sponsor" in view.query
    assert "page" not in view.query


def test_a_full_column_warns_and_its_limit_is_set_by_portfolio_managers_alone():
    portia, client = manager(), seen_by(person())
    in_backlog(), in_backlog()
    for wrong in ({"most": 0}, {"most": 3, "most_in_lane": 4}, {"most": None, "most_in_lane": 2}):
        with pytest.raises(ValidationError):
            board_limits.limit("backlog", **wrong, by=portia)
    with pytest.raises(ValidationError):
        board_limits.limit("draft", most=3, by=portia)
    with pytest.raises(Refused):
        board_limits.limit("backlog", most=1, by=person())
    assert not BoardLimit.objects.exists()

    board_limits.limit("backlog", most=1, most_in_lane=1, by=portia)

    lane = client.get(f"{BOARD}?q=nothing-like-it").context["lanes"][1]
    assert (lane.is_over, lane.stock, lane.count) == (True, 2, 0)  # filters hide cards, not work
    html = client.get(BOARD).content.decode()
    assert "2, over the limit of 1" in html
    assert 'data-limit="1" data-stock="2"' in html
    told = client.get("/api/board-limits/").json()
    assert told["limits"] == [
        {
            "phase": "backlog",
            "most": 1,
            "most_in_lane": 1,
            "set_by": portia.pk,
            "stock": 2,
            "is_over": True,
        }
    ]
    assert board_limits.limit("backlog", most=None, by=portia) is None
    assert not BoardLimit.objects.exists()


def test_a_view_sent_twice_under_one_external_id_is_one_view():
    client = seen_by(manager())
    sent = {"name": "Late", "query": "is=overdue", "external_source": "script", "external_id": "7"}
    first = client.post("/api/saved-views/", sent, content_type="application/json").json()
    again = client.post(
        "/api/saved-views/",
        sent | {"name": "Later", "layout": "board"},
        content_type="application/json",
    ).json()

    assert (again["id"], again["name"], again["layout"]) == (first["id"], "Later", "board")
    assert (again["external_source"], again["external_id"]) == ("script", "7")
    assert SavedView.objects.count() == 1
    other = seen_by(manager()).post("/api/saved-views/", sent, content_type="application/json")
    assert other.status_code == 201
    assert SavedView.objects.count() == 2


def test_cards_stand_in_the_order_by_hand_in_columns_and_lanes_until_the_scores_are_asked_for():
    portia, olga = manager(), owner()
    made = [in_backlog(product_owner=olga, by=portia) for _n in range(3)]
    ranks.place(made[2], before=made[0], by=olga)
    client = seen_by(olga)
    by_hand, by_score = [made[2].ref, made[0].ref, made[1].ref], [each.ref for each in made]
    for order, wanted in (("", by_hand), ("sort=-priority", by_score)):
        page = client.get(f"{BOARD}?{order}").context["lanes"][1]
        assert [card.use_case.ref for card in page.cards] == wanted
        rows = rows_of(client, f"{BOARD}?lanes=product_owner&{order}")
        assert rows[str(olga)]["backlog"] == wanted
    rest = client.get(f"{BOARD}?column=backlog&after=1").context["lane"]
    assert [card.use_case.ref for card in rest.cards] == by_hand[1:]

    html = client.get(BOARD).content.decode()
    assert html.count("data-place=") == 3
    assert "data-place=" not in client.get(f"{BOARD}?sort=-priority").content.decode()
    stranger = seen_by(person()).get(BOARD).content.decode()
    assert "data-place=" not in stranger
    assert stranger.count("data-no-place=") == 3
