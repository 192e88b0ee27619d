"""Waivers, data, retirement and several decisions at once, by page and by program: the same doors."""

from datetime import timedelta

import pytest

from governance.models import ApprovalRequest, Finding, Override, Waiver
from governance.services import approvals, gates as gate_services, overrides, petitions
from portal.core import clock
from portal.core.duties import Duty
from portal.core.verdicts import Refused
from projects.models import Dataset, DatasetShare, SquadMember
from tests.governance import factories as f
from tests.governance.test_gates import before_g3
from tests.people import person

pytestmark = pytest.mark.django_db
JSON = "application/json"


def day(days):
    return (clock.today() + timedelta(days=days)).isoformat()


def later(days):
    return clock.at(clock.now() + timedelta(days=days))


def text(response):
    return response.content.decode()


def test_a_waiver_by_page_and_by_program(client):
    made = f.use_case("limited")
    f.squad(made)
    f.ready_for_g1(made)
    SquadMember.objects.filter(use_case=made).update(is_lead=False)
    risk = person("Rolf Risk", duties=(Duty.RISK_OFFICER,))
    said = {"code": "lead", "reason": "Ill.", "meanwhile": "The owner leads.", "until": day(9)}
    ask, gate = f"/use-cases/{made.pk}/gates/G1/waiver/", f"/use-cases/{made.pk}/gates/G1/"

    client.force_login(person("Stranger"))
    assert client.get(ask).status_code == 200 and client.post(ask, said).status_code == 403
    client.force_login(made.product_owner)
    assert "Ask for a waiver" in text(client.get(gate))
    for wrong in ({"until": day(-1)}, {"reason": ""}, {"code": "weather"}, {"until": "soon"}):
        assert client.post(ask, said | wrong).status_code == 422
    assert not ApprovalRequest.objects.exists()
    assert client.post(ask, said).status_code == 302
    asked = ApprovalRequest.objects.get()
    again = client.post("/api/waivers/", said | {"use_case": str(made.pk), "gate": "G1"}, JSON)
    assert again.status_code == 409 and ApprovalRequest.objects.count() == 1

    client.force_login(risk)
    page = text(client.get(f"/approvals/{asked.pk}/"))
    assert "Meanwhile: The owner leads." in page and "until" in page
    assert client.post(f"/approvals/{asked.pk}/decide/", {"answer": "approve"}).status_code == 302
    waiver = Waiver.objects.get()
    assert "waived" in text(client.get(gate)) and "End the waiver" in text(client.get(gate))
    shown = f.as_json(client.get(f"/api/waivers/?running=true&use_case={made.pk}"))["results"]
    assert [each["id"] for each in shown] == [str(waiver.pk)]
    assert client.post(f"/api/waivers/{waiver.pk}/end/", {"reason": ""}, JSON).status_code == 400
    ended = client.post(f"/api/waivers/{waiver.pk}/end/", {"reason": "A lead is there."}, JSON)
    assert ended.status_code == 200 and f.as_json(ended)["can"]["end"]["allowed"] is False
    assert client.post(f"/waivers/{waiver.pk}/end/", {"reason": "Again."}).status_code == 403


def test_data_is_asked_for_and_opened_by_page_and_by_program(client):
    made = f.use_case("limited")
    owner, asker = person("Dora Owner"), person("Asa Asker")
    data = Dataset.objects.create(name="Salaries", owner=owner, use_case=made, classification="confidential")
    client.force_login(asker)
    assert client.get(f"/data/{data.pk}/").status_code == 404 and client.get("/data/").status_code == 200
    assert "Salaries" in text(client.get("/data-access/"))
    assert f.as_json(client.get("/api/data-access/askable/"))["datasets"][0]["dataset"] == str(data.pk)
    assert client.post(f"/data-access/{data.pk}/", {"purpose": "", "until": day(9)}).status_code == 422
    body = {"dataset": str(data.pk), "purpose": "To compare.", "until": day(9)}
    assert client.post("/api/data-access/", body | {"until": day(999)}, JSON).status_code == 400
    answer = client.post("/api/data-access/", body, JSON)
    assert answer.status_code == 201 and f.as_json(answer)["dataset"] == str(data.pk)
    asked = ApprovalRequest.objects.get()
    assert client.post(f"/api/approvals/{asked.pk}/decide/", {"answer": "approve"}, JSON).status_code == 403
    assert not DatasetShare.objects.exists()

    client.force_login(owner)
    assert "Salaries · Asa Asker" in text(client.get("/inbox/"))
    assert client.get(f"/approvals/{asked.pk}/").status_code == 200
    assert client.post(f"/approvals/{asked.pk}/decide/", {"answer": "approve"}).status_code == 302
    client.force_login(asker)
    assert client.get(f"/data/{data.pk}/").status_code == 200
    grant = DatasetShare.objects.get()
    assert f.as_json(client.get("/api/data-access/?running=true"))["results"][0]["id"] == str(grant.pk)
    with later(10):
        client.force_login(asker)
        assert client.get(f"/data/{data.pk}/").status_code == 404
    client.force_login(asker)
    assert client.post(f"/data-grants/{grant.pk}/end/").status_code == 302
    assert client.get(f"/data/{data.pk}/").status_code == 404


