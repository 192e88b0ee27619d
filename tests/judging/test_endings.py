"""R5, R8, R10, R11: what was approved ends when it changed, ran out, or was only for an emergency."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from governance.models import (
    ApprovalRequest,
    Deployment,
    Finding,
    ModelVersion,
)
from governance.services import approvals, deployments, overrides
from governance.tasks import keep_deadlines
from portal.core import clock
from portal.core.verdicts import Refused
from projects.models import GuardrailResult, UseCase
from tests.governance import factories as f
from tests.judging.acts import YES, changed_card, changed_guardrail, decided, fresh
from tests.judging.world import taken_back

pytestmark = pytest.mark.django_db


def test_the_timetable_approves_nothing_whose_subject_changed(court):
    with taken_back():
        changed_card(court)
        changed_guardrail(court)
        before = decided()
        keep_deadlines()
        assert decided() == before


def test_an_override_ends_with_its_hours_and_its_finding_stays(court):
    with taken_back():
        overrides.confirm(court.override, by=court.officer)
        serving = Deployment.objects.champions().get(model=court.version.model)
        assert Finding.objects.get(request=court.override.request).severity == "high"
        assert not court.override.request.decisions.exists()  # never shown as votes
        with clock.at(clock.now() + timedelta(hours=73)):
            keep_deadlines()
            keep_deadlines()
        serving.refresh_from_db()
        court.override.refresh_from_db()
        assert serving.ended_at is not None and court.override.state == "ended"
        assert Finding.objects.unsettled().filter(request=court.override.request).count() == 1


def test_an_approval_falls_with_its_late_finding(court):
    with taken_back():
        planned = [{"title": "Explain it", "severity": "high", "owner": court.owner}]
        said = {"answer": "approve_with_findings", "checklist": f.CHECKLIST, "findings": planned}
        approvals.decide(fresh(court), **said, by=court.judge)
        for days, status in ((5, "approved_conditionally"), (6, "revoked")):
            with clock.at(clock.now() + timedelta(days=days)):
                keep_deadlines()
            court.version.refresh_from_db()
            assert court.version.status == status


def outgrown(court):
    """The tier was limited when it was approved, and is high now."""
    ApprovalRequest.objects.filter(version=court.approved, kind="model_review").update(
        policy=court.approved.requests.get(kind="model_review").policy | {"tier": "limited"}
    )


def over(court):
    ModelVersion.objects.filter(pk=court.approved.pk).update(valid_until=clock.now() - timedelta(hours=1))


@pytest.mark.parametrize("way", ["page", "api", "task"])
@pytest.mark.parametrize(("why", "code"), [(over, "version.expired"), (outgrown, "version.tier_rose")])
def test_what_ran_out_or_outgrew_its_tier_is_not_promoted(why, code, way, court, client):
    with taken_back():
        approvals.withdraw(court.request("promotion"), by=court.owner)
        why(court)
        client.force_login(court.owner)
        if way == "task":
            keep_deadlines()
            court.approved.refresh_from_db()
            assert court.approved.status == "expired" and not court.approved.is_usable
            with pytest.raises(Refused, match="not approved"):
                deployments.request_promotion(court.approved, reason="Now.", by=court.owner)
        elif way == "page":
            url = reverse("governance:version_act", args=[court.approved.pk, "request-promotion"])
            assert client.post(url, {"reason": "Now."}).status_code == 403
        else:
            url = reverse("api:model_version-request-promotion", args=[court.approved.pk])
            said = client.post(url, {"reason": "Now."}, "application/json")
            assert (said.status_code, said.json()["code"]) == (403, code)
        assert not Deployment.objects.exists()
        assert not ApprovalRequest.objects.open().filter(kind="promotion").exists()


def test_what_serves_ends_at_once_when_its_use_is_prohibited_and_with_a_finding_when_its_tier_rose(court):
    """R11: whoever raised the tier, and by which door."""
    for tier, status, serving in (("high", "expired", 1), ("prohibited", "revoked", 0)):
        with taken_back():
            overrides.confirm(court.override, by=court.officer)
            outgrown(court)
            UseCase.objects.filter(pk=court.use_case.pk).update(risk_tier=tier)
            keep_deadlines()
            keep_deadlines()
            court.approved.refresh_from_db()
            assert (court.approved.status, Deployment.objects.champions().count()) == (status, serving)
            found = Finding.objects.filter(version=court.approved, source="audit")
            assert found.count() == serving


def test_what_was_rewritten_after_the_approval_is_not_promoted(court):
    """R5: no decision outlives its digest, also where only a justification is another one."""
    with taken_back():
        approvals.decide(fresh(court), **YES, by=court.judge)
        version = ModelVersion.objects.for_list().get(pk=court.version.pk)
        GuardrailResult.objects.filter(pk=court.waiting_justification.pk).update(
            justification="Another story."
        )
        with pytest.raises(Refused, match="no longer what was approved"):
            deployments.request_promotion(version, reason="Now.", by=court.owner)


def test_a_justification_refused_while_somebody_approves_stops_the_approval(court, monkeypatch):
    """The answer was checked, then a colleague refused; under the lock it is checked again."""
    second = f.reviewer("Sven Second")
    real = approvals.take

    def late(request, said, planned, *, by):
        approvals.answer_justification(
            request, guardrail=court.waiting_justification, is_accepted=False, comment="No.", by=second
        )
        return real(request, said, planned, by=by)

    with taken_back():
        review = fresh(court)
        monkeypatch.setattr(approvals, "take", late)
        with pytest.raises(ValidationError, match="refused a justification"):
            approvals.decide(review, **YES, by=court.judge)
        review.refresh_from_db()
        assert review.state == "open" and not review.decisions.exists()
