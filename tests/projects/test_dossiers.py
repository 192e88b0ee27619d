"""The dossier and the reports of use: who writes, what is refused, pages and API."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse

from portal.core import clock
from portal.core.models import AuditEvent, Notice
from portal.core.verdicts import Refused
from projects.models import Dossier, UsageReport
from projects.services import dossiers
from tests.people import person
from tests.projects.cases import in_backlog, in_phase

pytestmark = pytest.mark.django_db


def period(**more):
    today = clock.today()
    return {
        "starts_on": today - timedelta(days=30), "ends_on": today, "eligible": 40, "active": 30, "run_cost": 900,
        "note": "Log of the list.", **more,
    }  # fmt: skip


def test_parts_are_written_one_by_one_and_people_named_are_told():
    use_case, data_owner = in_backlog(), person("Dina Data")

    dossiers.write(use_case, data_asked=" Clients. ", data_asked_of=data_owner, by=use_case.product_owner)
    dossiers.write(use_case, rollback_plan="Switch it off.", by=use_case.product_owner)

    written = Dossier.objects.get()
    assert (written.data_asked, written.data_asked_of, written.rollback_plan) == (
        "Clients.", data_owner, "Switch it off.",
    )  # fmt: skip
    assert Notice.objects.filter(user=data_owner, text__startswith="You are asked for data").count() == 1
    last = AuditEvent.objects.filter(verb="dossier.written").latest("at")
    assert set(last.details["changes"]) == {"rollback_plan"}


def test_what_cannot_be_is_refused_by_field_and_nothing_is_written():
    use_case = in_backlog()
    owner = use_case.product_owner
    gone = person("Gone", is_active=False)
    for wrong, field in (
        ({"data_asked": "x" * 2001}, "data_asked"),
        ({"support_owner": gone}, "support_owner"),
        ({"data_fate": "sold"}, "data_fate"),
        ({"phase": "production"}, "phase"),
    ):
        with pytest.raises(ValidationError) as refusal:
            dossiers.write(use_case, **wrong, by=owner)
        assert set(refusal.value.message_dict) == {field}
    with pytest.raises(Refused):
        dossiers.write(use_case, documentation="Mine.", by=person())
    assert not Dossier.objects.exists()


def test_use_is_reported_in_production_by_those_who_run_it():
    use_case = in_phase("production")
    owner = use_case.product_owner
    for wrong, field in (
        ({"ends_on": clock.today() - timedelta(days=31)}, "ends_on"),
        ({"ends_on": clock.today() + timedelta(days=1)}, "ends_on"),
        ({"active": 41}, "active"),
        ({"active": -1}, "active"),
        ({"eligible": 0, "active": 0}, "eligible"),
        ({"run_cost": 3_000_000_000}, "run_cost"),
        ({"note": " "}, "note"),
        ({"note": "x" * 301}, "note"),
    ):
        with pytest.raises(ValidationError) as refusal:
            dossiers.report_usage(use_case, **period(**wrong), by=owner)
        assert set(refusal.value.message_dict) == {field}, wrong
    for who, where in ((person(), use_case), (owner, in_phase("development"))):
        with pytest.raises(Refused):
            dossiers.report_usage(where, **period(), by=who)
    assert not UsageReport.objects.exists()

    report = dossiers.report_usage(use_case, **period(), by=owner)

    assert report.adoption == 75
    with pytest.raises(DatabaseError), transaction.atomic():
        UsageReport.objects.update(active=40)


def test_the_page_keeps_what_was_typed_and_shows_what_stands(client):
    use_case = in_phase("production")
    client.force_login(use_case.product_owner)
    page = reverse("projects:use_case_dossier", args=[use_case.pk])
    report = reverse("projects:usage_report", args=[use_case.pk])

    assert client.post(page, {"section": "ending", "users_told": "x" * 2001}).status_code == 422
    assert client.post(page, {"section": "nothing"}).status_code == 404
    assert client.post(page, {"section": "service", "rollback_plan": "Switch it off."}).status_code == 302
    sent = {name: str(value) for name, value in period().items()}
    assert client.post(report, sent | {"active": "41"}).status_code == 422
    assert client.post(report, sent).status_code == 302
    assert client.post(report, sent | {"active": "20"}).status_code == 302

    shown = client.get(page).content.decode()
    assert "Switch it off." in shown and "30 of 40 (75 %)" in shown and "data-chart" in shown
    assert client.get(report).status_code == 200


def test_the_api_does_the_same(client):
    use_case = in_phase("production")
    client.force_login(use_case.product_owner)
    base = f"/api/use-cases/{use_case.pk}/"
    as_json = {"content_type": "application/json"}

    assert client.patch(f"{base}dossier/", {"data_fate": "sold"}, **as_json).status_code == 400
    written = client.patch(f"{base}dossier/", {"data_fate": "kept"}, **as_json).json()
    made = client.post(f"{base}usage/", period(), **as_json)

    assert written["data_fate"] == "kept" and written["can"]["write"]["allowed"] is True
    assert (made.status_code, made.json()["adoption"]) == (201, 75)
    assert client.post(f"{base}usage/", period(active=41), **as_json).status_code == 400
    assert [each["active"] for each in client.get(f"{base}usage/").json()] == [30]
