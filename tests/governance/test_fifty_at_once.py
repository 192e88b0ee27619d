"""Fifty decisions on one request at the same moment, on PostgreSQL with real threads: one outcome, no lost vote."""

import pytest
import yaml
from django.db import connection

from governance import policies, policy_text
from governance.models import ApprovalRequest, Decision, Deployment, ModelVersion, PolicyVersion
from governance.services import approvals
from portal.core.models import AuditEvent
from portal.core.services import audit
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from tests.governance import factories as f
from tests.governance.test_two_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
PEOPLE = 50


@pytest.mark.parametrize(("quorum", "noes"), [(1, 25), (30, 0)])
def test_of_fifty_decisions_at_once_exactly_as_many_count_as_the_step_needs(quorum, noes):
    assert connection.vendor == "postgresql", "this test is for PostgreSQL"
    row = PolicyVersion.objects.get(tier="limited", state="published")
    raw = yaml.safe_load(row.text)
    raw["steps"]["model_review"] = [{"role": "model_reviewer", "quorum": quorum}]
    text = policy_text.write(raw)
    PolicyVersion.objects.filter(pk=row.pk).update(text=text, checksum=policies.checksum(text))
    crowd = [f.reviewer(f"Reviewer {number}") for number in range(PEOPLE)]
    w = f.world()

    def vote(number):
        mine = ApprovalRequest.objects.for_list().get(pk=w.request.pk)
        no = {"answer": "reject", "reason": "Weak.", "category": "value"}
        said = no if number < noes else {"answer": "approve", "checklist": f.CHECKLIST}
        return lambda: approvals.decide(mine, **said, by=crowd[number])

    answers = at_once(*(vote(number) for number in range(PEOPLE)))

    voted = [each for each in answers if isinstance(each, Decision)]
    told = [each for each in answers if isinstance(each, IllegalMove | Refused)]
    assert len(voted) + len(told) == PEOPLE, [
        each for each in answers if each not in voted and each not in told
    ]
    assert Decision.objects.count() == len(voted) == quorum  # none is lost, none too many
    request, version = ApprovalRequest.objects.get(pk=w.request.pk), ModelVersion.objects.get(pk=w.version.pk)
    assert (request.state, version.status) in {("approved", "approved"), ("rejected", "rejected")}
    ends = AuditEvent.objects.filter(verb__in=["approval.approved", "approval.rejected"])
    assert ends.count() == 1
    assert not Deployment.objects.exists()
    assert audit.verify().sound
