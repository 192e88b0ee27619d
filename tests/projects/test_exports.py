"""Taking a model along: who may, what is built once, what is checked, and that every download is written down."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from portal.core import filestore, job_runner
from portal.core.duties import Duty
from portal.core.models import AuditEvent, Job, Notice
from portal.core.verdicts import Refused
from projects.models import Dataset, Experiment, Export, Trial
from projects.selectors import exports as selectors
from projects.services import engine, exports
from tests.governance import trained
from tests.people import person
from tests.projects.data_scene import join, quick_engine, ready_version, scene  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def play(quick_engine):  # noqa: F811
    """A finished experiment with a model of the real engine, and the baseline beside it."""
    made = scene()
    found = trained.trained()
    version = ready_version(made)
    version.table_digest = trained.store(trained.alike())
    version.save(update_fields=["table_digest"])
    job = Job.objects.create(kind="experiment.run", label="x", state="done", owner=made.citizen)
    made.experiment = Experiment.objects.create(
        title="Who leaves", use_case=made.use_case, dataset_version=version, author=made.citizen, job=job,
        question=found.result["question"], result=found.result,
    )  # fmt: skip
    number = found.result["best_trial"]
    made.trial = Trial.objects.create(
        experiment=made.experiment, number=number, name="Best", family="lightgbm", is_best=True, status="finished",
        cv_score=0.8, bundle_digest=trained.store(found.bundle), model_sha256=found.sha256,
    )  # fmt: skip
    made.baseline = Trial.objects.create(
        experiment=made.experiment, number=99, name="Constant", family="baseline", is_baseline=True,
        status="finished", bundle_digest="b" * 64, model_sha256="c" * 64,
    )  # fmt: skip
    return made


@pytest.fixture
def engine_says(monkeypatch):
    """An engine that writes a file and a report at once; what it was asked stands in the list."""
    asked = []

    def install(report, content=b"zip"):
        def call(run, arguments, *, readable, writable, **more):
            asked.append(arguments)
            if report["ok"]:
                (writable / "export.zip").write_bytes(content)
            engine.write_json(writable / "export.zip.report.json", report)
            return type("Ended", (), {"code": 0, "reason": ""})()

        monkeypatch.setattr(engine, "call", call)
        return asked

    return install


def built(play, form="skops"):
    export = exports.request(play.trial, format=form, by=play.citizen)
    job_runner.run_until_idle("quick")
    export.refresh_from_db()
    return export


def test_the_real_engine_builds_a_package_behind_the_wall_and_it_downloads(play):
    export = built(play, "package")

    assert export.status == "done", export.job.error_text
    assert export.report["checks"]["equal"] and export.finished_at
    path = exports.download(export, by=play.citizen)
    assert any(name.endswith("/score.py") for name in zipfile.ZipFile(path).namelist())
    verbs = list(AuditEvent.objects.filter(verb__startswith="export.").values_list("verb", flat=True))
    assert sorted(verbs) == ["export.built", "export.downloaded", "export.requested"]
    assert Notice.objects.filter(user=play.citizen, text__contains="Ready to take along").exists()


def test_every_download_is_written_down(play, engine_says):
    engine_says({"ok": True, "name": "best"})
    export = built(play)
    for _time in range(3):
        exports.download(export, by=play.owner)
    assert AuditEvent.objects.filter(verb="export.downloaded", actor_id=play.owner.pk).count() == 3


def test_what_is_built_already_is_not_built_again_but_what_failed_is(play, engine_says):
    asked = engine_says({"ok": True, "name": "best"})
    first = built(play)
    assert exports.request(play.trial, format="skops", by=play.owner) == first
    job_runner.run_until_idle("quick")
    assert len(asked) == 1

    Job.objects.filter(pk=first.job_id).update(state="failed")
    again = exports.request(play.trial, format="skops", by=play.owner)
    assert again.pk == first.pk and again.job_id != first.job_id
    assert Export.objects.count() == 1


def test_what_is_not_possible_is_an_answer_with_its_reason_and_the_nearest(play, engine_says):
    reason = {"code": "onnx_no_converter", "message": "No converter (%(part)s).", "params": {"part": "X"}}
    other = Trial.objects.create(
        experiment=play.experiment, number=98, name="Other", family="linear", status="finished", cv_score=0.7
    )
    engine_says({"ok": False, "reason": reason, "nearest": {"number": 98, "name": "Other", "checks": {}}})
    export = built(play, "onnx")
    assert export.status == "refused" and not export.file_digest
    onnx = next(s for s in selectors.shapes(play.citizen, play.trial) if s.format == "onnx")
    assert onnx.notes == ["No converter (X)."] and onnx.nearest["trial"] == other and not onnx.is_missing
    with pytest.raises(Refused, match="not there yet"):
        exports.download(export, by=play.citizen)


@pytest.mark.parametrize("has_nearest", [True, False])
def test_a_form_that_is_not_possible_is_no_dead_end_on_page_and_api(play, engine_says, client, has_nearest):
    reason = {"code": "onnx_no_converter", "message": "No converter.", "params": {}}
    other = Trial.objects.create(
        experiment=play.experiment, number=98, name="Other", family="linear", status="finished", cv_score=0.7
    )
    nearest = {"number": 98, "name": "Other", "checks": {"note": {"message": "Same to 1e-6."}}}
    engine_says({"ok": False, "reason": reason, "nearest": nearest if has_nearest else None})
    export = built(play, "onnx")
    client.force_login(play.citizen)

    page = client.get(reverse("projects:export_list", args=[play.trial.pk])).content.decode()
    told = client.get(reverse("api:export-detail", args=[export.pk])).json()

    assert ("The nearest that can: Other" in page) == has_nearest
    assert ('href="#format-package"' in page) == (not has_nearest)
    assert told["notes"] == ["No converter."]
    wanted = {
        "trial": str(other.pk),
        "name": "Other",
        "note": "Same to 1e-6.",
        "score": 0.7,
        "own_score": 0.8,
    }
    assert told["nearest"] == (wanted if has_nearest else None)


@pytest.mark.parametrize("who", ["stranger", "auditor", "administrator", "reviewer"])
def test_only_the_squad_takes_models_away(play, who):
    duties = {"auditor": Duty.AUDITOR, "administrator": Duty.ADMINISTRATOR, "reviewer": Duty.MODEL_REVIEWER}
    user = play.stranger if who == "stranger" else person(who.title(), duties=(duties[who],))
    with pytest.raises(Refused):
        exports.request(play.trial, format="skops", by=user)
    assert not Export.objects.exists() and not Job.objects.filter(kind="model.export").exists()


def test_a_download_by_somebody_outside_is_refused_and_leaves_no_trace_of_one(play, engine_says):
    engine_says({"ok": True, "name": "best"})
    export = built(play)
    with pytest.raises(Refused):
        exports.download(export, by=play.stranger)
    assert not AuditEvent.objects.filter(verb="export.downloaded").exists()


def test_a_model_of_confidential_data_goes_only_to_people_who_see_that_data(play):
    other = person("Otto Owner")
    dataset = play.experiment.dataset_version.dataset
    Dataset.objects.filter(pk=dataset.pk).update(
        classification=Dataset.Classification.CONFIDENTIAL, use_case=None, owner=other
    )
    trial = Trial.objects.select_related("experiment__dataset_version__dataset__owner").get(pk=play.trial.pk)
    with pytest.raises(Refused, match="Confidential"):
        exports.request(trial, format="skops", by=play.citizen)
    assert not Export.objects.exists()


def test_the_baseline_a_running_search_and_an_unknown_format_are_refused(play):
    with pytest.raises(Refused, match="baseline"):
        exports.request(play.baseline, format="skops", by=play.citizen)
    with pytest.raises(ValidationError):
        exports.request(play.trial, format="pickle", by=play.citizen)
    Job.objects.filter(pk=play.experiment.job_id).update(state="queued")
    running = Trial.objects.get(pk=play.trial.pk)
    with pytest.raises(Refused, match="no result yet"):
        exports.request(running, format="skops", by=play.citizen)
    assert not Export.objects.exists()


def test_a_stored_model_that_was_changed_is_not_exported(play):
    Trial.objects.filter(pk=play.trial.pk).update(model_sha256="0" * 64)
    play.trial.refresh_from_db()
    export = built(play)
    assert export.job.state == "failed" and "not the one that was trained" in export.job.error_text
    assert not export.file_digest


def test_the_page_offers_each_form_and_leads_from_building_to_the_file(play, engine_says, client):
    engine_says({"ok": True, "name": "best", "checks": {}}, b"content")
    client.force_login(play.citizen)
    page = reverse("projects:export_list", args=[play.trial.pk])
    text = client.get(page).content.decode()
    assert text.count('name="format"') == 6 and "no row of the data is in it" in text

    answer = client.post(reverse("projects:export_build", args=[play.trial.pk]), {"format": "onnx"})
    assert answer.status_code == 302 and "every 3s" in client.get(page).content.decode()
    job_runner.run_until_idle("quick")

    text = client.get(page).content.decode()
    assert "every 3s" not in text and text.count('name="format"') == 5
    file = client.get(reverse("projects:export_download", args=[Export.objects.get().pk]))
    assert file.status_code == 200 and io.BytesIO(b"".join(file.streaming_content)).read() == b"content"
    assert file["Content-Disposition"] == 'attachment; filename="best.zip"'


def test_an_unknown_form_is_told_and_nothing_is_made(play, client):
    client.force_login(play.citizen)
    url = reverse("projects:export_build", args=[play.trial.pk])
    text = client.post(url, {"format": "<b>"}, follow=True).content.decode()
    assert "Choose one of" in text and not Export.objects.exists()


def test_outsiders_find_nothing_and_a_damaged_file_is_told(play, engine_says, client):
    engine_says({"ok": True, "name": "best"}, b"content")
    export = built(play)
    download = reverse("projects:export_download", args=[export.pk])
    client.force_login(play.stranger)
    assert client.get(download).status_code == 404
    assert client.get(reverse("projects:export_list", args=[play.trial.pk])).status_code == 404
    filestore.discard(export.file_digest)
    client.force_login(play.citizen)
    assert "missing or damaged" in client.get(download, follow=True).content.decode()


def test_the_api_does_the_same(play, engine_says, client):
    engine_says({"ok": True, "name": "best"}, b"content")
    client.force_login(play.citizen)
    url = reverse("api:export-list")
    body = {"trial": str(play.trial.pk), "format": "script"}
    made = client.post(url, body, content_type="application/json")
    assert made.status_code == 202 and made.json()["can"]["download"]["allowed"] is False
    job_runner.run_until_idle("quick")
    shown = client.get(reverse("api:export-detail", args=[made.json()["id"]])).json()
    assert shown["status"] == "done" and shown["can"]["download"]["allowed"]
    file = client.get(reverse("api:export-download", args=[made.json()["id"]]))
    assert b"".join(file.streaming_content) == b"content"

    wrong = client.post(url, body | {"format": "exe"}, content_type="application/json")
    assert wrong.status_code == 400 and "format" in str(wrong.json())
    client.force_login(play.stranger)
    assert client.post(url, body, content_type="application/json").status_code == 400
    assert client.get(url).json()["count"] == 0


def test_the_page_asks_as_many_questions_for_six_files_as_for_one(
    play, engine_says, client, django_assert_max_num_queries
):
    engine_says({"ok": True, "name": "best"})
    join(play.use_case, person("Mona Member"))
    for form in Export.Format.values:
        exports.request(play.trial, format=form, by=play.citizen)
    job_runner.run_until_idle("quick")
    client.force_login(play.citizen)
    page = reverse("projects:export_list", args=[play.trial.pk])
    client.get(page)
    with django_assert_max_num_queries(40):
        client.get(page)
