"""Gate 0 at the door, gate 4 in production, and the modes that do not stop."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from governance import gates as requirements, policies
from governance.models import ApprovalRequest
from governance.services import approvals, gates
from portal.core import clock
from portal.core.models import AuditEvent
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import UseCase
from projects.services import stops, use_cases
from tests.governance import factories as f
from tests.people import person

pytestmark = pytest.mark.django_db


def found(made, gate):
    return {each.code: each for each in requirements.requirements(made, gate)}


def live(tier="minimal"):
    made = f.use_case(tier)
    UseCase.objects.filter(pk=made.pk).update(monitoring_owner=person("Mona Monitor"))
    made.refresh_from_db()
    f.in_phase(made, "production")
    return made


def test_gate_0_lists_what_a_proposal_says_and_stops_only_what_is_prohibited():
    waiting = use_cases.propose(title="Faces", problem="Too short.", by=person())

    seen = found(waiting, "G0")

    assert {code for code, each in seen.items() if not each.met} == {
        "problem_said", "decision_said", "metric_said", "unit_named",
    }  # fmt: skip
    assert [code for code, each in seen.items() if each.stops] == []
    assert all(each.remedy and each.url for each in seen.values())
    UseCase.objects.filter(pk=waiting.pk).update(risk_tier="prohibited")
    waiting.refresh_from_db()
    assert found(waiting, "G0")["not_prohibited"].stops


def test_gate_0_sees_that_somebody_was_here_before():
    text = "Clients leave and nobody sees it coming before they are gone."
    f.use_case()
    first = use_cases.propose(title="Clients who leave", problem=text, by=person())
    second = use_cases.propose(title="Clients who leave", problem=text, by=person())

    assert first.ref in found(second, "G0")["duplicates_seen"].detail


def test_gate_0_stands_on_the_page_of_triage_and_of_its_own():
    waiting = use_cases.propose(title="Storms", problem="Too few adjusters after a storm.", by=person())
    client = Client()
    client.force_login(person(duties=("portfolio_manager",)))

    panel = client.get(reverse("governance:intake_panel", args=[waiting.pk])).content.decode()
    page = client.get(reverse("governance:gate_detail", args=[waiting.pk, "G0"])).content.decode()

    assert "Business line named" in panel and "Business line named" in page
    assert reverse("projects:triage_decide", args=[waiting.pk]) in page


@pytest.mark.parametrize(("tier", "mode", "stops_it"), [("minimal", "observe", False), ("limited", "warn", False), ("high", "prevent", True)])  # fmt: skip
def test_an_open_proposal_to_stop_weighs_by_tier(tier, mode, stops_it):
    made = f.use_case(tier)
    f.in_phase(made, "initialisation")
    with clock.at(clock.now() + timedelta(days=30)):
        stops.look_at(made)

    seen = found(made, "G2")["stops_answered"]

    assert (seen.met, seen.mode, seen.stops) == (False, mode, stops_it)


def test_a_review_falls_due_by_the_policy_of_the_tier():
    made = live("minimal")
    days = policies.for_tier("minimal").production_review_days

    assert requirements.gate_of(made) == "G5"
    with clock.at(clock.now() + timedelta(days=days)):
        assert requirements.gate_of(made) == "G4"


def test_a_review_keeps_the_phase_writes_its_course_and_counts_anew():
    made = live("minimal")
    since = made.phase_since

    with clock.at(clock.now() + timedelta(days=200)):
        asked = gates.request(made, gate="G4", course="scale", by=made.product_owner)
        approvals.decide(asked, answer="approve", by=made.sponsor)
        made.refresh_from_db()
        assert requirements.gate_of(made) == "G5"
        assert requirements.review_due(made) > clock.today() + timedelta(days=170)

    assert (made.phase, made.phase_since) == ("production", since)
    assert ApprovalRequest.objects.get().course == "scale"
    event = AuditEvent.objects.about(made).get(verb="gate.reviewed")
    assert event.details["course"] == "scale"


@pytest.mark.parametrize(("gate", "course"), [("G4", ""), ("G4", "dance"), ("G5", "keep")])
def test_a_review_needs_its_course_and_nothing_else_has_one(gate, course):
    made = live()

    with pytest.raises(ValidationError) as refusal:
        gates.request(made, gate=gate, course=course, by=made.product_owner)

    assert set(refusal.value.message_dict) == {"course"}
    assert not ApprovalRequest.objects.exists()


def test_value_and_drift_stand_in_the_way_at_higher_tiers_only():
    assert not found(live("minimal"), "G4")["value_realised"].stops
    made = live("limited")

    with pytest.raises(Refused, match="Realised value"):
        gates.request(made, gate="G4", course="keep", by=made.product_owner)

    assert not ApprovalRequest.objects.exists()


def test_a_review_is_asked_for_in_production_only():
    made = f.use_case()

    with pytest.raises(IllegalMove):
        gates.request(made, gate="G4", course="keep", by=made.product_owner)


def test_the_review_is_asked_for_on_its_page_and_over_the_api():
    made, other = live(), live()
    client = Client()
    client.force_login(made.product_owner)
    url = reverse("governance:gate_detail", args=[made.pk, "G4"])

    assert client.get(url).status_code == 200
    assert client.post(url, {"comment": "It helps."}).status_code == 422
    assert client.post(url, {"comment": "It helps.", "course": "keep"}).status_code == 302
    api = APIClient()
    api.force_authenticate(other.product_owner)
    asked = api.post(f"/api/gates/{other.pk}/request/", {"gate": "G4", "course": "fix"})
    assert asked.status_code == 201
    assert set(ApprovalRequest.objects.values_list("course", flat=True)) == {"keep", "fix"}