def test_several_requests_are_answered_on_one_page_and_each_says_what_became_of_it(client):
    made, owner = f.use_case("limited"), person("Dora Owner")
    rows = [
        Dataset.objects.create(name=f"Table {n}", owner=owner, use_case=made, classification="confidential")
        for n in range(3)
    ]
    Dataset.objects.filter(pk=rows[2].pk).update(owner=person("Otto Other"))
    rows[2].refresh_from_db()
    asker = person("Asa Asker")
    until = clock.today() + timedelta(days=9)
    asked = [petitions.access(each, purpose="To compare.", until=until, by=asker) for each in rows]
    keys = [str(each.pk) for each in asked]

    client.force_login(owner)
    page = text(client.get("/approvals/together/"))
    assert page.count('type="checkbox"') == 2 and "Decide together" in text(client.get("/inbox/"))
    assert client.post("/approvals/together/?kind=data_access", {"answer": "approve"}).status_code == 422
    sent = {"answer": "reject", "requests": keys[:2]}
    refused = client.post("/approvals/together/?kind=data_access", sent)
    assert refused.status_code == 409 and "Say why" in text(refused)
    done = client.post(
        "/approvals/together/?kind=data_access",
        {"answer": "approve", "requests": [*keys, "no key"], f"seen_{keys[1]}": "f" * 64},
    )
    assert done.status_code == 200 and "1 request decided" in text(done) and "older state" in text(done)
    assert [each.state for each in ApprovalRequest.objects.filter(pk__in=keys).order_by("created_at")] == [
        "approved", "open", "open",
    ]  # fmt: skip

    body = {"answer": "approve", "requests": [{"request": key} for key in keys[:2]]}
    found = f.as_json(client.post("/api/approvals/together/", body, JSON))
    assert found["outcomes"][keys[1]]["decided"] and not found["outcomes"][keys[0]]["decided"]
    client.force_login(asker)
    assert client.post("/api/approvals/together/", body, JSON).status_code == 403
    client.force_login(person("Stranger"))
    assert client.post("/api/approvals/together/", body, JSON).status_code == 404
    assert DatasetShare.objects.count() == 2


def ready_to_go_live():
    """Everything for gate 3, asked."""
    w = before_g3("minimal")
    return w, gate_services.request(w.use_case, gate="G3", by=w.owner)


def test_two_people_put_a_gate_through_in_an_emergency_and_its_end_takes_it_back(client):
    w, asked = ready_to_go_live()
    boss = person("Eva Executive", duties=(Duty.EXECUTIVE,))
    with pytest.raises(Refused):
        overrides.propose(asked, reason="Storm damage needs it tonight.", by=w.owner)
    client.force_login(w.risk)
    url = f"/approvals/{asked.pk}/override/"
    assert client.post(url, {"reason": "Storm damage needs it tonight."}).status_code == 302
    override = Override.objects.get()
    w.use_case.refresh_from_db()
    assert w.use_case.phase == "development"
    client.force_login(boss)
    assert client.post(f"/overrides/{override.pk}/confirm/").status_code == 302
    w.use_case.refresh_from_db()
    override.refresh_from_db()
    assert (w.use_case.phase, override.state) == ("production", "in_force")
    assert not asked.decisions.exists()  # an override is never a vote
    assert Finding.objects.filter(use_case=w.use_case, severity="high").count() == 1

    with later(2):
        assert overrides.end_overdue() == 0
    with later(4):
        assert overrides.end_overdue() == 1 and overrides.end_overdue() == 0
        w.use_case.refresh_from_db()
        assert w.use_case.phase == "development"


def test_what_went_live_in_an_emergency_stays_when_the_gate_is_decided_in_the_ordinary_way():
    w, asked = ready_to_go_live()
    boss = person("Eva Executive", duties=(Duty.EXECUTIVE,))
    override = overrides.propose(asked, reason="Storm damage needs it tonight.", by=w.risk)
    overrides.confirm(Override.objects.for_list().get(pk=override.pk), by=boss)
    w.use_case.refresh_from_db()
    finding = Finding.objects.get(use_case=w.use_case, severity="high")
    Finding.objects.filter(pk=finding.pk).update(state="verified")  # settled as its own tests show
    again = gate_services.request(w.use_case, gate="G3", by=w.owner)
    approvals.decide(again, answer="approve", by=w.sponsor)
    w.use_case.refresh_from_db()
    override.refresh_from_db()
    assert (w.use_case.phase, override.state) == ("production", "ended")
    with later(4):
        assert overrides.end_overdue() == 0
        w.use_case.refresh_from_db()
        assert w.use_case.phase == "production"


def test_a_gate_that_the_policy_does_not_name_is_not_put_through():
    made = f.use_case("limited")
    f.squad(made)
    f.ready_for_g1(made)
    risk = person("Rolf Risk", duties=(Duty.RISK_OFFICER,))
    asked = gate_services.request(made, gate="G1", by=made.product_owner)
    with pytest.raises(Refused, match="does not leave this gate"):
        overrides.propose(asked, reason="Storm damage needs it tonight.", by=risk)
    assert not Override.objects.exists()
