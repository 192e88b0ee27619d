"""The API of datasets and experiments: everything the pages do, with status and body."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from portal.core import job_runner
from portal.core.models import Job
from projects.models import Dataset, DatasetVersion, Experiment, GuardrailResult
from projects.services import datasets, experiments
from tests.people import person
from tests.projects.data_scene import draft, join, quick_engine, ready_version, scene, table, upload

__all__ = ["quick_engine"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_engine")]


@pytest.fixture(autouse=True)
def _no_heartbeat(settings):
    settings.JOB_HEARTBEAT_SECONDS = 3600


def program(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def send(client, content, name="clients.csv", **fields):
    body = {"name": "Clients", "file": SimpleUploadedFile(name, content), **fields}
    return client.post("/api/datasets/", body, format="multipart")


def test_a_program_brings_a_table_and_reads_its_profile():
    play = scene()
    client = program(play.citizen)
    answer = send(client, table(), use_case=str(play.use_case.pk), classification="personal")
    assert answer.status_code == 201, answer.content
    version = answer.json()
    assert version["state"] == "checking" and version["number"] == 1
    profile = f"/api/dataset-versions/{version['id']}/profile/"
    assert client.get(profile).status_code == 409
    job_runner.run_until_idle("quick")
    assert client.get(profile).json()["rows"] == 240
    listed = client.get("/api/datasets/").json()["results"]
    assert [(each["name"], each["rows"], each["newest_version"]) for each in listed] == [("Clients", 240, 1)]
    detail = client.get(f"/api/datasets/{version['dataset']}/").json()
    assert detail["can"]["share"]["allowed"] is True
    assert program(play.stranger).get(f"/api/datasets/{version['dataset']}/").status_code == 404
    assert program(play.owner).get(f"/api/datasets/{version['dataset']}/").json()["can"]["share"]["reason"]


@pytest.mark.parametrize(
    ("name", "content", "status", "words"),
    [
        ("a.csv", b"", 400, "empty"),
        ("a.csv", b"\x89PNG\r\n\x1a\n", 415, "PNG image"),
        ("a.pkl", b"\x80\x04\x95", 415, "Only CSV"),
        ("a.csv.gz", b"\x1f\x8b", 415, "Unpack"),
    ],
)
def test_a_file_that_is_no_table_is_refused_and_nothing_is_kept(name, content, status, words):
    answer = send(program(scene().citizen), content, name)
    assert answer.status_code == status and words in answer.json()["detail"]
    assert not Dataset.objects.exists() and not Job.objects.exists()


def test_a_file_above_the_limit_is_a_413(settings):
    settings.MAX_UPLOAD_BYTES = 1000
    answer = send(program(scene().citizen), b"a,b\n" * 50_000)
    assert answer.status_code == 413 and "larger than" in answer.json()["detail"]
    assert not Dataset.objects.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a\n1\n2\n", "single_column"),
        (b"a,b,A\n1,2,3\n", "duplicate_header"),
        (b"a,b,c\n1,2,3\n4,5\n", "ragged_rows"),
    ],
)
def test_a_table_that_cannot_be_read_is_rejected_with_code_and_place(content, code):
    play = scene()
    client = program(play.citizen)
    version = send(client, content).json()
    job_runner.run_until_idle("quick")
    answer = client.get(f"/api/dataset-versions/{version['id']}/").json()
    assert answer["state"] == "rejected" and answer["problems"][0]["code"] == code
    assert answer["table_digest"] == "" and answer["problems"][0]["message"]
    if code == "ragged_rows":
        assert answer["problems"][0]["row"] == 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "file"),
        ({"name": "x", "colour": "blue"}, "colour"),
        ({"classification": "top secret"}, "classification"),
    ],
)
def test_a_wrong_body_names_its_field(body, field):
    client = program(scene().citizen)
    answer = client.post("/api/datasets/", body, format="multipart")
    assert answer.status_code == 400
    assert field in [each["field"] for each in answer.json()["errors"]]


def test_versions_shares_and_words():
    play = scene()
    version = ready_version(play, classification="personal")
    url = f"/api/datasets/{version.dataset_id}/"
    citizen, owner = program(play.citizen), program(play.owner)
    same = citizen.post(url + "versions/", {"file": upload()}, format="multipart")
    assert same.status_code == 200 and same.json()["id"] == str(version.pk)
    other = citizen.post(url + "versions/", {"file": upload(table(seed=3))}, format="multipart")
    assert other.status_code == 201 and other.json()["number"] == 2
    assert [each["number"] for each in citizen.get(url + "versions/").json()] == [2, 1]
    said = {"person": play.stranger.pk, "right": "use", "reason": "To compare.", "until": "2999-01-01"}
    assert owner.post(url + "share/", said).status_code == 403
    made = citizen.post(url + "share/", said)
    assert made.status_code == 201
    assert program(play.stranger).get(url).status_code == 200
    assert (
        program(play.stranger).post(url + "versions/", {"file": upload()}, format="multipart").status_code
        == 403
    )
    assert citizen.post(f"/api/shares/{made.json()['id']}/end/").status_code == 200
    assert program(play.stranger).get(url).status_code == 404
    assert owner.post(url + "describe/", {"dictionary": {"age": "Years"}}).json()["dictionary"] == {
        "age": "Years"
    }


def test_unknown_parameters_and_methods_are_refused():
    client = program(scene().citizen)
    for path in ("/api/datasets/", "/api/experiments/"):
        assert client.get(path, {"colour": "blue"}).status_code == 400
        assert client.delete(path).status_code == 405
        assert client.get(f"{path}not-a-key/").status_code == 404
        assert APIClient().get(path).status_code == 401


def test_an_experiment_from_draft_to_result():
    play = scene()
    version = ready_version(play)
    client = program(play.citizen)
    body = {"title": "Renewal", "use_case": str(play.use_case.pk), "dataset_version": str(version.pk)}
    answer = client.post(
        "/api/experiments/", body | {"question": {"target": "renews", "budget_seconds": 10, "max_trials": 2}}
    )
    assert answer.status_code == 201, answer.content
    url = f"/api/experiments/{answer.json()['id']}/"
    assert answer.json()["can"]["start"]["reason"] and not answer.json()["can"]["start"]["allowed"]
    assert client.post(url + "start/").status_code == 403
    assert client.get(url + "result/").status_code == 409
    changed = client.post(url + "question/", {"question": {"max_trials": 3}, "row_meaning": "a client"})
    assert changed.json()["question"]["max_trials"] == 3 and changed.json()["row_meaning"] == "a client"
    assert client.post(url + "checks/").status_code == 202
    job_runner.run_until_idle("quick")
    found = client.get(url + "checks/").json()
    assert len(found) >= 10 and all(each["text"] for each in found)
    for each in found:
        if each["is_alerted"] and each["severity"] == "justify":
            assert client.post(url + "justify/", {"result": each["id"], "text": "no"}).status_code == 400
            done = client.post(url + "justify/", {"result": each["id"], "text": "Known in advance."})
            assert done.json()["justification"] == "Known in advance."
    assert client.post(url + "start/").status_code == 202
    assert (
        client.get(url).json()["status"] == "queued" and "Waiting" in client.get(url).json()["state_in_words"]
    )
    assert program(play.owner).post(url + "cancel/").status_code == 403
    assert client.post(url + "stop-early/").status_code == 403
    job_runner.run_until_idle("ml")
    assert client.get(url).json()["status"] == "done"
    trials = client.get(url + "trials/").json()
    assert trials[0]["is_baseline"] and any(each["is_best"] for each in trials)
    assert client.get(url + "result/").json()["sentences"]
    assert client.post(url + "question/", {"question": {"max_trials": 2}}).status_code == 403
    assert client.post(url + "copy/").status_code == 201


def test_a_wrong_question_keeps_neither_draft_nor_change():
    play = scene()
    version = ready_version(play)
    client = program(play.citizen)
    body = {"title": "Renewal", "use_case": str(play.use_case.pk), "dataset_version": str(version.pk)}
    answer = client.post("/api/experiments/", body | {"question": {"target": "nope"}})
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == "target"
    assert not Experiment.objects.exists()
    answer = program(play.stranger).post("/api/experiments/", body)
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == "use_case"


def test_others_see_nothing_and_a_learner_hears_why():
    play = scene()
    experiment = draft(play)
    learner = person("Lea Learner")
    join(play.use_case, learner)
    url = f"/api/experiments/{experiment.pk}/"
    stranger = program(play.stranger)
    assert stranger.get(url).status_code == 404
    for act in ("question", "checks", "justify", "start", "cancel", "stop-early", "copy"):
        assert stranger.post(f"{url}{act}/", {}).status_code == 404
    answer = program(learner).post(url + "start/")
    assert (
        answer.status_code == 403
        and answer.json()["code"] == "credential_missing"
        and answer.json()["remedy"]
    )
    assert not Job.objects.exclude(kind="dataset.ingest").exists() and not GuardrailResult.objects.exists()


def test_lists_ask_as_much_for_six_rows_as_for_one():
    play = scene()
    client = program(play.citizen)
    version = ready_version(play)
    draft(play, version)

    def queries(path):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    paths = ("/api/datasets/", "/api/experiments/", "/api/dataset-versions/")
    before = [queries(path) for path in paths]
    for number in range(5):
        datasets.create(name=f"More {number}", file=upload(), by=play.citizen)
        experiments.create_draft(
            use_case=play.use_case, dataset_version=version, title=f"E{number}", by=play.citizen
        )
    assert [queries(path) for path in paths] == before
    assert DatasetVersion.objects.count() == 6
