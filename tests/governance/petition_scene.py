"""What is asked for, who answers, and days to come."""

from datetime import timedelta

import pytest

from governance.models import ApprovalRequest
from governance.services import approvals
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import AuditEvent
from projects.models import SquadMember
from tests.governance import factories as f
from tests.people import person

WHY = {"reason": "The lead is ill.", "meanwhile": "The product owner leads."}


def in_days(days):
    return clock.today() + timedelta(days=days)


def later(days):
    return clock.at(clock.now() + timedelta(days=days))


def answered(request, by, answer="approve", **said):
    fresh = ApprovalRequest.objects.for_list().get(pk=request.pk)
    decision = approvals.decide(fresh, answer=answer, by=by, **said)
    request.refresh_from_db()
    return decision


def officer(name="Rolf Risk"):
    return person(name, duties=(Duty.RISK_OFFICER,))


def verbs():
    return set(AuditEvent.objects.values_list("verb", flat=True))


@pytest.fixture
def before_g1(db):
    """Everything for gate 1 but the lead."""
    made = f.use_case("limited")
    people = f.squad(made)
    f.ready_for_g1(made)
    SquadMember.objects.filter(use_case=made).update(is_lead=False)
    return made, people, officer()
