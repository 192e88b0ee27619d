"""The lines of the matrix: where they stand, what the corners are called, and nonsense in the address."""

import pytest
from django.test import Client
from django.urls import reverse

from projects.models import Estimate, ScoreCard, UseCase
from projects.selectors import comparisons, cuts
from projects.services import saved_views
from tests.people import person
from tests.projects.cases import in_backlog, scored

pytestmark = pytest.mark.django_db


@pytest.fixture
def placed():
    """One of value 70 and feasibility 30."""
    use_case = scored(in_backlog(title="Hail")).use_case
    ScoreCard.objects.filter(use_case=use_case).update(value=70, feasibility=30)
    return use_case


def matrix(**given):
    return comparisons.matrix(UseCase.objects.all(), **given)


def page(**given):
    client = Client()
    client.force_login(person())
    return client.get(reverse("projects:use_case_matrix"), given)


@pytest.mark.parametrize(
    ("cut_x", "cut_y", "corner"),
    [
        ("", "", "Prepare"),
        ("30", "", "Do now"),
        ("30.5", "70", "Prepare"),
        ("20", "70.1", "Quick help"),
        ("31", "71", "Leave"),
    ],
)
def test_the_corner_follows_the_lines(placed, cut_x, cut_y, corner):
    found = matrix(cut_x=cut_x, cut_y=cut_y)

    assert [row["quadrant"] for row in found.rows] == [corner]
    assert found.problems == []
    assert found.spec["series"][0]["keys"] == [str(placed.pk)]


def test_other_axes_have_plain_names_and_a_line_at_the_median(placed):
    other = scored(in_backlog()).use_case
    for use_case, months in ((placed, 2), (other, 6)):
        Estimate.objects.create(use_case=use_case, effort_months=months, given_by=use_case.product_owner)

    found = matrix(across="effort", up="value")

    assert (found.across.at, found.across.most, found.up.at) == (4, cuts.MOST, 50)
    assert {row["use_case"]: row["quadrant"] for row in found.rows}[placed] == "Value high, Person-months low"


@pytest.mark.parametrize("nonsense", ["much", "-1", "101", "nan", "inf", "1e999", "<b>"])
def test_nonsense_is_named_and_the_line_stays_where_it_was(placed, nonsense):
    answer = page(cut_x=nonsense, cut_y="60")
    shown = answer.content.decode()

    assert answer.status_code == 422
    assert "is no place for the line of Feasibility: write a number from 0 to 100. It stands at 50" in shown
    assert "<b>” is no" not in shown
    assert (answer.context["matrix"].across.at, answer.context["matrix"].up.at) == (50, 60)


def test_the_page_offers_fields_boxes_and_the_way_back(placed):
    plain = page().content.decode()
    assert "Back to the middle" not in plain
    assert f'form="bulk" name="id" value="{placed.pk}"' in plain and 'data-upper-right="Do now"' in plain

    moved = page(cut_x="30", q="Hail").content.decode()
    assert 'href="?q=Hail">Back to the middle' in moved
    assert 'name="cut_x" value="30"' in moved and moved.count('name="cut_x"') == 1


def test_a_kept_view_keeps_the_lines(placed):
    kept = saved_views.keep(
        name="Mine", scope="private", layout="matrix", query="cut_x=30&nonsense=1", by=person()
    )
    assert "cut_x=30" in kept.query and "nonsense" not in kept.query
