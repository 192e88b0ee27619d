"""The portal on a bucket: tables, artifacts, bundles and what people see when an object is lost or the store is silent."""

import zipfile

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.core import job_runner
from portal.core.duties import Duty
from portal.core.models import AuditEvent, Job, Notice
from projects.models import Artifact, Dataset, DatasetVersion, ProjectBundle
from projects.services import artifacts, bundles, datasets, engine, imported_projects, recipes
from tests.bucket import bucket, s3_server
from tests.people import person
from tests.projects.artifact_scene import note
from tests.projects.data_scene import WALLED, quick_engine, ready_version, scene, upload

__all__ = ["bucket", "quick_engine", "s3_server"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bucket", "quick_engine")]


def idle():
    Job.objects.filter(state="queued").update(not_before=None)
    return job_runner.run_until_idle("quick")


def local_files():
    return [path for path in (settings.VAR / "files").rglob("*") if path.is_file()]


def test_a_csv_is_converted_and_described_behind_the_wall_and_taken_along(bucket, monkeypatch, client):
    monkeypatch.setattr(engine, "call", WALLED)
    play = scene()
    version = ready_version(play)

    assert version.state == "ready" and (version.rows, version.columns) == (240, 5), version.problems
    assert bucket.objects() == {bucket.key(version.upload_digest), bucket.key(version.table_digest)}
    assert bucket.read(version.table_digest)[:4] == b"PAR1" and not local_files()
    client.force_login(play.citizen)
    page = client.get(reverse("projects:dataset_version", args=[version.pk]))
    assert "renews" in page.content.decode()
    answer = client.get(reverse("projects:dataset_version_download", args=[version.pk]))
    assert b"".join(answer.streaming_content) == bucket.read(version.table_digest)


def test_a_recipe_reads_its_tables_from_the_bucket_and_its_result_lies_there(bucket, monkeypatch):
    monkeypatch.setattr(engine, "call", WALLED)
    play = scene()
    version = ready_version(play)
    steps = [{"kind": "keep_rows", "column": "age", "test": "at_least", "value": "30"}]
    recipe = recipes.create(version, name="Adults", steps=steps, by=play.citizen)
    idle()
    recipe.refresh_from_db()
    assert recipe.is_previewed and recipe.preview["ok"]
    made = recipes.play(recipe, by=play.citizen)
    idle()

    made.refresh_from_db()
    assert made.state == "ready" and 0 < made.rows < 240, made.problems
    assert bucket.key(made.table_digest) in bucket.objects() and not local_files()


def test_an_artifact_is_shown_and_taken_along_and_a_lost_one_is_said_as_on_a_disk(bucket, client):
    made = note(person("Nina"))
    version = made.versions.get()
    client.force_login(made.owner)
    page = reverse("projects:artifact_detail", args=[made.pk])
    taken = reverse("projects:artifact_download", args=[version.pk])
    assert bucket.objects() == {bucket.key(version.digest)}
    assert b"".join(client.get(taken).streaming_content) == bucket.read(version.digest)

    bucket.change(version.digest)
    bucket.forget_copies()
    assert "missing or damaged" in client.get(taken, follow=True).content.decode()
    bucket.lose(version.digest)
    assert "missing or damaged" in client.get(page).content.decode()
    assert client.get(f"/api/artifact-versions/{version.pk}/download/").status_code == 409


def test_a_whole_use_case_is_zipped_from_the_bucket_and_read_again(bucket):
    play = scene()
    version = ready_version(play)
    bundle = bundles.request(play.use_case, by=play.owner)
    idle()
    bundle = ProjectBundle.objects.for_list().get(pk=bundle.pk)
    assert bundle.status == "done", bundle.job.error_text
    path = bundles.download(bundle, by=play.owner)
    with zipfile.ZipFile(path) as archive:
        assert archive.read("data/d1/v1.parquet") == bucket.read(version.table_digest)

    manager = person("Paula", duties=(Duty.PORTFOLIO_MANAGER,))
    sent = SimpleUploadedFile("case.agora.zip", path.read_bytes())
    brought, is_new = imported_projects.send(file=sent, by=manager)
    idle()
    brought.refresh_from_db()
    assert is_new and brought.state == "read", brought.problems
    assert (
        bucket.key(bundle.file_digest) in bucket.objects()
    )  # the bundle of ours stays, though the import is read


@pytest.mark.parametrize("damage", ["change", "lose"])
def test_a_table_that_is_lost_or_changed_stops_a_bundle_in_words(bucket, damage):
    play = scene()
    version = ready_version(play)
    getattr(bucket, damage)(version.table_digest)
    bundle = bundles.request(play.use_case, by=play.owner)
    idle()

    bundle = ProjectBundle.objects.for_list().get(pk=bundle.pk)
    assert bundle.status == "failed" and "data/d1/v1.parquet" in bundle.job.error_text
    assert not bundle.file_digest


@pytest.mark.parametrize("damage", ["change", "lose"])
def test_an_upload_that_is_lost_before_it_was_read_is_asked_for_again(bucket, damage):
    play = scene()
    _dataset, version = datasets.create(name="Clients", file=upload(), by=play.citizen)
    getattr(bucket, damage)(version.upload_digest)
    idle()

    job = Job.objects.get(pk=version.job_id)
    assert job.state == "failed" and "Send it again" in job.error_text


def test_while_the_store_is_silent_nothing_is_begun_and_pages_and_api_say_when_to_come_back(bucket, client):
    play = scene()
    version = ready_version(play)
    made = note(play.citizen)
    before = AuditEvent.objects.count(), Dataset.objects.count(), Artifact.objects.count()
    bucket.fall_silent()
    client.force_login(play.citizen)
    client.raise_request_exception = False

    sent = {"name": "Other", "file": upload(b"a,b\n1,2\n"), "classification": "internal"}
    asked = [
        client.post(reverse("projects:dataset_new"), sent),
        client.get(reverse("projects:dataset_version_download", args=[version.pk])),
        client.get(f"/api/dataset-versions/{version.pk}/download/"),
        client.get(f"/api/artifact-versions/{made.versions.get().pk}/download/"),
        client.post("/api/datasets/", {**sent, "file": upload(b"a,b\n1,2\n")}),
    ]
    assert [(each.status_code, each.headers.get("Retry-After")) for each in asked] == [(503, "60")] * 5
    assert all("does not answer" in each.content.decode() for each in asked)
    assert asked[2].json()["code"] == "files.unreachable"
    page = client.get(reverse("projects:artifact_detail", args=[made.pk]))
    assert page.status_code == 200 and "does not answer" in page.content.decode()
    assert (AuditEvent.objects.count(), Dataset.objects.count(), Artifact.objects.count()) == before


def test_a_conversion_waits_for_a_silent_store_and_is_done_when_it_answers(bucket):
    play = scene()
    _dataset, version = datasets.create(name="Clients", file=upload(), by=play.citizen)
    bucket.fall_silent()
    assert idle() == 1
    version.refresh_from_db()
    job = Job.objects.get(pk=version.job_id)
    assert (job.state, job.attempt, version.state) == ("queued", 0, "checking")
    assert not version.table_digest and not Notice.objects.filter(user=play.citizen).exists()
    assert job_runner.run_until_idle("quick") == 0  # not before its minute is over

    bucket.speak()
    assert idle() == 1
    version.refresh_from_db()
    assert (
        version.state == "ready" and AuditEvent.objects.filter(verb="job.done", target_id=job.pk).count() == 1
    )


def test_a_store_that_falls_silent_before_the_table_is_kept_shows_nothing_half(bucket, monkeypatch):
    play = scene()
    _dataset, version = datasets.create(name="Clients", file=upload(), by=play.citizen)
    call = engine.call

    def then_silence(run, arguments, **more):
        ended = call(run, arguments, **more)
        if arguments[0] == "profile":
            bucket.fall_silent()
        return ended

    with monkeypatch.context() as patched:
        patched.setattr(engine, "call", then_silence)
        idle()
    version.refresh_from_db()
    assert (version.state, version.table_digest) == ("checking", "")
    bucket.speak()
    assert bucket.objects() == {bucket.key(version.upload_digest)}
    idle()
    version.refresh_from_db()
    assert version.state == "ready" and bucket.key(version.table_digest) in bucket.objects()


def test_the_bytes_of_a_refused_table_go_unless_an_artifact_is_the_same_file(
    bucket, django_capture_on_commit_callbacks
):
    play = scene()
    content, other = b"\x00\x01\x02 no table", b"\x00\x01\x03 no table"
    kept = artifacts.create(
        kind="document", title="Odd", file=SimpleUploadedFile("odd.bin", content), by=play.citizen
    )
    for each in (content, other):
        datasets.create(name="Odd", file=upload(each), by=play.citizen)
    with django_capture_on_commit_callbacks(execute=True):
        idle()

    assert set(DatasetVersion.objects.values_list("state", flat=True)) == {"rejected"}
    assert bucket.objects() == {bucket.key(kept.versions.get().digest)}
