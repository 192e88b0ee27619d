"""Approvals: the right person, once, about exactly what was submitted."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from governance.models import ApprovalRequest, Decision, Finding, ModelVersion
from governance.services import approval_times, approvals, models
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import AuditEvent, Notice
from portal.core.models.credentials import Right
from portal.core.services import credentials, people
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import DatasetVersion, GuardrailResult, SquadMember
from projects.services import squads
from tests.governance import factories as f
from tests.people import give, person

pytestmark = pytest.mark.django_db


def nothing_was_decided(request):
    request.refresh_from_db()
    version = ModelVersion.objects.get(pk=request.version_id)
    assert request.state == "open" and version.status == "submitted"
    assert not Decision.objects.filter(request=request).exists()
    assert not AuditEvent.objects.filter(verb__startswith="approval.approved").exists()


def test_a_certified_reviewer_outside_the_squad_approves():
    w = f.world()

    f.approve(w.request, w.reviewer)

    w.version.refresh_from_db()
    assert w.version.status == "approved" and w.version.is_usable
    decision = Decision.objects.get(request=w.request)
    assert decision.subject_digest == w.version.manifest_digest
    assert decision.certificate == "test model.approve"
    assert Notice.objects.filter(user=w.author, text__startswith="Decided").exists()


def certified(w, user):
    """Give somebody all that a reviewer needs, so that only the conflict refuses them."""
    people.assign_duties(user, duties=(Duty.MODEL_REVIEWER,), by=None)
    give(user, Right.APPROVE_MODEL)
    return user


def former_member(w):
    user = person("Fred Former")
    member = squads.add_member(w.use_case, user=user, role="data_analyst", by=w.owner)
    SquadMember.objects.filter(pk=member.pk).update(
        starts_on=clock.today() - timedelta(days=9), ends_on=clock.today() - timedelta(days=2)
    )
    return certified(w, user)


def expired(w):
    user = person("Ed Expired", duties=(Duty.MODEL_REVIEWER,))
    credentials.grant(
        user=user,
        code=Right.APPROVE_MODEL,
        source="old",
        valid_from=clock.now() - timedelta(days=9),
        valid_until=clock.now() - timedelta(seconds=1),
        by=None,
    )
    return user


def revoked(w):
    user = f.reviewer("Rob Revoked")
    credentials.revoke(user.credentials.get(), reason="mistake", by=None)
    return user


def preparer(w):
    user = person("Petra Preparer")
    version = w.request.version.dataset_version
    version.preparers = [str(user.pk)]
    version.save(update_fields=["preparers"])
    return certified(w, user)


PEOPLE = {
    "author": (lambda w: certified(w, w.author), "you registered this version"),
    "member": (lambda w: certified(w, w.squad["data_engineer"]), "you are a member of the squad"),
    "former member": (former_member, "you were a member of the squad"),
    "uploader": (lambda w: certified(w, w.uploader), "you uploaded the data"),
    "preparer": (preparer, "you prepared the data"),
    "product owner": (lambda w: certified(w, w.owner), "you are the product owner"),
    "sponsor": (lambda w: certified(w, w.sponsor), "you are the sponsor"),
    "uncertified reviewer": (
        lambda w: person("Una Uncertified", duties=(Duty.MODEL_REVIEWER,)),
        "no valid certificate",
    ),
    "expired certificate": (expired, "no valid certificate"),
    "revoked certificate": (revoked, "no valid certificate"),
    "certificate without the duty": (
        lambda w: person("Cara", rights=(Right.APPROVE_MODEL,)),
        "Only model reviewers",
    ),
    "administrator": (lambda w: person("Adam", duties=(Duty.ADMINISTRATOR,)), "Only model reviewers"),
    "certified administrator": (
        lambda w: person("Ada", duties=(Duty.ADMINISTRATOR,), rights=(Right.APPROVE_MODEL,)),
        "Only model reviewers",
    ),
    "auditor": (lambda w: person("Aud", duties=(Duty.AUDITOR,)), "Only model reviewers"),
}


def by_service(w, user, client):
    with pytest.raises(Refused) as refusal:
        approvals.decide(w.request, answer="approve", checklist=f.CHECKLIST, by=user)
    return str(refusal.value.verdict.reason)


def by_page(w, user, client):
    client.force_login(user)
    answer = client.post(
        f"/approvals/{w.request.pk}/decide/", {"answer": "approve", "checklist": f.CHECKLIST}
    )
    assert answer.status_code == 403
    return answer.content.decode()


def by_api(w, user, client):
    client.force_login(user)
    answer = client.post(
        f"/api/approvals/{w.request.pk}/decide/",
        {"answer": "approve", "checklist": f.CHECKLIST},
        "application/json",
    )
    assert answer.status_code == 403
    return f.as_json(answer)["reason"]


@pytest.mark.parametrize("way", [by_service, by_page, by_api], ids=lambda way: way.__name__)
@pytest.mark.parametrize("who", PEOPLE)
def test_nobody_with_a_stake_or_without_the_right_decides(who, way, client):
    w = f.world()
    make, reason = PEOPLE[who]

    assert reason in way(w, make(w), client)

    nothing_was_decided(w.request)


def test_somebody_who_is_not_signed_in_decides_nothing(client):
    w = f.world()

    assert client.post(f"/approvals/{w.request.pk}/decide/", {"answer": "approve"}).status_code == 302
    assert (
        client.post(
            f"/api/approvals/{w.request.pk}/decide/", {"answer": "approve"}, "application/json"
        ).status_code
        == 401
    )
    nothing_was_decided(w.request)


def test_a_credential_revoked_between_reading_and_deciding_counts_at_once():
    w = f.world()
    assert approvals.rules.may_decide(w.reviewer, w.request)
    credentials.revoke(w.reviewer.credentials.get(), reason="just now", by=None)

    with pytest.raises(Refused, match="no valid certificate"):
        approvals.decide(w.request, answer="approve", checklist=f.CHECKLIST, by=w.reviewer)
    nothing_was_decided(w.request)


@pytest.mark.parametrize("change", ["justification", "card", "data", "guardrail"])
def test_whatever_changes_after_the_submission_voids_the_review(change):
    w = f.world(justify=True)
    match change:
        case "justification":
            GuardrailResult.objects.filter(justification__gt="").update(justification="Another story.")
        case "card":
            ModelVersion.objects.filter(pk=w.version.pk).update(limits="None at all.")
        case "data":
            DatasetVersion.objects.filter(pk=w.version.dataset_version_id).update(table_digest="e" * 64)
        case "guardrail":
            f.guardrail(w.trial.experiment, code="leakage", severity="warn", is_alerted=True)

    with pytest.raises(IllegalMove, match="has changed"):
        approvals.decide(w.request, answer="approve", checklist=f.CHECKLIST, by=w.reviewer)

    w.request.refresh_from_db()
    w.version.refresh_from_db()
    assert (w.request.state, w.version.status) == ("void", "candidate")
    assert not Decision.objects.exists()
    assert AuditEvent.objects.filter(verb="approval.voided").exists()


def test_a_decision_on_an_older_page_is_refused():
    w = f.world()

    with pytest.raises(IllegalMove, match="older state"):
        approvals.decide(
            w.request, answer="approve", checklist=f.CHECKLIST, seen_digest="0" * 64, by=w.reviewer
        )
    nothing_was_decided(w.request)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"answer": "reject"}, "reason"),
        ({"answer": "reject", "reason": "   ", "category": "data"}, "reason"),
        ({"answer": "request_changes", "reason": "Better data."}, "category"),
        ({"answer": "reject", "reason": "x", "category": "weather"}, "category"),
        ({"answer": "approve"}, "checklist"),
        ({"answer": "approve", "checklist": ["data"]}, "checklist"),
        ({"answer": "approve_with_findings", "checklist": f.CHECKLIST}, "findings"),
        ({"answer": "perhaps"}, "answer"),
    ],
)
def test_an_answer_without_what_it_needs_is_not_taken(said, field):
    w = f.world()

    with pytest.raises(ValidationError) as problem:
        approvals.decide(w.request, **said, by=w.reviewer)

    assert field in problem.value.message_dict
    nothing_was_decided(w.request)


def test_every_justification_is_answered_before_an_approval():
    w = f.world(justify=True)

    with pytest.raises(ValidationError) as problem:
        approvals.decide(w.request, answer="approve", checklist=f.CHECKLIST, by=w.reviewer)

    assert "justifications" in problem.value.message_dict
    nothing_was_decided(w.request)


def test_a_refused_justification_stands_in_the_way_and_says_why():
    w = f.world(justify=True)
    result = GuardrailResult.objects.get(severity="justify")
    with pytest.raises(ValidationError):
        approvals.answer_justification(w.request, guardrail=result, is_accepted=False, by=w.reviewer)
    approvals.answer_justification(
        w.request, guardrail=result, is_accepted=False, comment="Not convincing.", by=w.reviewer
    )

    with pytest.raises(ValidationError, match="refused a justification"):
        approvals.decide(w.request, answer="approve", checklist=f.CHECKLIST, by=w.reviewer)
    approvals.decide(w.request, answer="request_changes", reason="Explain.", category="data", by=w.reviewer)

    w.version.refresh_from_db()
    assert w.version.status == "changes_requested"
    with pytest.raises(IllegalMove):
        approvals.answer_justification(w.request, guardrail=result, is_accepted=True, by=w.reviewer)


def test_the_author_does_not_accept_their_own_justification():
    w = f.world(justify=True)
    certified(w, w.author)

    with pytest.raises(Refused):
        approvals.answer_justification(
            w.request,
            guardrail=GuardrailResult.objects.get(severity="justify"),
            is_accepted=True,
            by=w.author,
        )
    assert not w.request.answers.exists()


def test_after_changes_the_author_submits_again_and_a_new_request_opens():
    w = f.world()
    approvals.decide(
        w.request, answer="request_changes", reason="Say the limits.", category="card", by=w.reviewer
    )
    w.version.refresh_from_db()

    second = models.submit(w.version, card={**f.CARD, "limits": "Not for new clients."}, by=w.author)

    assert second.pk != w.request.pk and second.subject_digest != w.request.subject_digest
    f.approve(second, w.reviewer)
    w.version.refresh_from_db()
    assert w.version.status == "approved"


def test_a_closed_request_is_not_decided_again_and_says_who_decided():
    w = f.world()
    approvals.decide(w.request, answer="reject", reason="No value.", category="value", by=w.reviewer)
    second = f.reviewer("Sven Second")

    with pytest.raises(IllegalMove, match="Rita Reviewer"):
        approvals.decide(w.request, answer="approve", checklist=f.CHECKLIST, by=second)

    assert Decision.objects.count() == 1
    w.version.refresh_from_db()
    assert w.version.status == "rejected"


def test_a_request_nobody_could_decide_does_not_open():
    made = f.use_case()
    author = f.squad(made)["citizen_data_scientist"]
    f.in_phase(made, "development")
    only_reviewer = f.reviewer("Olaf Only")
    squads.add_member(made, user=only_reviewer, role="mentor", by=made.product_owner)
    version = models.register(f.trial(made, author), by=author)

    with pytest.raises(Refused, match="Nobody could decide"):
        models.submit(version, card=f.CARD, by=author)

    version.refresh_from_db()
    assert version.status == "candidate" and not ApprovalRequest.objects.exists()


def test_an_approval_with_findings_waits_for_them_and_falls_when_they_are_late():
    w = f.world()
    finding = {
        "title": "Explain the postcode",
        "severity": "medium",
        "owner": w.author,
        "due_on": clock.today() + timedelta(days=5),
    }
    approvals.decide(
        w.request, answer="approve_with_findings", checklist=f.CHECKLIST, findings=[finding], by=w.reviewer
    )
    w.version.refresh_from_db()
    assert w.version.status == "approved_conditionally" and w.version.is_usable
    assert models.revoke_overdue() == 0

    with clock.at(clock.now() + timedelta(days=6)):
        assert models.revoke_overdue() == 1

    w.version.refresh_from_db()
    assert w.version.status == "revoked"
    assert Finding.objects.get().owner == w.author


def test_time_never_approves():
    w = f.world()
    with clock.at(clock.now() + timedelta(days=11)):
        assert approval_times.expire_overdue() == 0
        assert Notice.objects.filter(user=w.reviewer, text__startswith="Overdue").count() == 1
        approval_times.expire_overdue()
        assert Notice.objects.filter(user=w.reviewer, text__startswith="Overdue").count() == 1
    with clock.at(clock.now() + timedelta(days=400)):
        assert approval_times.expire_overdue() == 1

    w.request.refresh_from_db()
    w.version.refresh_from_db()
    assert (w.request.state, w.version.status) == ("expired", "candidate")
    assert not Decision.objects.exists()


def test_the_asker_withdraws_and_a_stranger_does_not():
    w = f.world()
    with pytest.raises(Refused):
        approvals.withdraw(w.request, by=w.reviewer)
    nothing_was_decided(w.request)

    models.withdraw(w.version, by=w.author)

    assert w.version.status == "candidate"
    w.request.refresh_from_db()
    assert w.request.state == "withdrawn"


def test_the_policy_of_an_open_request_does_not_change_with_the_file(monkeypatch):
    w = f.world()
    assert w.request.steps == ["model_reviewer"] and w.request.policy_version == "2026-11.6"

    monkeypatch.setattr("governance.policies.load", dict)
    f.approve(w.request, w.reviewer)

    w.request.refresh_from_db()
    assert w.request.state == "approved"


def test_a_decision_cannot_be_changed_or_removed_in_the_database():
    w = f.world()
    f.approve(w.request, w.reviewer)

    for statement in (
        lambda: Decision.objects.update(answer="reject"),
        lambda: Decision.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            statement()
    assert Decision.objects.get().answer == "approve"
