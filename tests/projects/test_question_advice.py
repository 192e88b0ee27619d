"""The engine's advice beside the steps: asked for with the target, taken by a press, never by itself."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from portal.core import job_runner
from portal.core.models import AuditEvent, Job
from portal.core.verdicts import Refused
from projects.models import Experiment, GuardrailResult
from projects.services import engine, experiment_runs, experiments, guardrails, question_advice
from tests.projects.data_scene import draft, quick_engine, ready_version, scene, table

__all__ = ["quick_engine"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_engine")]


@pytest.fixture(autouse=True)
def _no_heartbeat(settings):
    settings.JOB_HEARTBEAT_SECONDS = 3600


def dated():
    """Clients with the day they came and a column that knows the answer."""
    lines = table().decode().splitlines()
    answer = {"yes": "1", "no": "0"}
    rows = [
        f"{line},2024-{1 + n % 12:02d}-{1 + n // 12:02d},{answer[line.rpartition(',')[2]]}"
        for n, line in enumerate(lines[1:])
    ]
    return "\n".join([lines[0] + ",came,renewal_code", *rows]).encode()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def advised(play, **question):
    """A draft the engine has looked at."""
    experiment = draft(play, ready_version(play, dated()), **question)
    question_advice.request_advice(experiment, by=play.citizen)
    job_runner.run_until_idle("quick")
    experiment.refresh_from_db()
    return experiment


def test_advice_comes_with_the_target_and_changes_nothing_until_it_is_taken():
    play = scene()
    experiment = draft(play, ready_version(play, dated()))
    before = dict(experiment.question)
    client = signed_in(play.citizen)
    said = {"target": "renews", "row_meaning": "a client", "predicted_when": "in June"}
    client.post(reverse("projects:experiment_question", args=[experiment.pk]), said)
    card = reverse("projects:experiment_advice", args=[experiment.pk, "experiment_validation"])
    assert "every 2s" in client.get(card).content.decode()
    job_runner.run_until_idle("quick")

    page = client.get(card).content.decode()
    assert "By time" in page and "came" in page and "every 2s" not in page
    columns = reverse("projects:experiment_columns", args=[experiment.pk])
    assert "renewal_code" in client.get(columns).content.decode()
    experiment.refresh_from_db()
    assert experiment.question == before

    taken = client.post(
        reverse("projects:experiment_take_advice", args=[experiment.pk, "experiment_columns"])
    )
    assert taken.url == columns
    experiment.refresh_from_db()
    assert experiment.question["roles"]["renewal_code"] == "exclude"
    assert experiment.question["roles"]["came"] == "time"
    assert experiment.question["validation"] == before["validation"]
    assert "You ask it so already" in client.get(columns).content.decode()
    assert AuditEvent.objects.filter(verb="experiment.advice_taken").count() == 1


def test_the_same_question_is_looked_at_once_and_another_target_anew():
    play = scene()
    experiment = advised(play)
    question_advice.request_advice(experiment, by=play.citizen)
    assert Job.objects.filter(kind="question.advise").count() == 1

    experiments.update_question(experiment, {"target": "visits"}, by=play.citizen)
    with pytest.raises(ValidationError, match="no advice for this question"):
        experiments.take_advice(experiment, [], by=play.citizen)
    question_advice.request_advice(experiment, by=play.citizen)
    assert Job.objects.filter(kind="question.advise").count() == 2


def test_advice_is_for_those_who_ask_and_only_while_it_is_a_draft():
    play = scene()
    experiment = advised(play)
    with pytest.raises(Refused, match="Only the squad"):
        experiments.take_advice(experiment, [], by=play.stranger)
    with pytest.raises(ValidationError, match="Choose from"):
        experiments.take_advice(experiment, ["seed"], by=play.citizen)
    assert not AuditEvent.objects.filter(verb="experiment.advice_taken").exists()
    client = signed_in(play.citizen)
    wrong = reverse("projects:experiment_advice", args=[experiment.pk, "experiment_budget"])
    assert client.get(wrong).status_code == 404


def test_a_program_reads_asks_for_and_takes_the_advice():
    play = scene()
    experiment = draft(play, ready_version(play, dated()))
    client = signed_in(play.citizen)
    address = reverse("api:experiment-advice", args=[experiment.pk])
    assert [each["state"] for each in client.get(address).json()] == ["none"] * 4
    assert client.post(address, {}, content_type="application/json").status_code == 202
    job_runner.run_until_idle("quick")

    parts = {each["part"]: each for each in client.get(address).json()}
    assert parts["metric"]["is_taken"] and parts["metric"]["reason"]
    assert {each["column"] for each in parts["roles"]["roles"]} >= {"came", "renewal_code"}
    take = reverse("api:experiment-take-advice", args=[experiment.pk])
    answer = client.post(take, json.dumps({"parts": []}), content_type="application/json")
    assert answer.status_code == 200 and answer.json()["question"]["validation"]["kind"] == "time"
    assert all(each["is_taken"] for each in client.get(address).json())


def limits_of_case(use_case):
    """As a policy above would give them."""
    return {"too_few_rows": 5_000}


def test_limits_of_the_policy_are_kept_with_the_experiment_and_reach_checks_and_search(settings, monkeypatch):
    play = scene()
    experiment = draft(play)
    plain = experiment.limits
    settings.GUARDRAIL_LIMITS = f"{__name__}.limits_of_case"
    guardrails.request_checks(experiment, by=play.citizen)
    job_runner.run_until_idle("quick")
    experiment.refresh_from_db()

    assert plain == {} and experiment.limits == {"too_few_rows": 5_000}
    found = GuardrailResult.objects.get(experiment=experiment, code="too_few_rows")
    assert found.threshold == 5_000 and found.is_alerted
    settings.GUARDRAIL_LIMITS = ""  # a later policy does not change what this experiment was checked under
    asked = []

    def call(run, arguments, *, readable, writable, **more):
        asked.extend(arguments)
        raise RuntimeError("far enough")

    monkeypatch.setattr(engine, "call", call)
    place = experiments.workdir(experiment)
    place.mkdir(parents=True)
    with pytest.raises(RuntimeError, match="far enough"):
        experiment_runs.search(None, Experiment.objects.get(pk=experiment.pk), place)
    assert json.loads((place / "thresholds.json").read_text()) == {"too_few_rows": 5_000}
    known = json.loads((place / "checked.json").read_text())["guardrails"]
    assert {each["code"]: each["status"] for each in known}["too_few_rows"] == "alerted"
    assert str(place / "thresholds.json") in asked and str(place / "checked.json") in asked
