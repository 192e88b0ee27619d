# ruff: noqa: F811  the fixture of a neighbour
"""Waivers of a requirement and of a guardrail: asked, decided, until a day, and then it stands again."""

import pytest
from django.core.exceptions import ValidationError

from governance import gates
from governance.models import ApprovalRequest, Decision, Deployment, Finding, Waiver
from governance.selectors import petitions as reads
from governance.services import deployments, gates as gate_services, models, petitions, waiver_ends
from portal.core.duties import Duty
from portal.core.services import audit
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import UseCase
from tests.governance import factories as f
from tests.governance.petition_scene import (
    WHY,
    answered,
    before_g1,  # noqa: F401  a fixture
    in_days,
    later,
    verbs,
)
from tests.people import person

pytestmark = pytest.mark.django_db


def test_a_requirement_is_let_go_by_a_decision_until_a_day_and_then_stands_again(before_g1):
    made, people, risk = before_g1
    with pytest.raises(Refused, match="lead"):
        gate_services.request(made, gate="G1", by=made.product_owner)

    asked = petitions.waive(made, gate="G1", code="lead", until=in_days(20), by=made.product_owner, **WHY)
    assert asked.steps == ["risk_officer"] and not Waiver.objects.exists()
    with pytest.raises(Refused, match="lead"):  # asked is not granted
        gate_services.request(made, gate="G1", by=made.product_owner)
    assert any("without" in text and "G1" in text for text in reads.preview(asked))
    member = people["data_engineer"]
    for who in (made.product_owner, member, made.sponsor, person("Ada", duties=(Duty.ADMINISTRATOR,))):
        with pytest.raises(Refused):
            answered(asked, who)
    assert not Decision.objects.filter(request=asked).exists() and not Waiver.objects.exists()

    answered(asked, risk)
    waiver = Waiver.objects.get()
    assert (waiver.gate, waiver.code, waiver.until) == ("G1", "lead", in_days(20)) and asked.applied_at
    (lead,) = [each for each in gates.requirements(made, "G1") if each.code == "lead"]
    assert (lead.met, lead.stops, lead.waiver) == (False, False, waiver)
    passed = gate_services.request(made, gate="G1", by=made.product_owner)
    answered(passed, made.sponsor)
    made.refresh_from_db()
    assert made.phase == "initialisation"
    assert "lead" in made.phase_events.order_by("-at").first().evidence["waivers"]

    with later(21):  # the day alone ends it, before the timetable has run
        assert not Waiver.objects.in_force().exists()
        assert waiver_ends.end_over() == 1 and waiver_ends.end_over() == 0
        found = Finding.objects.get(use_case=made)
        assert found.severity == "high" and found.owner == made.product_owner and "lead" in found.title
    assert {"waiver.granted", "waiver.ended", "finding.raised"} <= verbs() and audit.verify().sound


def test_a_waiver_that_ends_before_the_gate_was_passed_leaves_the_gate_shut(before_g1):
    made, _people, risk = before_g1
    asked = petitions.waive(made, gate="G1", code="lead", until=in_days(20), by=made.product_owner, **WHY)
    answered(asked, risk)
    passed = gate_services.request(made, gate="G1", by=made.product_owner)
    waiver = Waiver.objects.for_list().get()
    with pytest.raises(Refused):
        waiver_ends.end(waiver, reason="No more.", by=person("Stranger"))
    waiver_ends.end(waiver, reason="A lead is found soon.", by=made.product_owner)

    with pytest.raises(Refused, match="lead"):  # the gate looks once more at the moment of the decision
        answered(passed, made.sponsor)
    made.refresh_from_db()
    assert made.phase == "backlog" and not Finding.objects.exists()
    with pytest.raises(Refused, match="over already"):
        waiver_ends.end(Waiver.objects.for_list().get(), reason="Again.", by=made.product_owner)
    again = petitions.waive(made, gate="G1", code="lead", until=in_days(5), by=made.product_owner, **WHY)
    assert again.revision == 2


