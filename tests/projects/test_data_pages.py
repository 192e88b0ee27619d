"""Pages of datasets and experiments, as people meet them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.core import job_runner
from portal.core.models import Job
from projects.models import Dataset, DatasetVersion, Experiment, GuardrailResult
from projects.selectors.experiments import waiting_for
from projects.services import datasets, experiments, guardrails
from tests.people import person
from tests.projects.data_scene import draft, join, quick_engine, ready_version, scene, table, upload

__all__ = ["quick_engine"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_engine")]


@pytest.fixture(autouse=True)
def _no_heartbeat(settings):
    settings.JOB_HEARTBEAT_SECONDS = 3600


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def send(client, content, name="clients.csv", **fields):
    file = SimpleUploadedFile(name, content)
    return client.post(
        reverse("projects:dataset_new"),
        {"name": "Clients", "classification": "internal", "file": file, **fields},
    )


def test_a_person_brings_a_table_and_sees_its_profile():
    play = scene()
    client = browser(play.citizen)
    answer = send(client, table(), use_case=play.use_case.pk)
    version = DatasetVersion.objects.get()

    assert answer.status_code == 302 and answer.url == reverse("projects:dataset_version", args=[version.pk])
    assert "Waiting for a worker" in client.get(answer.url).content.decode()
    progress = reverse("projects:dataset_version_progress", args=[version.pk])
    assert client.get(progress).status_code == 200
    job_runner.run_until_idle("quick")
    assert client.get(progress).headers["HX-Refresh"] == "true"
    page = client.get(answer.url).content.decode()
    assert "visits" in page and "240" in page and "New experiment" in page
    detail = client.get(reverse("projects:dataset_detail", args=[version.dataset_id]))
    assert detail.status_code == 200 and "Version 1" in detail.content.decode()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"\x89PNG\r\n\x1a\n", "PNG image"),
        ("a.exe", b"MZ", "Only CSV"),
    ],
)
def test_a_file_that_is_no_table_is_refused_beside_the_field_and_the_words_stay(name, content, words):
    play = scene()
    answer = send(browser(play.citizen), content, name, description="My long description")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page and "My long description" in page
    assert not Dataset.objects.exists()


def test_a_rejected_table_says_why_and_how_to_go_on():
    play = scene()
    client = browser(play.citizen)
    answer = send(client, b"a,b,c\n1,2,3\n4,5\n")
    job_runner.run_until_idle("quick")
    page = client.get(answer.url).content.decode()
    assert "Row 3 has 2 values but the header has 3" in page and "New version" in page
    assert "Mend a file and send it again" in [each.title for each in waiting_for(play.citizen)]


def test_a_file_above_the_limit_is_a_413_also_while_the_form_is_guarded(settings):
    settings.MAX_UPLOAD_BYTES = 1000
    play = scene()
    client = Client(enforce_csrf_checks=True)
    client.force_login(play.citizen)
    client.get(reverse("projects:dataset_new"))
    answer = send(client, b"a,b\n" + b"1,2\n" * 40_000, csrfmiddlewaretoken=client.cookies["csrftoken"].value)
    assert answer.status_code == 413
    assert "larger than" in answer.content.decode()
    assert not Dataset.objects.exists()


def test_the_same_file_again_leads_to_the_version_that_stands():
    play = scene()
    version = ready_version(play)
    client = browser(play.citizen)
    url = reverse("projects:dataset_version_new", args=[version.dataset_id])
    answer = client.post(url, {"file": upload()}, follow=True)
    assert "identical to version 1" in answer.content.decode()
    assert version.dataset.versions.count() == 1


def test_hidden_data_is_not_there_and_what_one_may_not_do_says_why():
    play = scene()
    version = ready_version(play, classification="personal")
    outside, squad = browser(play.stranger), browser(play.owner)
    for name, key in [
        ("dataset_detail", version.dataset_id), ("dataset_version", version.pk), ("dataset_version_new", version.dataset_id),
    ]:  # fmt: skip
        assert outside.get(reverse(f"projects:{name}", args=[key])).status_code == 404
    share = reverse("projects:dataset_share", args=[version.dataset_id])
    body = {"to": "person", "person": play.stranger.pk, "right": "use", "reason": "To compare."}
    assert outside.post(share, body).status_code == 404
    assert squad.post(share, body).status_code == 403
    assert not version.dataset.shares.exists()


def test_the_owner_shares_and_ends_it_and_the_dictionary_is_kept():
    play = scene()
    version = ready_version(play, classification="personal")
    client = browser(play.citizen)
    key = version.dataset_id
    body = {"person": play.stranger.pk, "right": "use", "reason": "To compare.", "until": "2999-01-01"}
    share = reverse("projects:dataset_share", args=[key]) + "?to=person"
    assert client.post(share, body | {"until": ""}).status_code == 422 and not version.dataset.shares.exists()
    assert client.post(share, body).status_code == 302
    made = version.dataset.shares.get()
    assert (made.person, made.right) == (play.stranger, "use")
    assert "Sven" in client.get(reverse("projects:dataset_sharing", args=[key])).content.decode()
    client.post(reverse("projects:dataset_share_end", args=[made.pk]))
    assert not version.dataset.shares.filter(ended_at=None).exists()
    client.post(
        reverse("projects:dataset_describe", args=[key]),
        {"column": ["age", "visits"], "meaning": ["Years", ""]},
    )
    assert Dataset.objects.get().dictionary == {"age": "Years"}


STEPS = ("data", "question", "columns", "metric", "validation", "budget", "checks")


def test_the_guided_path_leads_from_the_data_to_the_start(settings):
    play = scene()
    version = ready_version(play)
    client = browser(play.citizen)
    new = reverse("projects:experiment_new")
    assert client.get(new, {"dataset_version": version.pk}).status_code == 200
    answer = client.post(
        new, {"title": "Renewal", "use_case": play.use_case.pk, "dataset_version": version.pk}
    )
    experiment = Experiment.objects.get()
    assert answer.url == reverse("projects:experiment_question", args=[experiment.pk])
    answer = client.post(
        answer.url, {"target": "renews", "row_meaning": "a client", "predicted_when": "in June"}
    )
    assert answer.url.endswith("/columns/")
    page = client.get(answer.url).content.decode()
    assert "can help to predict" in page or "fairness" in page
    answer = client.post(
        answer.url, {"role_0": "feature", "role_1": "feature", "role_2": "feature", "role_3": "sensitive"}
    )
    assert answer.url.endswith("/metric/")
    assert "(recommended)" in client.get(answer.url).content.decode()
    answer = client.post(
        answer.url, {"metric": "roc_auc", "cost_false_positive": 1, "cost_false_negative": 4}
    )
    answer = client.post(answer.url, {"kind": "stratified", "holdout": 0.2, "folds": 3})
    answer = client.post(answer.url, {"budget_seconds": 10, "max_trials": 3})
    assert answer.url.endswith("/checks/")
    for step in STEPS:
        assert client.get(reverse(f"projects:experiment_{step}", args=[experiment.pk])).status_code == 200
    client.post(reverse("projects:experiment_check", args=[experiment.pk]))
    assert "looking at your question" in client.get(answer.url).content.decode()
    job_runner.run_until_idle("quick")
    for found in GuardrailResult.objects.open():
        client.post(reverse("projects:experiment_justify", args=[found.pk]), {"text": "It is known in June."})
    assert "Start the search" in client.get(answer.url).content.decode()
    start = client.post(reverse("projects:experiment_start", args=[experiment.pk]))
    assert start.status_code == 302
    live = client.get(start.url).content.decode()
    assert "Waiting for a worker" in live
    job_runner.run_until_idle("ml")
    assert (
        client.get(reverse("projects:experiment_live", args=[experiment.pk])).headers["HX-Refresh"] == "true"
    )
    assert [each.title for each in waiting_for(play.citizen)][-1] == "See the result"
    result = client.get(start.url).content.decode()
    assert "Same answer for everybody" in result and "What it can do" in result and "Groups of sex" in result
    assert "See the result" not in [each.title for each in waiting_for(play.citizen)]
    assert client.post(reverse("projects:experiment_question", args=[experiment.pk]), {
        "target": "age", "row_meaning": "x", "predicted_when": "y"}).status_code == 403  # fmt: skip


@pytest.mark.parametrize(
    ("step", "sent", "words"),
    [
        ("question", {"target": "nope", "row_meaning": "x", "predicted_when": "y"}, "nope"),
        (
            "question",
            {"target": "renews", "task": "regression", "row_meaning": "x", "predicted_when": "y"},
            "text, not numbers",
        ),
        ("validation", {"kind": "time", "holdout": 0.2, "folds": 5}, "needs a column"),
        ("budget", {"budget_seconds": 3, "max_trials": 3}, "10"),
        ("budget", {"budget_seconds": "soon", "max_trials": 3}, "whole number"),
        ("metric", {"metric": "rmse", "cost_false_positive": 1, "cost_false_negative": 1}, "rmse"),
    ],
)
def test_a_wrong_entry_is_a_422_with_the_reason_and_the_draft_stays(step, sent, words):
    play = scene()
    experiment = draft(play)
    answer = browser(play.citizen).post(reverse(f"projects:experiment_{step}", args=[experiment.pk]), sent)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert Experiment.objects.get().question == experiment.question


def test_a_learner_sees_why_the_start_is_refused_and_keeps_the_draft():
    play = scene()
    learner = person("Lea Learner")
    join(play.use_case, learner)
    experiment = draft(play)
    guardrails.request_checks(experiment, by=play.citizen)
    job_runner.run_until_idle("quick")
    client = browser(learner)
    page = client.get(reverse("projects:experiment_checks", args=[experiment.pk])).content.decode()
    assert "certificate of the citizen data scientist" in page and "/learning/" in page
    answer = client.post(reverse("projects:experiment_start", args=[experiment.pk]))
    assert answer.status_code == 403 and "certificate" in answer.content.decode()
    assert not Job.objects.filter(kind="experiment.run").exists()


def test_an_experiment_of_others_is_not_there():
    play = scene()
    experiment = draft(play)
    client = browser(play.stranger)
    for step in (*STEPS, "detail", "live"):
        assert client.get(reverse(f"projects:experiment_{step}", args=[experiment.pk])).status_code == 404
    for act in ("check", "start", "cancel", "stop_early", "copy"):
        url = reverse(f"projects:experiment_{act}", args=[experiment.pk])
        assert client.post(url).status_code == 404 and client.get(url).status_code == 405
    assert experiment.job is None


def test_nobody_reads_without_signing_in():
    for name in ("dataset_list", "dataset_new", "experiment_list", "experiment_new"):
        assert Client().get(reverse(f"projects:{name}")).status_code == 302


def queries(client, url):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_lists_ask_as_much_for_six_rows_as_for_one():
    play = scene()
    client = browser(play.citizen)
    version = ready_version(play)
    draft(play, version)
    urls = [reverse("projects:dataset_list"), reverse("projects:experiment_list")]
    before = [queries(client, url) for url in urls]
    for number in range(5):
        datasets.create(name=f"More {number}", file=upload(), by=play.citizen, use_case=play.use_case)
        experiments.create_draft(
            use_case=play.use_case, dataset_version=version, title=f"E{number}", by=play.citizen
        )
    assert [queries(client, url) for url in urls] == before
