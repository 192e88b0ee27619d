"""The approval engine: steps, quorum, advice, fallback, times, short track (R1 to R15)."""

from datetime import timedelta

import pytest
import yaml
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from governance import policies, policy_text
from governance.models import ApprovalRequest, Decision, Deployment, ModelVersion, PolicyVersion
from governance.selectors import approvals as reads, needs
from governance.services import approval_times, approvals, deployments, models, risks
from governance.tasks import keep_deadlines
from portal.core import clock
from portal.core.models import AuditEvent, Notice
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import UseCase
from tests.governance import factories as f
from tests.governance.engine_scene import YES, nothing_happened

pytestmark = pytest.mark.django_db

NO = {"answer": "reject", "reason": "The hold-out is of last year.", "category": "method"}


def rules(tier="limited", **said):
    """Put other rules in force for a tier, as a publication would."""
    row = PolicyVersion.objects.published().get(tier=tier)
    raw = yaml.safe_load(row.text) | said
    text = policy_text.write(raw)
    policy_text.of_tier(raw, policies.CHECKS)
    PolicyVersion.objects.filter(pk=row.pk).update(text=text, checksum=policies.checksum(text))


def steps(**kinds):
    """The steps of the limited tier with some kinds changed."""
    return yaml.safe_load(PolicyVersion.objects.get(tier="limited").text)["steps"] | kinds


def two_reviewers():
    """A world whose reviews need two reviewers."""
    second = f.reviewer("Sven Second")
    rules(steps=steps(model_review=[{"role": "model_reviewer", "quorum": 2}]))
    return f.world(), second


def test_a_quorum_needs_so_many_different_people_and_a_second_vote_of_one_is_refused():
    w, second = two_reviewers()
    f.approve(w.request, w.reviewer)
    nothing_happened(w.request)
    with pytest.raises(Refused, match="You have answered"):
        approvals.decide(w.request, **YES, by=w.reviewer)
    assert reads.steps(w.request)[0].missing == 1 and reads.steps(w.request)[0].people == [second]

    approvals.decide(w.request, **YES, by=second)

    w.request.refresh_from_db()
    assert w.request.state == "approved" and Decision.objects.count() == 2
    assert AuditEvent.objects.filter(verb="approval.approved").count() == 1


def test_one_no_ends_a_request_whatever_the_quorum():
    w, second = two_reviewers()
    f.approve(w.request, w.reviewer)
    approvals.decide(w.request, **NO, by=second)

    w.version.refresh_from_db()
    assert w.version.status == "rejected"
    w.request.refresh_from_db()
    assert [each.decided_by for each in reads.dissent(w.request)] == [second]


def test_to_abstain_names_the_stake_and_counts_for_nothing():
    w, second = two_reviewers()
    with pytest.raises(ValidationError, match="stake"):
        approvals.decide(w.request, answer="abstain", by=w.reviewer)
    third = f.reviewer("Tara Third")
    approvals.decide(w.request, answer="abstain", reason="My brother works on it.", by=w.reviewer)
    approvals.decide(w.request, **YES, by=second)
    nothing_happened(w.request)

    approvals.decide(w.request, **YES, by=third)
    w.request.refresh_from_db()
    assert w.request.state == "approved"


def test_advice_stops_nothing_but_a_yes_over_a_major_issue_answers_it():
    rules(steps=steps(model_review=[{"role": "risk_officer", "takes": "feedback"}, "model_reviewer"]))
    w = f.world()
    with pytest.raises(Refused):
        approvals.decide(w.request, **YES, by=w.reviewer)  # it is not their turn
    for wrong in ("approve", "reject"):
        with pytest.raises(ValidationError):
            approvals.decide(w.request, answer=wrong, by=w.risk)
    with pytest.raises(ValidationError):
        approvals.decide(w.request, answer="major_issue", by=w.risk)
    approvals.decide(
        w.request, answer="major_issue", reason="It harms the old.", category="fairness", by=w.risk
    )

    with pytest.raises(ValidationError, match="all the same"):
        approvals.decide(w.request, **YES, by=w.reviewer)
    nothing_happened(w.request)
    approvals.decide(w.request, **YES, reason="The table of groups shows no harm.", by=w.reviewer)

    w.request.refresh_from_db()
    assert w.request.state == "approved"
    assert [(each.decided_by, each.reason) for each in reads.dissent(w.request)] == [
        (w.risk, "It harms the old.")
    ]


