"""One thing in the trail: its timeline, its state on a day, both as files, on the page and by code."""

import csv
import io
import json
from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from governance.selectors import as_of
from governance.selectors.trail import KINDS
from governance.services import approvals, deployments, findings, models, risks
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import AuditEvent
from portal.core.models.credentials import Right
from projects.services import use_cases
from tests.governance import factories as f
from tests.people import person

pytestmark = pytest.mark.django_db
DAYS = [date(2026, 3, day) for day in range(1, 10)]


def noon(day):
    return clock.at(timezone.make_aware(datetime.combine(day, time(12))))


@pytest.fixture
def story():
    """A version is submitted, taken back, approved with a finding, promoted, revoked; a day for each."""
    with noon(DAYS[0]):
        w = f.world()
        henrik = person("Henrik", duties=(Duty.AUDITOR,))
        for each in (w.reviewer, w.owner):  # certificates of those days
            each.credentials.update(valid_until=clock.now() + timedelta(days=600))
        type(w.use_case).objects.filter(pk=w.use_case.pk).update(created_at=clock.now())
    with noon(DAYS[1]):
        approvals.withdraw(w.request, by=w.author)
    with noon(DAYS[2]):
        w.version.refresh_from_db()
        w.again = models.submit(w.version, card=f.CARD, by=w.author)
    with noon(DAYS[3]):
        planned = [{"title": "Explain it", "severity": "low", "owner": w.owner}]
        said = {"answer": "approve_with_findings", "checklist": f.CHECKLIST, "findings": planned}
        approvals.decide(w.again, **said, by=w.reviewer)
        w.finding = w.again.findings.get()
        w.version.refresh_from_db()
        deployments.promote(w.version, by=w.owner)
        risks.assess(w.use_case, answers=yes_to("decides_on_work"), by=w.risk)
    with noon(DAYS[4]):
        findings.accept(w.finding, reason="Known.", until=DAYS[4] + timedelta(days=9), by=w.risk)
    with noon(DAYS[5]):
        second = person("Nina Next", rights=(Right.OWN_USE_CASE,))
        manager = person("Paula Portfolio", duties=(Duty.PORTFOLIO_MANAGER,))
        w.use_case.refresh_from_db()
        use_cases.name_product_owner(w.use_case, product_owner=second, by=manager)
    with noon(DAYS[6]):
        w.version.refresh_from_db()
        models.revoke(w.version, reason="It harms.", by=w.risk)
    w.henrik = henrik
    return w


def yes_to(code):
    return {each.code: each.code == code for each in risks.risk_questions.load().questions}


def told(thing, day):
    return {fact.code: fact.values for fact in as_of.state_on(thing, day)}


def test_the_state_on_each_day_is_what_was_so_then_and_not_what_is_so_now(story):
    w = story
    statuses = [told(w.version, day)["status"] for day in DAYS[:7]]
    assert statuses == [
        ["Waiting for review"], ["Candidate"], ["Waiting for review"], ["Approved with findings"], ["Approved"],
        ["Approved"], ["Approval revoked"],
    ]  # fmt: skip
    served = [bool(told(w.version, day)["in_service"]) for day in DAYS[:7]]
    assert served == [False, False, False, True, True, True, False]
    case = {day: told(w.use_case, day) for day in DAYS[:7]}
    assert [case[day]["risk_tier"] for day in DAYS[2:4]] == [["Limited risk"], ["High risk"]]
    assert [case[day]["product_owner"] for day in (DAYS[4], DAYS[5])] == [["Olga Owner"], ["Nina Next"]]
    assert [case[day]["open_findings"] for day in (DAYS[2], DAYS[3], DAYS[4])] == [[], ["Explain it"], []]
    assert [len(case[day]["open_requests"]) for day in DAYS[:4]] == [1, 0, 1, 0]
    assert case[DAYS[3]]["versions"] == ["Who may leave us v1: Approved with findings"]
    assert told(w.request, DAYS[0])["state"] == ["Waiting for a decision"]
    assert told(w.request, DAYS[1])["state"] == ["Withdrawn"]
    assert told(w.again, DAYS[3])["answers"] == ["Rita Reviewer: Approve with findings"]
    assert [told(w.finding, day)["state"] for day in DAYS[3:5]] == [["Open"], ["Risk accepted"]]
    assert told(w.version, DAYS[0] - timedelta(days=1)) == {"state": ["It did not exist yet."]}


def test_the_state_now_is_that_of_the_rows(story):
    """Otherwise the trail would tell another story than the tables."""
    w = story
    for thing, name in (
        (w.version, "status"),
        (w.request, "state"),
        (w.again, "state"),
        (w.finding, "state"),
    ):
        thing.refresh_from_db()
        display = getattr(thing, f"get_{name}_display")()
        assert told(thing, clock.today())[name] == [display]


