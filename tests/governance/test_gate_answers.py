"""A gate is answered: passed, held, turned, stopped; a builder signs it, and who thinks otherwise is heard."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from governance import gates as requirements
from governance.models import Decision, Dissent, GateSignature
from governance.services import answers, approvals, dissents, gates, signatures
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import AuditEvent
from portal.core.models.credentials import Right
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import PhaseEvent, StopProposal
from projects.services import kill_criteria, pivots, stops, use_cases
from tests.governance import factories as f
from tests.governance.test_gates import in_initialisation
from tests.people import person

pytestmark = pytest.mark.django_db


def client(user):
    made = Client()
    made.force_login(user)
    return made


WHY = {"reason": "The data come in spring.", "category": "data"}


def in_days(days):
    return clock.today() + timedelta(days=days)


def asked_at_g1():
    made = f.use_case()
    f.squad(made)
    f.ready_for_g1(made)
    return made, gates.request(made, gate="G1", by=made.product_owner)


def test_a_hold_a_pivot_and_a_stop_say_why_and_until_when_or_with_which_lessons():
    made, asked = asked_at_g1()
    wrong = [
        ({"answer": "hold", **WHY}, "until"),
        ({"answer": "hold", "until": clock.today(), **WHY}, "until"),
        ({"answer": "pivot", "until": in_days(9), "category": "value"}, "reason"),
        ({"answer": "pivot", "until": in_days(9), "reason": "Another question."}, "category"),
        ({"answer": "stop", **WHY}, "lessons"),
        ({"answer": "approve", "until": in_days(9)}, "until"),
        ({"answer": "reject", "lessons": "None.", **WHY}, "lessons"),
    ]
    for said, field in wrong:
        with pytest.raises(ValidationError) as refusal:
            approvals.decide(asked, **said, by=made.sponsor)
        assert field in refusal.value.message_dict, said

    asked.refresh_from_db()
    made.refresh_from_db()
    assert (asked.state, made.phase, made.held_until, made.pivot_until) == ("open", "backlog", None, None)
    assert not Decision.objects.filter(request=asked).exists()


def test_a_held_gate_puts_the_use_case_on_hold_until_its_day_and_may_be_asked_again_then():
    made, asked = asked_at_g1()
    approvals.decide(asked, answer="hold", until=in_days(10), **WHY, by=made.sponsor)

    asked.refresh_from_db()
    made.refresh_from_db()
    assert (asked.state, made.phase) == ("held", "backlog")
    assert (made.held_until, made.held_reason) == (in_days(10), WHY["reason"])
    with pytest.raises(Refused, match="Not on hold"):
        gates.request(made, gate="G1", by=made.product_owner)
    use_cases.resume(made, by=made.product_owner)
    again = gates.request(made, gate="G1", by=made.product_owner)
    approvals.decide(again, answer="approve", by=made.sponsor)
    made.refresh_from_db()
    assert made.phase == "initialisation"


def test_a_pivot_opens_the_limits_until_the_new_direction_is_written_and_proposes_to_stop_after_its_day():
    made = in_initialisation()
    asked = gates.request(made, gate="G2", by=made.product_owner)
    approvals.decide(asked, answer="pivot", until=in_days(5), **WHY, by=made.sponsor)
    made.refresh_from_db()
    assert (asked.state, made.phase, made.pivot_until) == ("pivoted", "initialisation", in_days(5))

    with pytest.raises(Refused, match="new direction"):
        gates.request(made, gate="G2", by=made.product_owner)
    use_cases.update(made, timebox_days=30, by=made.product_owner)
    kill_criteria.add(
        made, statement="Half of the calls fall away", metric="share", comparator="at_least", threshold=0.5,
        deadline=in_days(20), by=made.product_owner,
    )  # fmt: skip
    with clock.at(clock.now() + timedelta(days=6)):
        assert StopProposal.Cause.PIVOT_LATE in {each.cause for each in stops.look_at(made)}

    with pytest.raises(Refused):
        pivots.turn(made, direction="We ask who calls.", by=person("A stranger"))
    pivots.turn(made, direction="We ask who calls, not who leaves.", by=made.product_owner)
    made.refresh_from_db()
    assert made.pivot_until is None
    assert not made.stop_proposals.filter(cause="pivot_late", state="open").exists()
    with pytest.raises(Refused, match="frozen"):
        kill_criteria.add(
            made, statement="Late", metric="share", comparator="at_least", threshold=0.5, deadline=in_days(20),
            by=made.product_owner,
        )  # fmt: skip


def test_a_stop_at_a_gate_ends_the_use_case_with_the_deciders_name_and_the_money_saved():
    made = in_initialisation()
    executive = person("Erin", duties=(Duty.EXECUTIVE,))
    asked = gates.request(made, gate="G2", by=made.product_owner)
    lessons = "Calls are not written down."
    with pytest.raises(Refused):
        approvals.decide(asked, answer="stop", lessons=lessons, **WHY, by=executive)
    approvals.decide(asked, answer="stop", lessons=lessons, **WHY, by=made.sponsor)

    made.refresh_from_db()
    event = PhaseEvent.objects.filter(use_case=made).latest("at")
    assert (asked.state, made.phase, made.lessons, made.end_reason) == (
        "stopped", "stopped", lessons, WHY["reason"],
    )  # fmt: skip
    assert (event.action, event.gate, event.by) == ("stop", "G2", made.sponsor)
    assert "days_in_phase" in event.evidence


def test_only_a_gate_before_production_can_be_answered_with_pivot_or_stop():
    w = f.world()
    assert not {"hold", "pivot", "stop"} & set(answers.choices(w.request))
    made, asked = asked_at_g1()
    assert {"hold", "pivot", "stop"} <= set(answers.choices(asked))
    f.in_phase(made, "production")
    asked.refresh_from_db()
    assert {"hold", "pivot", "stop"} & set(answers.choices(asked)) == {"hold"}


def test_who_decides_may_think_otherwise_once_with_the_answer_or_after_it():
    made = f.use_case("high", sponsor=False)
    f.squad(made)
    f.ready_for_g1(made)
    erin, emil = (person(name, duties=(Duty.EXECUTIVE,)) for name in ("Erin", "Emil"))
    asked = gates.request(made, gate="G1", by=made.product_owner)
    approvals.decide(asked, answer="approve", dissent="I would begin smaller.", by=erin)
    asked.refresh_from_db()
    dissents.record(asked, text="The risk is not understood.", by=emil)

    made.refresh_from_db()
    assert made.phase == "initialisation"
    assert [(each.said_by, each.text) for each in asked.dissents.all()] == [
        (erin, "I would begin smaller."), (emil, "The risk is not understood."),
    ]  # fmt: skip
    assert AuditEvent.objects.filter(verb="approval.dissented").count() == 2
    for user, words in (
        (emil, "kept already"),
        (made.product_owner, "product owner"),
        (person("Zoe"), "decide"),
    ):
        with pytest.raises(Refused, match=words):
            dissents.record(asked, text="Once more.", by=user)
    assert Dissent.objects.count() == 2
    page = client(emil).get(f"/approvals/{asked.pk}/").content.decode()
    assert "I would begin smaller." in page and "thinks otherwise" in page


def test_gate_2_waits_for_a_certified_builder_who_is_not_the_product_owner():
    made = in_initialisation()
    builder = GateSignature.objects.get().signed_by
    found = {each.code: each for each in requirements.requirements(made, "G2")}["builder_signed"]
    assert found.met and found.detail == str(builder)
    with pytest.raises(IllegalMove, match="signed this already"):
        signatures.sign(made, gate="G2", by=builder)

    made.kill_criteria.update(threshold=0.65)  # what was signed is another question now
    found = {each.code: each for each in requirements.requirements(made, "G2")}["builder_signed"]
    assert found.stops and "earlier state" in found.detail and str(builder) in found.remedy
    with pytest.raises(Refused, match="Signed by a builder"):
        gates.request(made, gate="G2", by=made.product_owner)
    engineer = made.members.get(role="data_engineer").user
    outsider = person("Olaf", rights=(Right.LAUNCH_AUTOML,))
    for user in (made.product_owner, engineer, outsider, person("Adam", duties=(Duty.ADMINISTRATOR,))):
        with pytest.raises(Refused):
            signatures.sign(made, gate="G2", by=user)
    builder.credentials.update(valid_until=clock.now() - timedelta(seconds=1))
    with pytest.raises(Refused, match="certificate"):
        signatures.sign(made, gate="G2", by=builder)
    assert GateSignature.objects.count() == 1

    builder.credentials.update(valid_until=clock.now() + timedelta(days=9))
    page = client(builder)
    assert "Sign as a builder" in page.get(f"/use-cases/{made.pk}/gates/G2/").content.decode()
    page.post(f"/use-cases/{made.pk}/gates/G2/sign/", {"note": "Measured again."})
    gates.request(made, gate="G2", by=made.product_owner)