def test_where_a_role_has_nobody_the_fallback_group_answers_and_the_request_says_so():
    rules(steps=steps(tier_change=["risk_officer"]))
    w = f.world()
    UseCase.objects.filter(pk=w.use_case.pk).update(risk_tier="limited")
    answers = dict.fromkeys((each.code for each in risks.risk_questions.load().questions), False)
    made = risks.assess(w.use_case, answers=answers, reason="No persons in it.", by=w.risk)

    step = made.request.plan[0]
    assert (step.role, step.instead_of) == ("executive", "risk_officer")
    with pytest.raises(Refused):
        approvals.decide(made.request, answer="approve", by=w.risk)
    w.use_case.refresh_from_db()
    assert w.use_case.risk_tier == "limited"  # kept aside until it is decided (R14)
    from portal.core.models import User

    approvals.decide(made.request, answer="approve", by=User.objects.get(display_name="Erin Executive"))
    w.use_case.refresh_from_db()
    assert w.use_case.risk_tier == "minimal"


def test_what_too_few_could_answer_does_not_open():
    rules(steps=steps(model_review=[{"role": "model_reviewer", "quorum": 2}]))
    with pytest.raises(Refused, match="Nobody could decide"):
        f.world()
    assert not ApprovalRequest.objects.exists()


def test_open_requests_keep_the_rules_they_were_asked_under():
    w = f.world()
    rules(steps=steps(model_review=[{"role": "model_reviewer", "quorum": 2}]))
    f.approve(w.request, w.reviewer)
    w.request.refresh_from_db()
    assert w.request.state == "approved"


def test_the_timetable_reminds_calls_for_help_and_ends_and_never_approves():
    w = f.world()
    found = []
    for day in (11, 16, 19, 60):
        with clock.at(clock.now() + timedelta(days=day)):
            keep_deadlines()
            found.append(
                (
                    Notice.objects.filter(text__startswith="Overdue", user=w.reviewer).count(),
                    AuditEvent.objects.filter(verb="approval.escalated").count(),
                    ApprovalRequest.objects.get(pk=w.request.pk).state,
                )
            )
    assert found == [(1, 0, "open"), (1, 1, "open"), (2, 1, "open"), (3, 1, "expired")]
    assert not Decision.objects.exists() and ModelVersion.objects.get().status == "candidate"
    assert approval_times.expire_overdue() == 0


def test_a_small_change_at_the_lowest_tier_takes_the_short_track_and_is_sampled():
    f.reviewer("Sven Second")
    rules(
        "minimal",
        steps=yaml.safe_load(PolicyVersion.objects.get(tier="minimal").text)["steps"]
        | {"model_review": [{"role": "model_reviewer", "quorum": 2}]},
    )
    w = f.world("minimal")
    assert not w.request.is_preapproved  # nothing serves yet
    f.approve(w.request, w.reviewer)
    from portal.core.models import User

    f.approve(w.request, User.objects.get(display_name="Sven Second"))
    deployments.promote(ModelVersion.objects.for_list().get(), by=w.owner)

    alike = models.register(f.trial(w.use_case, w.author), model=w.model, by=w.author)
    request = models.submit(alike, card=f.CARD, by=w.author)
    assert request.is_preapproved and request.plan[0].quorum == 1
    f.approve(request, w.reviewer)
    request.refresh_from_db()
    assert (request.state, request.is_sampled) == ("approved", True)
    assert Notice.objects.filter(user=w.risk, text__startswith="Look at this sample").exists()

    worse = models.register(f.trial(w.use_case, w.author, justify=True), model=w.model, by=w.author)
    assert not models.submit(worse, card=f.CARD, by=w.author).is_preapproved


