"""A finding mended at the press of a button: the question changes, the checks look again."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from portal.core import job_runner
from portal.core.models import AuditEvent
from portal.core.verdicts import Refused
from projects.models import GuardrailResult
from projects.services import experiments, guardrails
from tests.projects.data_scene import draft, quick_engine, scene
from tests.projects.test_guardrails import run_checks, suspicious

__all__ = ["quick_engine"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_engine")]


@pytest.fixture
def leak():
    """A checked draft in which the column `called` knows the answer."""
    play = scene()
    play.experiment = suspicious(play)
    run_checks(play.experiment, play.citizen)
    alerts = GuardrailResult.objects.filter(experiment=play.experiment, family="leakage").current().alerted()
    play.result = next(row for row in alerts.exclude(severity="info") if "called" in row.columns)
    return play


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_a_telling_column_is_left_out_and_the_checks_look_again(leak):
    guardrails.mend(leak.result, by=leak.citizen)
    job_runner.run_until_idle("quick")
    leak.experiment.refresh_from_db()

    assert leak.experiment.question["roles"]["called"] == "exclude"
    now = GuardrailResult.objects.filter(experiment=leak.experiment, family="leakage").current().alerted()
    assert not [row for row in now if "called" in row.columns]
    assert AuditEvent.objects.filter(verb="guardrail.mended").count() == 1
    with pytest.raises(Refused, match="replaced"):
        guardrails.mend(GuardrailResult.objects.get(pk=leak.result.pk), by=leak.citizen)


def test_a_stranger_mends_nothing(leak):
    before = leak.experiment.question
    with pytest.raises(Refused):
        guardrails.mend(leak.result, by=leak.stranger)
    leak.experiment.refresh_from_db()
    assert leak.experiment.question == before
    assert not AuditEvent.objects.filter(verb="guardrail.mended").exists()


def test_what_only_a_person_can_mend_has_no_button(leak):
    passed = GuardrailResult.objects.filter(experiment=leak.experiment, is_alerted=False).first()
    with pytest.raises(Refused, match="Only a person"):
        guardrails.mend(passed, by=leak.citizen)


def test_every_finding_says_how_sure_it_is_and_what_it_is_about(leak):
    rows = GuardrailResult.objects.filter(experiment=leak.experiment).current()
    assert all(row.family in GuardrailResult.Family.values for row in rows)
    assert all(row.certainty in GuardrailResult.Certainty.values for row in rows)


def test_the_page_offers_the_button_and_follows_it(leak):
    client = signed_in(leak.citizen)
    page = client.get(reverse("projects:experiment_checks", args=[leak.experiment.pk])).content.decode()
    address = reverse("projects:finding_mend", args=[leak.result.pk])
    assert address in page and "Leave it out" in page and "only you know what it means" in page

    assert client.get(address).status_code == 405
    answer = client.post(address)
    assert answer.status_code == 302
    leak.experiment.refresh_from_db()
    assert leak.experiment.question["roles"]["called"] == "exclude"
    assert signed_in(leak.stranger).post(address).status_code == 404


def test_the_api_mends_by_the_same_rule(leak):
    address = reverse("api:experiment-mend", args=[leak.experiment.pk])
    client = signed_in(leak.citizen)

    def post(user_client, body):
        return user_client.post(address, json.dumps(body), content_type="application/json")

    assert post(client, {}).status_code == 400
    assert post(client, {"result": str(leak.experiment.pk)}).status_code == 400
    assert post(signed_in(leak.stranger), {"result": str(leak.result.pk)}).status_code == 404
    answer = post(client, {"result": str(leak.result.pk)})
    assert answer.status_code == 202
    assert answer.json()["question"]["roles"]["called"] == "exclude"
    assert post(client, {"result": str(leak.result.pk)}).status_code == 403  # done already


def test_a_policy_that_is_laxer_than_the_default_fails_in_words(tmp_path, monkeypatch):
    play = scene()
    experiment = draft(play)
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps({"target_leakage": {"threshold": 0.99}}))
    monkeypatch.setattr(guardrails, "policy_files", lambda limits, place: [("--policy", policy)])
    guardrails.request_checks(experiment, by=play.citizen)
    job_runner.run_until_idle("quick")
    experiment.refresh_from_db()

    assert experiment.check_job.state == "failed"
    assert "stricter only" in str(experiment.check_job.error_text)
    assert not GuardrailResult.objects.filter(experiment=experiment).exists()


def test_looks_count_searches_for_the_same_target_on_the_same_version():
    play = scene()
    first = draft(play)
    for number, metrics in enumerate(({"roc_auc": {"value": 0.7}}, {"roc_auc": {"value": 0.8}}, {})):
        first.trials.create(number=number, name="m", family="f", status="finished", test_metrics=metrics)
    second = experiments.copy_draft(first, by=play.citizen)

    assert guardrails.looks_at(second, "renews") == 1
    assert guardrails.looks_at(second, "age") == 0
    assert guardrails.looks_at(first, "renews") == 0
