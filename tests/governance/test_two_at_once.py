"""Two approvers at the same moment: one decision stands, the other is told. Real processes would share no memory; threads with own connections share none of the rows either."""

import threading

import pytest
from django.db import connection

from governance.models import ApprovalRequest, Decision, Deployment, ModelVersion
from governance.services import approvals, champions, deployments
from portal.core.models import AuditEvent
from portal.core.services import audit
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from tests.governance import factories as f

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Run all at the same moment, each with its own connection; what each returned or raised."""
    gate, answers = threading.Barrier(len(calls)), [None] * len(calls)

    def run(number, call):
        try:
            gate.wait()
            answers[number] = call()
        except Exception as problem:
            answers[number] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.parametrize("_round", range(3))
def test_of_two_reviewers_one_decides_and_the_other_is_told(_round):
    w = f.world()
    second = f.reviewer("Sven Second")

    def decide(user, **said):
        mine = ApprovalRequest.objects.for_list().get(pk=w.request.pk)
        return lambda: approvals.decide(mine, **said, by=user)

    answers = at_once(
        decide(w.reviewer, answer="approve", checklist=f.CHECKLIST),
        decide(second, answer="reject", reason="No value.", category="value"),
    )

    told = [each for each in answers if isinstance(each, IllegalMove)]
    assert len(told) == 1, answers
    assert Decision.objects.count() == 1
    decision = Decision.objects.get()
    version = ModelVersion.objects.get()
    assert version.status == {"approve": "approved", "reject": "rejected"}[decision.answer]
    assert AuditEvent.objects.filter(verb__in=["approval.approved", "approval.rejected"]).count() == 1
    assert audit.verify().sound


def test_of_two_promotions_at_once_one_champion_stands():
    w = f.world()
    f.approve(w.request, w.reviewer)

    answers = at_once(
        *(
            lambda: deployments.promote(ModelVersion.objects.for_list().get(), by=w.owner)
            for _number in range(2)
        )
    )

    assert sum(isinstance(each, Deployment) for each in answers) == 1, answers
    assert sum(isinstance(each, IllegalMove | Refused) for each in answers) == 1
    assert Deployment.objects.champions().count() == 1


def test_a_promotion_that_another_overtook_after_the_look_does_not_end_it(monkeypatch):
    w = f.world()
    f.approve(w.request, w.reviewer)
    look = champions.end_the_one_before

    def overtaken(version, now, *, by):
        monkeypatch.setattr(champions, "end_the_one_before", look)
        found = look(version, now, by=by)
        deployments.promote(ModelVersion.objects.for_list().get(), by=w.owner)
        return found

    monkeypatch.setattr(champions, "end_the_one_before", overtaken)
    with pytest.raises(IllegalMove):
        deployments.promote(ModelVersion.objects.for_list().get(), by=w.owner)
    assert not Deployment.objects.filter(end_reason="Became champion").exists()