def test_the_answer_to_would_this_need_approval_is_the_request_that_opens(client):
    w = f.world()
    client.force_login(w.owner)
    body = f.as_json(client.get(f"/api/approval-needs/{w.use_case.pk}/"))
    found = {each["kind"]: each for each in body["acts"]}
    assert found["model_review"]["needed"] and found["model_review"]["steps"][0]["role"] == "model_reviewer"
    assert found["promotion"]["needed"] is False  # the tier leaves it to those who run it
    assert [step.role for step in needs.of_gate(w.use_case, "G3", w.owner).steps] == ["sponsor"]
    assert body["can"]["upgrade_policy"]["reason"]


def test_asking_again_is_a_new_revision_and_earlier_answers_count_for_nothing():
    w = f.world()
    approvals.decide(
        w.request, answer="request_changes", reason="Say the limits.", category="card", by=w.reviewer
    )
    w.version.refresh_from_db()
    again = models.submit(w.version, card={**f.CARD, "limits": "Adults only."}, by=w.author)
    assert again.revision == 2 and not again.decisions.exists()
    with pytest.raises(IllegalMove):
        approvals.decide(w.request, **YES, by=w.reviewer)
    f.approve(again, w.reviewer)  # the same person may answer the new question


def test_the_database_takes_one_vote_per_person_and_per_seat_and_no_request_without_a_subject():
    w, second = two_reviewers()
    f.approve(w.request, w.reviewer)
    base = {
        "request": w.request,
        "role": "model_reviewer",
        "subject_digest": "x",
        "answer": "approve",
        "step": 1,
    }
    for row in (
        {**base, "decided_by": w.reviewer},
        {**base, "decided_by": second, "on_behalf_of": second},
        {**base, "decided_by": second, "answer": "reject"},
        {**base, "decided_by": second, "answer": "abstain"},
        {**base, "decided_by": second, "answer": "minor_issue", "reason": "x"},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Decision.objects.create(**row)
    with pytest.raises(DatabaseError), transaction.atomic():
        ApprovalRequest.objects.create(
            kind="policy", requested_by=w.author, subject_digest="x", policy_version="x"
        )
    assert Decision.objects.count() == 1


def test_the_database_takes_no_champion_without_an_approval():
    w = f.world()
    row = {"model": w.model, "version": w.version, "request": w.request, "started_by": w.owner}
    with pytest.raises(DatabaseError, match="champion needs an approval"), transaction.atomic():
        Deployment.objects.create(**row)
    f.approve(w.request, w.reviewer)
    serving = deployments.promote(ModelVersion.objects.for_list().get(), by=w.owner)
    other = models.register(f.trial(w.use_case, w.author), model=w.model, by=w.author)
    with pytest.raises(DatabaseError, match="champion needs an approval"), transaction.atomic():
        Deployment.objects.filter(pk=serving.pk).update(version=other)
    assert Deployment.objects.champions().get().version_id == w.version.pk


def test_no_address_sets_a_status_directly(client):
    w = f.world()
    client.force_login(w.risk)
    for url in (
        f"/api/approvals/{w.request.pk}/",
        f"/api/model-versions/{w.version.pk}/",
        f"/api/policies/{PolicyVersion.objects.first().pk}/",
    ):
        for method in (client.patch, client.put, client.delete):
            answer = method(url, {"state": "approved", "status": "approved"}, "application/json")
            # A version may be deleted as long as nothing refers to it; this one has a request.
            assert answer.status_code in ({403, 405} if method == client.delete else {405})
    assert client.get("/admin/").status_code == 404
    nothing_happened(w.request)
