"""What cannot be is refused by the API with the field that is wrong, and nothing is kept."""

from datetime import timedelta

import pytest

from portal.core import clock
from portal.core.models import AuditEvent
from projects.services import cycles, phases, scores
from tests.people import person
from tests.projects.cases import criterion, in_backlog, in_phase, join

pytestmark = pytest.mark.django_db
ENDLESS = ("nan", "inf", "-Infinity", "1e999")


def day(offset):
    return (clock.today() + timedelta(days=offset)).isoformat()


@pytest.fixture
def scene(client):
    """A use case in development and one in the backlog, of the same owner, who is signed in."""
    busy = in_phase("development")
    owner = busy.product_owner
    idle = in_backlog(owner)
    client.force_login(owner)
    cycles.plan(
        busy, goal="First", starts_on=clock.today(), ends_on=clock.today() + timedelta(days=9), by=owner
    )
    return client, busy, idle, owner


def refused(client, method, path, body, field):
    """400 that names the field; the trail has not grown."""
    before = AuditEvent.objects.count()
    answer = getattr(client, method)(path, body, content_type="application/json")
    assert answer.status_code == 400, (path, body, answer.content)
    assert field in str(answer.json()), (path, body, answer.content)
    assert AuditEvent.objects.count() == before, (path, body)


def test_squads(scene):
    client, busy, _idle, _owner = scene
    base = f"/api/use-cases/{busy.pk}/"
    somebody = person()
    join(busy, "designer", user=somebody, allocation=90)
    new = {"user": somebody.pk, "role": "data_analyst"}
    for body, field in (
        ({"allocation": 101}, "allocation"),
        ({"allocation": 0}, "allocation"),
        ({"allocation": -20}, "allocation"),
        ({"allocation": 11}, "allocation"),  # 90 + 11 is more than a person has
        ({"allocation": 5, "starts_on": day(9), "ends_on": day(8)}, "ends_on"),
        ({"allocation": 5, "role": "wizard"}, "role"),
        ({"allocation": 5, "backup": somebody.pk}, "backup"),
    ):
        refused(client, "post", f"{base}members/", new | body, field)


def test_cycles(scene):
    client, busy, _idle, _owner = scene
    path = f"/api/use-cases/{busy.pk}/cycles/"
    new = {"goal": "Second", "starts_on": day(10), "ends_on": day(20)}
    for body, field in (
        ({"ends_on": day(9)}, "ends_on"),
        ({"ends_on": day(60)}, "ends_on"),
        ({"starts_on": day(9)}, "starts_on"),  # the first cycle still runs on that day
        ({"goal": " "}, "goal"),
        ({"goal": "x" * 301}, "goal"),
        *(({"metric": "calls", "metric_before": value}, "metric_before") for value in ENDLESS),
    ):
        refused(client, "post", path, new | body, field)


def test_scores_and_kill_criteria(scene):
    client, _busy, idle, owner = scene
    scores.open_card(idle, by=owner)
    base = f"/api/use-cases/{idle.pk}/"
    for levels in ({"V1": 0}, {"V1": 6}, {"V1": -3}, {"V1": 2.5}, {"X9": 3}, {}):
        refused(client, "post", f"{base}score/vote/", {"levels": levels}, "")
    new = {"statement": "Agents agree", "metric": "share", "threshold": 0.7, "deadline": day(20)}
    for body, field in (
        ({"deadline": day(-1)}, "deadline"),
        ({"comparator": "about"}, "comparator"),
        *(({"threshold": value}, "threshold") for value in ENDLESS),
    ):
        refused(client, "post", f"{base}kill-criteria/", new | body, field)


def test_a_result_is_a_number(scene):
    client, _busy, idle, owner = scene
    asked = criterion(idle)
    phases.move(idle, "initialise", by=None, gate="G1")
    path = f"/api/use-cases/{idle.pk}/kill-criteria/{asked.pk}/record/"
    for value in ENDLESS:
        refused(client, "post", path, {"measured_value": value, "evidence": "Seen."}, "measured_value")
    asked.refresh_from_db()
    assert asked.result == "pending" and owner


def test_make_or_buy_and_details(scene):
    client, _busy, idle, _owner = scene
    base = f"/api/use-cases/{idle.pk}/"
    for body in (
        {"category": "magic"},
        {"category": "common", "scores": {"data": 3}},
        {"category": "common", "scores": {"data": -3}},
        {"category": "common", "scores": {"luck": 1}},
        {"category": "common", "facts": ["rain"]},
        *({"category": "common", "costs": {"make_build": value}} for value in (-1, *ENDLESS)),
    ):
        refused(client, "post", f"{base}make-or-buy/assessment/", body, "")
    for value in ENDLESS:
        refused(client, "patch", base, {"metric_target": value}, "metric_target")


def test_gate_plans_follow_each_other(scene):
    client, busy, _idle, _owner = scene
    made = {"use_case": str(busy.pk), "gate": "G3", "planned_on": day(30)}
    assert client.post("/api/gate-plans/", made, content_type="application/json").status_code in {200, 201}
    for body, field in (
        ({"gate": "G5", "planned_on": day(29)}, "planned_on"),
        ({"gate": "G3", "planned_on": day(-1)}, "planned_on"),
        ({"gate": "G9"}, "gate"),
    ):
        refused(client, "post", "/api/gate-plans/", made | body, field)
