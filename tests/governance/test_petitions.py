# ruff: noqa: F811  the fixture of a neighbour
"""Retirement, several decisions in one act, and what holds for every petition: each change kept aside until decided."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from governance import manifests
from governance.models import ApprovalRequest, Decision, Deployment, ModelVersion, Waiver
from governance.rules.conflicts import conflicts
from governance.services import (
    approval_times,
    approvals,
    deployments,
    models,
    petitions,
    retirements,
    together,
)
from portal.core.duties import Duty
from portal.core.models import AuditEvent
from portal.core.services import audit
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import Dataset, DatasetShare, DatasetVersion, UseCase
from projects.services import datasets, shares, squads
from tests.governance import factories as f
from tests.governance.petition_scene import (
    WHY,
    answered,
    before_g1,  # noqa: F401  a fixture
    in_days,
    later,
    officer,
    verbs,
)
from tests.people import person

pytestmark = pytest.mark.django_db


def confidential(owner, use_case, kind="confidential", **more):
    return Dataset.objects.create(
        name="Salaries", owner=owner, use_case=use_case, classification=kind, **more
    )


def test_data_is_opened_by_its_owner_until_a_day_which_ends_it_by_itself():
    made = f.use_case("limited")
    owner, steward, asker = person("Dora Owner"), person("Stella Steward"), person("Asa Asker")
    data = confidential(owner, made, steward=steward)
    assert data not in Dataset.objects.visible_to(asker) and data in Dataset.objects.askable_by(asker)
    for out in (owner, made.product_owner, person("Aud", duties=(Duty.AUDITOR,))):
        assert data not in Dataset.objects.askable_by(out)
    special = confidential(owner, made, kind="special")
    private = confidential(owner, None)
    hidden = f.use_case("limited")
    UseCase.objects.filter(pk=hidden.pk).update(is_confidential=True)
    secret = confidential(owner, hidden)
    for unknown in (special, private, secret):
        assert unknown not in Dataset.objects.askable_by(asker)

    asked = petitions.access(data, purpose="Compare sites.", until=in_days(30), by=asker)
    assert asked.steps == ["data_owner"] and data not in Dataset.objects.visible_to(asker)
    assert asked in ApprovalRequest.objects.visible_to(steward)
    assert asked not in ApprovalRequest.objects.visible_to(person("Other"))
    for who in (
        asker,
        made.product_owner,
        made.sponsor,
        officer(),
        person("Ada", duties=(Duty.ADMINISTRATOR,)),
    ):
        with pytest.raises(Refused):
            answered(asked, who)
    assert not DatasetShare.objects.exists()
    answered(asked, steward)

    grant = DatasetShare.objects.get()
    assert (grant.person, grant.granted_by, grant.until) == (asker, steward, in_days(30))
    assert data in Dataset.objects.visible_to(asker) and data not in Dataset.objects.askable_by(asker)
    with pytest.raises(Refused, match="already"):
        petitions.access(data, purpose="Again.", until=in_days(30), by=asker)
    with later(31):
        assert data not in Dataset.objects.visible_to(asker)  # the day alone, no timetable
        assert shares.expire_over() == 1 and shares.expire_over() == 0
    assert {"dataset.access_granted", "dataset.access_expired"} <= verbs()
    assert asker.notices.filter(text__contains="has run out").count() == 1


def test_data_that_changes_its_class_or_belongs_to_ones_own_project_is_not_opened_by_a_slip():
    made = f.use_case("limited")
    owner, asker = person("Dora Owner"), person("Asa Asker")
    data = confidential(owner, made)
    asked = petitions.access(data, purpose="Compare sites.", until=in_days(30), by=asker)
    with pytest.raises(IllegalMove, match="open request"):
        petitions.access(data, purpose="Compare sites.", until=in_days(30), by=asker)
    Dataset.objects.filter(pk=data.pk).update(classification="special")
    with pytest.raises(IllegalMove, match="changed"):
        answered(asked, owner)
    asked.refresh_from_db()
    assert asked.state == "void" and not DatasetShare.objects.exists()
    for field, said in (("purpose", {"purpose": " "}), ("until", {"until": in_days(400)})):
        Dataset.objects.filter(pk=data.pk).update(classification="personal")
        data.refresh_from_db()
        with pytest.raises(ValidationError) as problem:
            petitions.access(data, **{"purpose": "x", "until": in_days(3), **said}, by=asker)
        assert field in problem.value.message_dict

    mine = f.use_case("limited")  # the owner of the data works on what it is asked for: somebody else decides
    squads.add_member(mine, user=owner, role="data_engineer", is_lead=False, by=mine.product_owner)
    with pytest.raises(Refused, match="Nobody could decide"):
        petitions.access(data, purpose="x", until=in_days(3), use_case=mine, by=asker)
    boss = person("Erin Executive", duties=(Duty.EXECUTIVE,))
    asked = petitions.access(data, purpose="x", until=in_days(3), use_case=mine, by=asker)
    assert asked.steps == ["executive"] and asked.plan[0].instead_of == "data_owner"
    assert "you are a member of the squad" in conflicts(owner, asked)
    with pytest.raises(Refused):
        answered(asked, owner)
    answered(asked, boss)
    assert data in Dataset.objects.visible_to(asker)
    grant = DatasetShare.objects.get(ended_at=None)
    with pytest.raises(Refused):
        shares.end(grant, by=person("Stranger"))
    shares.end(grant, by=owner)
    assert data not in Dataset.objects.visible_to(asker)


def test_a_model_is_retired_on_its_last_day_by_a_decision_and_its_users_are_told():
    w = f.world()
    with pytest.raises(Refused, match="was approved"):
        petitions.retire(w.version, reason="Old.", until=in_days(9), by=w.owner)
    f.approve(w.request, w.reviewer)
    w.version.refresh_from_db()
    deployments.promote(w.version, by=w.owner)
    with pytest.raises(Refused, match="engineer"):
        petitions.retire(w.version, reason="Old.", until=in_days(9), by=w.risk)
    asked = petitions.retire(w.version, reason="The process has changed.", until=in_days(9), by=w.owner)
    assert asked.steps == ["sponsor"]
    for who in (w.owner, w.author, w.squad["ml_engineer"], w.reviewer):
        with pytest.raises(Refused):
            answered(asked, who)
    answered(asked, w.sponsor)
    with pytest.raises(DatabaseError, match="champion needs an approval"), transaction.atomic():
        Deployment.objects.champions().update(request=asked)  # a yes to something else carries no champion
    assert Deployment.objects.champions().filter(version=w.version).exists() and asked.applied_at is None
    with pytest.raises(Refused, match="decided"):
        petitions.retire(w.version, reason="Old.", until=in_days(9), by=w.owner)
    with later(9):
        assert retirements.carry_out_due() == 0  # the last day is a day of service
    with later(10):
        assert retirements.carry_out_due() == 1 and retirements.carry_out_due() == 0
        w.version.refresh_from_db()
        asked.refresh_from_db()
        assert w.version.status == "archived" and asked.applied_at
        assert not Deployment.objects.current().filter(version=w.version).exists()
    assert {"version.retirement_decided", "version.retired", "model.without_champion"} <= verbs()


def test_a_retirement_decided_on_its_last_day_is_carried_out_at_once_and_high_risk_asks_a_risk_officer():
    w = f.world("high")
    f.approve(w.request, w.reviewer)
    w.version.refresh_from_db()
    asked = petitions.retire(w.version, reason="Old.", until=in_days(0), by=w.owner)
    assert asked.steps == ["risk_officer"]
    models.revoke(w.version, reason="A fault.", by=w.risk)
    with pytest.raises(IllegalMove, match="changed"):  # its status is part of what is decided on
        answered(asked, w.risk)
    w.version.refresh_from_db()
    assert w.version.status == "revoked"


def test_time_never_approves_any_of_the_new_kinds(before_g1):
    made, _people, _risk = before_g1
    asker = person("Asa Asker")
    data = confidential(person("Dora Owner"), made)
    waiver = petitions.waive(made, gate="G1", code="lead", until=in_days(60), by=made.product_owner, **WHY)
    access = petitions.access(data, purpose="x", until=in_days(90), by=asker)
    with later(12):
        approval_times.expire_overdue()
        assert ApprovalRequest.objects.get(pk=waiver.pk).reminded_at and Waiver.objects.count() == 0
    with later(80):
        assert approval_times.expire_overdue() == 2
    for each in (waiver, access):
        each.refresh_from_db()
        assert each.state == "expired"
    assert not Waiver.objects.exists() and not DatasetShare.objects.exists()


def test_a_day_that_has_passed_before_the_decision_grants_nothing(before_g1):
    made, _people, risk = before_g1
    waiver = petitions.waive(made, gate="G1", code="lead", until=in_days(2), by=made.product_owner, **WHY)
    data = confidential(person("Dora Owner"), made)
    access = petitions.access(data, purpose="x", until=in_days(2), by=person("Asa Asker"))
    with later(3):
        for each, by in ((waiver, risk), (access, data.owner)):
            with pytest.raises(IllegalMove, match="has passed"), transaction.atomic():
                answered(each, by)
            each.refresh_from_db()
            assert each.state == "open" and not each.decisions.exists()
    assert not Waiver.objects.exists() and not DatasetShare.objects.exists()


def test_several_like_requests_are_decided_in_one_act_each_by_its_own_rules():
    boss = person("Erin Executive", duties=(Duty.EXECUTIVE,))
    owner, asker, other = person("Dora Owner"), person("Asa Asker"), person("Otto Other")
    made = f.use_case("limited")
    mine, second, third = confidential(owner, made), confidential(owner, made), confidential(other, made)
    asked = [
        petitions.access(each, purpose="Compare.", until=in_days(30), by=who)
        for each, who in ((mine, asker), (second, asker), (third, asker), (mine, boss))
    ]
    approvals.withdraw(asked[3], by=boss)
    stale = {str(asked[1].pk): "f" * 64}
    outcomes = together.decide(asked, answer="approve", seen=stale, by=owner)

    found = {each.request: each for each in outcomes}
    assert [found[each].decided for each in asked] == [True, False, False, False]
    assert "older state" in str(found[asked[1]].verdict.reason)
    assert "owner or the steward" in str(found[asked[2]].verdict.reason)
    assert "decided a moment ago" in str(found[asked[3]].verdict.reason)
    assert list(DatasetShare.objects.values_list("dataset", "person")) == [(mine.pk, asker.pk)]
    assert [ApprovalRequest.objects.get(pk=each.pk).state for each in asked] == [
        "approved", "open", "open", "withdrawn",
    ]  # fmt: skip
    (event,) = AuditEvent.objects.filter(verb="approval.decided_together")
    assert (event.details["decided"], len(event.details["refused"])) == ([str(asked[0].pk)], 3)
    outcomes = together.decide(asked[1:2], answer="reject", by=owner)
    assert "Say why" in str(outcomes[0].verdict.reason)  # a no has its reason, together or alone
    tier = petitions.waive  # another kind is not alike
    squad_case = f.use_case("limited")
    f.squad(squad_case)
    officer()
    waiver = tier(
        squad_case, gate="G1", code="score_agreed", until=in_days(3), by=squad_case.product_owner, **WHY
    )
    for wrong in ([asked[1], waiver], []):
        with pytest.raises(ValidationError):
            together.decide(wrong, answer="approve", by=owner)
    assert ApprovalRequest.objects.get(pk=asked[1].pk).state == "open"


def test_no_review_slips_through_without_its_checklist_when_several_are_answered():
    w = f.world()
    (outcome,) = together.decide([w.request], answer="approve", by=w.reviewer)
    assert not outcome.decided and "checklist" in str(outcome.verdict.reason)
    w.version.refresh_from_db()
    assert w.version.status == "submitted" and not Decision.objects.exists()


def test_a_waiver_and_a_grant_have_no_other_door_and_the_database_keeps_their_shape(before_g1):
    made, _people, risk = before_g1
    asked = petitions.waive(made, gate="G1", code="lead", until=in_days(9), by=made.product_owner, **WHY)
    answered(asked, risk)
    waiver = Waiver.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        Waiver.objects.filter(pk=waiver.pk).update(gate="")
    with pytest.raises(DatabaseError), transaction.atomic():
        ApprovalRequest.objects.filter(pk=asked.pk).update(use_case=None)
    assert manifests.subject_digest(asked) == asked.subject_digest


def test_preparing_the_data_is_a_stake_in_what_was_learned_from_it():
    w = f.world()
    clean = person("Nina Nostake", duties=(Duty.MODEL_REVIEWER,))
    assert conflicts(clean, w.request) == []
    data = w.version.dataset_version
    before = person("Elsa Earlier")
    DatasetVersion.objects.filter(pk=data.pk).update(number=2)
    DatasetVersion.objects.create(
        dataset=data.dataset, number=1, uploaded_by=before, original_name="a.csv", upload_digest="0" * 64
    )
    after = person("Lara Later")
    DatasetVersion.objects.create(
        dataset=data.dataset, number=3, uploaded_by=after, original_name="b.csv", upload_digest="1" * 64
    )
    datasets.describe(data.dataset, dictionary={"left": "Has left."}, by=w.uploader)
    shaper = person("Sasha Shaper")
    with transaction.atomic():
        audit.record("experiment.question_changed", w.trial.experiment, by=shaper, fields=["roles"])
    w.request.refresh_from_db()
    w.version.dataset_version.refresh_from_db()
    request = ApprovalRequest.objects.for_list().get(pk=w.request.pk)
    assert conflicts(before, request) == ["you uploaded an earlier version of the data"]
    assert conflicts(after, request) == []  # it learned nothing from that one
    assert conflicts(shaper, request) == ["you prepared the data"]
    assert "you prepared the data" in conflicts(w.uploader, request)
    assert not ModelVersion.objects.filter(status="approved").exists()