def test_what_may_not_be_waived_is_refused_with_its_reason_and_nothing_is_asked(before_g1):
    made, people, _risk = before_g1
    owner = made.product_owner
    UseCase.objects.filter(pk=made.pk).update(risk_tier="unassessed")
    made.refresh_from_db()

    def ask(by=owner, **said):
        given = {"gate": "G1", "code": "lead", "until": in_days(9), **WHY, **said}
        return petitions.waive(made, **given, by=by)

    for who, said, words in (
        (owner, {"code": "tier_assessed"}, "never waived"),
        (owner, {"code": "product_owner"}, "is met"),
        (person("Stranger"), {}, "product owner and the squad"),
        (person("Ada", duties=(Duty.ADMINISTRATOR, Duty.RISK_OFFICER)), {}, "product owner and the squad"),
    ):
        with pytest.raises(Refused, match=words):
            ask(by=who, **said)
    for said, field in (
        ({"gate": "G3"}, "gate"),
        ({"code": "weather"}, "code"),
        ({"reason": "  "}, "reason"),
        ({"meanwhile": "x" * 2001}, "meanwhile"),
        ({"until": in_days(-1)}, "until"),
        ({"until": in_days(31)}, "until"),  # unassessed is held to the strictest tier: 30 days
    ):
        with pytest.raises(ValidationError) as problem:
            ask(**said)
        assert field in problem.value.message_dict
    assert not ApprovalRequest.objects.exists()
    made.refresh_from_db()
    UseCase.objects.filter(pk=made.pk).update(risk_tier="limited")
    first = ask(by=people["data_engineer"])
    with pytest.raises(IllegalMove, match="open request"):
        ask()
    assert ApprovalRequest.objects.get() == first  # another topic would be another request


def blocked(w):
    """A version that a guardrail blocks."""
    trial = f.trial(w.use_case, w.author, uploader=w.uploader)
    f.guardrail(trial.experiment, code="target_leakage", severity="block", is_alerted=True)
    return models.register(trial, model=w.model, by=w.author)


def test_a_guardrail_is_waived_by_an_expert_and_its_end_blocks_voids_or_binds_again():
    w = f.world()
    rita = f.reviewer("Rea Second")
    version = blocked(w)
    assert version.status == "blocked"
    with pytest.raises(Refused):
        petitions.waive_block(version, until=in_days(9), by=w.reviewer, **WHY)
    asked = petitions.waive_block(version, until=in_days(9), by=w.author, **WHY)
    for who in (w.author, w.risk, w.owner, w.sponsor, w.squad["ml_engineer"]):
        with pytest.raises(Refused):
            answered(asked, who)
    version.refresh_from_db()
    assert version.status == "blocked"
    answered(asked, rita)
    version.refresh_from_db()
    assert (version.status, version.block_waiver, version.block_waived_by) == (
        "candidate",
        WHY["reason"],
        rita,
    )

    with later(10):  # nobody handed it in: the block is back
        waiver_ends.end_over()
        version.refresh_from_db()
        assert (version.status, version.block_waiver) == ("blocked", "")

    answered(petitions.waive_block(version, until=in_days(9), by=w.author, **WHY), rita)
    version.refresh_from_db()
    review = models.submit(version, card=f.CARD, by=w.author)
    with later(10):  # in review: the review is void
        waiver_ends.end_over()
        version.refresh_from_db()
        review.refresh_from_db()
        assert (version.status, review.state) == ("blocked", "void")

    answered(petitions.waive_block(version, until=in_days(9), by=w.author, **WHY), rita)
    version.refresh_from_db()
    f.approve(models.submit(version, card=f.CARD, by=w.author), w.reviewer)
    version.refresh_from_db()
    deployments.promote(version, by=w.owner)
    with later(10):  # approved: on condition, and it falls when the finding is late
        waiver_ends.end_over()
        version.refresh_from_db()
        assert version.status == "approved_conditionally"
        assert Finding.objects.get(version=version).severity == "high"
    with later(20):
        models.revoke_overdue()
        version.refresh_from_db()
        assert version.status == "revoked" and not Deployment.objects.champions().exists()
