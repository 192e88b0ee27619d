"""Table, board, matrix, roadmap, comparison, quick look."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.core import clock
from projects.models import Estimate, UseCase
from projects.selectors import boards, comparisons, roadmaps
from projects.services import gate_plans
from projects.views import backlog
from tests.people import person
from tests.projects.cases import in_backlog, in_phase, join, proposal, scored

pytestmark = pytest.mark.django_db
LAYOUTS = ("use_case_list", "use_case_board", "use_case_matrix", "use_case_roadmap")


def signed_in(user=None) -> Client:
    client = Client()
    client.force_login(user or person())
    return client


def at(name, *args):
    return reverse(f"projects:{name}", args=args)


def in_days(days: int):
    from datetime import timedelta

    return clock.today() + timedelta(days=days)


@pytest.mark.parametrize("name", [*LAYOUTS, "use_case_compare"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_layout_stands_empty_and_filled(name, language):
    client = signed_in(person(language=language))
    assert client.get(at(name)).status_code == 200

    scored(in_backlog())
    in_phase("production")
    proposal()
    assert client.get(at(name)).status_code == 200


@pytest.mark.parametrize("name", [*LAYOUTS, "use_case_compare"])
def test_a_visitor_signs_in_first(name):
    assert Client().get(at(name)).status_code == 302


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_address_holds_the_filter_in_every_layout(name):
    shown, hidden = scored(in_backlog(title="Hail")).use_case, scored(in_backlog(title="Letters")).use_case

    page = signed_in().get(at(name), {"q": "Hail"}).content.decode()

    assert shown.ref in page
    assert hidden.ref not in page


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_filter_that_makes_no_sense_is_named_and_the_page_stands(name):
    in_backlog()

    answer = signed_in().get(at(name), {"priority_min": "much"})

    assert answer.status_code == 422
    assert "Priority at least" in answer.content.decode()


@pytest.mark.parametrize("name", [*LAYOUTS, "use_case_compare"])
def test_nobody_sees_here_what_they_may_not_see(name):
    secret = scored(in_backlog(title="Secret matter", is_confidential=True)).use_case

    page = signed_in().get(at(name), {"id": str(secret.pk)}).content.decode()

    assert "Secret matter" not in page
    assert secret.ref not in page


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_longer_backlog_asks_no_more_queries(name):
    client = signed_in()
    few = [scored(in_phase("initialisation")).use_case for _each in range(2)]
    gate_plans.plan(few[0], gate="G2", planned_on=in_days(5), by=few[0].product_owner)

    def asked() -> int:
        client.get(at(name))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(at(name)).status_code == 200
        return len(queries)

    before = asked()
    for _each in range(4):
        more = scored(in_phase("initialisation", title="One more")).use_case
        gate_plans.plan(more, gate="G2", planned_on=in_days(9), by=more.product_owner)
        join(more, "data_scientist")
    assert asked() == before


def test_columns_are_chosen_in_the_address():
    use_case = in_backlog(rough_benefit=123456)
    client = signed_in()

    assert "123" not in client.get(at("use_case_list")).content.decode().split("<tbody>")[1].split(
        "</tbody>"
    )[0].replace(str(use_case.pk), "")
    page = client.get(at("use_case_list"), {"columns": "rough_benefit"}).content.decode()
    body = page.split("<tbody>")[1].split("</tbody>")[0]

    assert "123" in body
    assert "Product owner" not in page.split("<thead>")[1].split("</thead>")[0]


def test_the_board_shows_so_many_cards_and_then_the_next(monkeypatch):
    monkeypatch.setattr(boards, "CARDS", 2)
    refs = [proposal(title=f"Case {number}").ref for number in range(5)]
    client = signed_in()

    page = client.get(at("use_case_board")).content.decode()
    assert [ref in page for ref in refs] == [True, True, False, False, False]
    assert "Show more (3)" in page

    more = client.get(at("use_case_board"), {"column": "submitted", "after": 2}).content.decode()
    assert [ref in more for ref in refs] == [False, False, True, True, False]
    last = client.get(at("use_case_board"), {"column": "submitted", "after": 4}).content.decode()
    assert refs[4] in last
    assert "Show more" not in last


def test_an_unknown_column_does_not_exist():
    assert signed_in().get(at("use_case_board"), {"column": "attic"}).status_code == 404
    assert signed_in().get(at("use_case_board"), {"column": "backlog", "after": "x"}).status_code == 200


def test_the_board_offers_exactly_the_moves_of_the_state_table():
    for phase in UseCase.Phase.values:
        wanted = {
            steps[phase] for name, steps in UseCase.LIFE.moves.items() if phase in steps and name != "ask"
        }
        assert {target.phase for target in boards.targets(phase)} == wanted


def test_the_matrix_places_by_the_agreed_score_and_sizes_by_effort():
    small, large = scored(in_backlog()).use_case, scored(in_backlog()).use_case
    Estimate.objects.create(use_case=large, effort_months=9, given_by=large.product_owner)
    unscored = in_backlog()

    found = comparisons.matrix(UseCase.objects.all())

    card = small.score_cards.get()
    places = {value for series in found.spec["series"] for value in map(tuple, series["values"])}
    assert places == {(round(card.feasibility, 1), round(card.value, 1))}
    assert sorted(size for series in found.spec["series"] for size in series["sizes"]) == [9, 30]
    assert found.unscored == [unscored]
    assert found.spec["series"][0]["labels"][0].startswith("M UC-")
    assert found.spec["series"][0]["opacities"][0] == round(0.35 + 0.6 * card.confidence, 2)
    turned = comparisons.matrix(UseCase.objects.all(), "effort", "moon")
    assert [series["values"] for series in turned.spec["series"]] == [[[9, round(card.value, 1)]]]
    assert (turned.unplaced, turned.hidden, found.unplaced) == (1, 0, 0)
    page = signed_in().get(at("use_case_matrix"), {"x": "effort", "y": "risk"})
    assert page.context["matrix"].spec["x_label"] == "Person-months"


def test_side_by_side_marks_the_better_figure():
    rich, poor = in_backlog(rough_benefit=90), in_backlog(rough_benefit=10)
    scored(rich)

    page = signed_in().get(at("use_case_compare"), {"id": [str(poor.pk), str(rich.pk)]})

    comparison = page.context["comparison"]
    assert comparison.use_cases == [poor, rich]
    benefit = next(line for line in comparison.summary if "benefit" in str(line.label))
    assert benefit.marked == [("10", False), ("90", True)]
    assert len(comparison.axes) == 3


def test_at_most_four_stand_side_by_side_and_nonsense_is_left_out():
    keys = [str(in_backlog().pk) for _each in range(5)]

    page = signed_in().get(at("use_case_compare"), {"id": [*keys, "nonsense", str(uuid.uuid4())]})

    assert page.status_code == 200
    assert len(page.context["comparison"].use_cases) == 4
    assert page.context["too_many"]


def test_the_roadmap_shows_what_was_and_what_is_planned():
    use_case = in_phase("initialisation")
    gate_plans.plan(use_case, gate="G2", planned_on=in_days(30), by=use_case.product_owner)
    gate_plans.plan(use_case, gate="G3", planned_on=in_days(90), by=use_case.product_owner)

    [row] = roadmaps.roadmap(UseCase.objects.filter(pk=use_case.pk), "1", use_case.product_owner).rows

    assert [(each.gate, each.state) for each in row.diamonds] == [
        ("G1", "passed"),
        ("G2", "planned"),
        ("G3", "planned"),
    ]
    planned = [bar.phase for bar in row.bars if bar.is_plan]
    assert planned == ["initialisation", "development", "production"]
    starts = [bar.x for bar in row.bars if bar.is_plan]
    assert starts == sorted(starts)
    assert all(0 <= bar.x <= 1000 and bar.x + bar.width <= 1003 for bar in row.bars)


def test_a_quick_look_is_a_fragment_and_404_for_the_hidden():
    open_one, secret = in_backlog(), in_backlog(is_confidential=True)
    client = signed_in()

    answer = client.get(at("use_case_peek", open_one.pk))

    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert client.get(at("use_case_peek", secret.pk)).status_code == 404


def test_groups_of_the_table_keep_every_row_and_say_count_and_sum_also_over_pages(monkeypatch):
    monkeypatch.setattr(backlog, "PER_PAGE", 2)
    made = [
        in_backlog(rough_benefit=1000),
        in_backlog(rough_benefit=500),
        proposal(),
        in_phase("initialisation"),
    ]
    client, seen, heads = signed_in(), [], []
    for page in (1, 2, 9):  # beyond the last page comes the last one
        table = client.get(at("use_case_list"), {"lanes": "phase", "page": page}).context["table"]
        seen.append([each.ref for each in backlog.shown(table)])
        heads.append([(each.label, each.count, each.goes_on) for each in table.groups.values()])
    assert seen[0] + seen[1] == [made[2].ref, made[0].ref, made[1].ref, made[3].ref]
    assert seen[2] == seen[1]
    assert heads[0] == [("Submitted", 1, False), ("Backlog", 2, False)]
    assert heads[1] == [("Backlog", 2, True), ("Initialisation", 1, False)]
    html = client.get(at("use_case_list"), {"lanes": "phase"}).content.decode()
    assert "1,500 € a year expected" in html
    for by in ("squad", "risk_tier", "unit", "product_owner", "moon"):
        for sort in ("", "rank", "-title"):
            page = client.get(at("use_case_list"), {"lanes": by, "sort": sort})
            assert page.status_code == 200
            assert len(backlog.shown(page.context["table"])) == 2


@pytest.mark.parametrize("name", ["use_case_list", "use_case_board"])
def test_where_nothing_fits_the_page_says_which_filter_hides_the_most(name):
    in_backlog(title="Hail"), in_backlog(title="Hail again"), proposal(title="Letters")
    secret = in_backlog(title="Letters in secret", is_confidential=True)

    asked = {"q": "Letters", "phase": "backlog", "health": "on_track"}
    ways = signed_in().get(at(name), asked).context["looser"]
    assert ways == []  # one alone changes nothing
    page = signed_in().get(at(name), {"q": "Letters", "phase": "backlog"})
    assert [(str(way["label"]), way["count"]) for way in page.context["looser"]] == [
        ("Text", 2),
        ("Phase", 1),
    ]
    assert "Without “Text” you would see 2." in page.content.decode()
    own = signed_in(secret.product_owner).get(at(name), {"q": "Letters", "phase": "backlog"})
    assert own.context["looser"] == []
