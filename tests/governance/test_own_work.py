"""What a portfolio of real work finds in the records of governance."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.models import Decision
from governance.selectors import own_work as selectors
from projects.models import SquadMember, UseCase
from tests.governance import factories
from tests.people import person
from training import own_work

pytestmark = pytest.mark.django_db


def test_an_approved_version_is_its_authors_and_the_decision_its_reviewers():
    w = factories.world()
    assert selectors.built(w.author) == [] and selectors.decided(w.reviewer) == []  # asked, not yet answered
    factories.approve(w.request, w.reviewer)
    [made], [judged] = selectors.built(w.author), selectors.decided(w.reviewer)
    assert made.key == f"version:{w.version.pk}" and w.use_case.ref in made.label
    assert judged.key == f"decision:{Decision.objects.get(decided_by=w.reviewer).pk}"
    # Whoever had a part in a piece is not to mark it.
    assert {w.reviewer.pk, w.owner.pk, w.author.pk} <= made.people
    assert {w.author.pk, w.owner.pk} <= judged.people
    assert {made.key, judged.key}.isdisjoint(own_work.pieces(person("Stranger")))


def test_work_that_one_may_not_see_any_more_is_not_offered():
    w = factories.world()
    factories.approve(w.request, w.reviewer)
    assert selectors.built(w.author)
    UseCase.objects.filter(pk=w.use_case.pk).update(is_confidential=True)
    SquadMember.objects.filter(user=w.author).delete()
    assert selectors.built(w.author) == []


def test_the_pieces_of_many_are_found_with_as_many_queries_as_those_of_one():
    w = factories.world()
    factories.approve(w.request, w.reviewer)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert own_work.pieces(w.reviewer) and own_work.pieces(w.author)
        return len(seen)

    queries()  # the duties of a person are asked once
    before = queries()
    for _each in range(3):
        other = factories.world()
        factories.approve(other.request, w.reviewer)
    assert len(selectors.decided(w.reviewer)) == 4
    assert queries() == before