def reading(user):
    client = Client()
    client.force_login(user)
    return client


def body(answer):
    return b"".join(answer.streaming_content).decode()


def test_page_api_and_files_say_the_same_of_the_same_day(story):
    w = story
    client, keys = reading(w.henrik), ["modelversion", w.version.pk]
    on = {"on": DAYS[3].isoformat()}
    page = client.get(reverse("governance:audit_subject", args=keys), on)
    assert "Approved with findings" in page.content.decode()
    assert "Approval revoked" not in page.content.decode().split('id="state"')[1]

    by_code = client.get(f"/api/audit-events/of/modelversion/{w.version.pk}/state/", on).json()
    assert by_code["on"] == on["on"]
    facts = {each["code"]: each["values"] for each in by_code["facts"]}
    assert facts == told(w.version, DAYS[3])

    timeline = client.get(f"/api/audit-events/of/modelversion/{w.version.pk}/timeline/", on).json()
    verbs = [each["verb"] for each in timeline["results"]]
    assert verbs[0] == "deployment.started" and "version.revoked" not in verbs
    assert timeline["count"] == len(verbs) and "finding.raised" in verbs

    for part, places in (
        ("state", ["/audit/of/modelversion/{}/state/{}/", "/api/audit-events/of/modelversion/{}/state/export/{}/"]),
        ("timeline", ["/audit/of/modelversion/{}/timeline/{}/", "/api/audit-events/of/modelversion/{}/timeline/export/{}/"]),
    ):  # fmt: skip
        for place in places:
            rows = list(csv.DictReader(io.StringIO(body(client.get(place.format(w.version.pk, "csv"), on)))))
            lines = [
                json.loads(each)
                for each in body(client.get(place.format(w.version.pk, "jsonl"), on)).splitlines()
            ]
            assert len(rows) == len(lines)
            if part == "state":
                assert {row["value"] for row in rows if row["fact"] == "status"} == {"Approved with findings"}
                assert [line["fact"] for line in lines] == [row["fact"] for row in rows]
                assert {line["on"] for line in lines} == {on["on"]}
            else:
                assert [line["verb"] for line in lines] == verbs[::-1] == [row["verb"] for row in rows]
    exported = AuditEvent.objects.filter(verb="audit.exported", target_id=str(w.version.pk))
    assert {each.details["what"] for each in exported} == {"state", "timeline"} and exported.count() == 8


def test_a_wrong_day_a_wrong_kind_and_a_wrong_person_get_a_clear_no_and_nothing_is_recorded(story):
    w = story
    before = AuditEvent.objects.count()
    auditor, member = reading(w.henrik), reading(w.author)
    base = f"/api/audit-events/of/modelversion/{w.version.pk}"
    for url in (f"{base}/state/", f"{base}/timeline/", f"{base}/state/export/csv/"):
        assert auditor.get(url, {"on": "2026-02-30"}).status_code == 400
        assert "on" in str(auditor.get(url, {"on": "soon"}).json()["errors"])
        assert auditor.get(url, {"until": "2026-02-01"}).status_code == 400
        assert member.get(url).status_code == 403
    for kind, key in (("user", w.version.pk), ("modelversion", w.use_case.pk), ("modelversion", "-" * 36)):
        assert auditor.get(f"/api/audit-events/of/{kind}/{key}/state/").status_code == 404
    page = f"/audit/of/modelversion/{w.version.pk}/"
    wrong = auditor.get(page, {"on": "2026-02-30"})
    assert wrong.status_code == 200 and "Give a day" in wrong.content.decode()
    assert auditor.get(f"{page}state/csv/", {"on": "2026-02-30"}).status_code == 302
    assert member.get(f"{page}state/csv/").status_code == 403
    assert AuditEvent.objects.count() == before


def test_every_kind_of_thing_has_its_page_and_its_state(story):
    w = story
    client = reading(w.henrik)
    things = {
        "usecase": w.use_case, "experiment": w.trial.experiment, "model": w.model, "modelversion": w.version,
        "approvalrequest": w.again, "finding": w.finding, "deployment": w.version.deployments.get(),
    }  # fmt: skip
    assert set(things) == set(KINDS)
    for kind, thing in things.items():
        assert client.get(reverse("governance:audit_subject", args=[kind, thing.pk])).status_code == 200, kind
        facts = client.get(f"/api/audit-events/of/{kind}/{thing.pk}/state/").json()["facts"]
        # The experiment of this story was made without a service, so the trail knows nothing of it.
        assert [each["code"] for each in facts][-1:] == ([] if kind == "experiment" else ["last_event"]), kind
