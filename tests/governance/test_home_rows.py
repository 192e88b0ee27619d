"""What waits at home is what the rule allows: it is asked before the list is cut, and about few more than are shown."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.models import ApprovalRequest
from governance.rules.conflicts import conflicts
from governance.selectors import home
from portal.core import clock
from portal.core.duties import Duty
from tests.governance import factories as f
from tests.people import person
from training.models import Mentorship

pytestmark = pytest.mark.django_db


def drawn(w, count, *, days, **fields):
    """Approved small changes that were drawn, the oldest first."""
    for number in range(count):
        copy = ApprovalRequest.objects.get(pk=w.request.pk)
        copy.pk, copy.id, copy._state.adding = (fresh := uuid.uuid4()), fresh, True
        copy.state, copy.is_sampled = "approved", True
        copy.closed_at = clock.now() - timedelta(days=days, seconds=number)
        for name, value in fields.items():
            setattr(copy, name, value)
        copy.save(force_insert=True)


def asked_queries(user):
    user.has_duty(Duty.RISK_OFFICER)  # asked once and kept for the length of a request
    with CaptureQueriesContext(connection) as seen:
        rows = home.samples(user)
    return len(seen), rows


def test_a_sample_behind_twenty_that_are_not_ones_own_to_judge_is_still_shown():
    w = f.world()
    officer = person("Olaf Officer", duties=(Duty.RISK_OFFICER,))
    drawn(w, 25, days=30, requested_by=officer)
    drawn(w, 1, days=1)
    few, rows = asked_queries(officer)
    assert len(rows) == 1
    drawn(w, 25, days=20, requested_by=officer)
    assert asked_queries(officer)[0] == few


def test_where_only_the_rule_knows_the_stake_it_is_asked_on_until_there_are_enough():
    w = f.world()
    officer = person("Olaf Officer", duties=(Duty.RISK_OFFICER,))
    drawn(w, 25, days=30)
    assert len(home.samples(officer)) == home.MOST
    other = f.world("minimal")
    drawn(other, 1, days=1)
    Mentorship.objects.create(
        use_case=w.use_case, mentor=officer, learner=w.author, aim="To ask well.", accepted_at=clock.now(), state="active"
    )  # fmt: skip
    assert [row.detail for row in home.samples(officer)] == [other.request.about]


def test_what_is_left_out_beforehand_is_refused_by_the_rule_too():
    w = f.world()
    for user in (w.author, w.owner, w.squad["data_engineer"], w.uploader):
        left_out = ApprovalRequest.objects.filter(home.touched_by(user))
        assert left_out.exists()
        for each in left_out.for_list():
            assert not home.may_look_again(user, each)
            assert conflicts(user, each)
