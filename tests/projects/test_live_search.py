"""A search that is followed: how far it is, the best so far, what is left to do when it ended without a result."""

import pytest
from django.test import Client
from django.urls import reverse

from portal.core.models import Job
from portal.core.services import jobs
from projects.models import Experiment, GuardrailResult
from projects.services import experiments, guardrails
from tests.projects.data_scene import draft, quick_engine, scene

__all__ = ["quick_engine"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_engine")]


@pytest.fixture
def running(settings):
    """A search that has told of some candidates, as the worker's half writes them."""
    settings.JOB_HEARTBEAT_SECONDS = 3600
    play = scene()
    made = draft(play)
    queued = jobs.enqueue(
        "experiment.run", payload={"experiment": str(made.pk)}, label="Renewal", by=play.citizen, queue="ml"
    )
    play.job = jobs.claim("ml")
    assert play.job.pk == queued.pk
    told = {"name": "Setting 14", "elapsed": 24.4, "remaining": 35.6}
    Job.objects.filter(pk=play.job.pk).update(percent=40, step="Last model tried: %(name)s", step_params=told)
    Experiment.objects.filter(pk=made.pk).update(job=play.job)
    play.experiment = Experiment.objects.select_related("job").get(pk=made.pk)
    for number in range(15):
        play.experiment.trials.create(
            number=number, name=f"Setting {number}", family="baseline" if number == 0 else "lightgbm",
            is_baseline=number == 0, status="finished", cv_score=0.5 + number / 100, at_seconds=number + 1,
        )  # fmt: skip
    play.client = Client()
    play.client.force_login(play.citizen)
    return play


def page(play, name="experiment_detail"):
    return play.client.get(reverse(f"projects:{name}", args=[play.experiment.pk]))


def test_the_live_page_says_the_best_so_far_beside_the_same_answer_for_everybody(running):
    text = page(running).content.decode()

    assert "Best so far: AUC" in text and "0.640" in text
    assert "the same answer for everybody: 0.500" in text
    newest = page(running, "experiment_live").context["newest"]
    assert [trial.number for trial in newest] == list(range(14, 2, -1))


def test_a_program_follows_the_same_figures_as_the_page(running):
    told = running.client.get(f"/api/experiments/{running.experiment.pk}/").json()

    assert (told["job"]["elapsed_seconds"], told["job"]["remaining_seconds"]) == (24.4, 35.6)
    assert told["best_score"] == pytest.approx(0.64)
    waiting = draft(running)
    unstarted = running.client.get(f"/api/experiments/{waiting.pk}/").json()
    assert unstarted["best_score"] is None and unstarted["job"] is None


@pytest.mark.parametrize(("metric", "best"), [("roc_auc", 0.64), ("log_loss", 0.5)])
def test_the_best_of_an_error_is_the_least(running, metric, best):
    running.experiment.question["metric"] = metric
    running.experiment.save()

    assert page(running).context["live"].best == pytest.approx(best)


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_a_search_that_ended_without_a_result_offers_to_ask_again(running, state):
    assert "Your question is kept" not in page(running).content.decode()
    ended = {"state": state, "lease_until": None, "error": "It broke." if state == "failed" else ""}
    Job.objects.filter(pk=running.job.pk).update(**ended)
    text = page(running).content.decode()

    assert "Your question is kept" in text
    assert text.count(reverse("projects:experiment_copy", args=[running.experiment.pk])) == 1
    assert ("It broke." in text) == (state == "failed")


def test_findings_of_an_earlier_question_are_not_answered_while_the_checks_look_again(settings):
    settings.JOB_HEARTBEAT_SECONDS = 3600
    play = scene()
    made = draft(play)
    GuardrailResult.objects.create(
        experiment=made, question_digest="old", stage="pre_train", code="far", severity="justify",
        is_alerted=True, message="Of the question before.",
    )  # fmt: skip
    client = Client()
    client.force_login(play.citizen)
    checks = reverse("projects:experiment_checks", args=[made.pk])
    assert "Of the question before." in client.get(checks).content.decode()

    experiments.update_question(made, {"max_trials": 4}, by=play.citizen)
    guardrails.request_checks(made, by=play.citizen)

    text = client.get(checks).content.decode()
    assert "looking at your question" in text and "Of the question before." not in text
