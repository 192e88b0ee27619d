"""Datasets: a file becomes a version that is accepted whole or not at all, and says why."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage

from portal.core import filestore, job_runner, sandbox
from portal.core.duties import Duty
from portal.core.models import AuditEvent, Job, Notice
from portal.core.uploads import UploadRefused
from portal.core.verdicts import Refused
from projects.models import Dataset, DatasetVersion
from projects.services import datasets, engine, shares
from tests.people import person
from tests.projects.data_scene import WALLED, lend, quick_engine, ready_version, scene, table, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_engine")]


__all__ = ["quick_engine"]


def blobs():
    """How many files are kept."""
    found = []
    for folder in default_storage.listdir("blobs")[0] if default_storage.exists("blobs") else []:
        found += default_storage.listdir(f"blobs/{folder}")[1]
    return found


def test_a_csv_becomes_a_ready_version_with_profile_table_and_notice(monkeypatch):
    monkeypatch.setattr(engine, "call", WALLED)
    play = scene()
    version = ready_version(play)

    assert version.state == DatasetVersion.State.READY
    assert (version.rows, version.columns) == (240, 5)
    assert [each["name"] for each in version.columns_described] == [
        "age",
        "visits",
        "region",
        "sex",
        "renews",
    ]
    assert filestore.cached(version.table_digest, ".parquet").stat().st_size > 0
    assert version.job.state == Job.State.DONE
    assert version.job.isolation == sandbox.isolation()
    assert "240" in str(Notice.objects.get(user=play.citizen))
    assert AuditEvent.objects.filter(verb="dataset_version.accepted").count() == 1


def test_the_same_bytes_again_are_the_version_that_stands_already():
    play = scene()
    version = ready_version(play)

    again, is_new = datasets.add_version(version.dataset, upload(), by=play.citizen)

    assert (again.pk, is_new) == (version.pk, False)
    assert version.dataset.versions.count() == 1


def test_other_bytes_are_version_two():
    play = scene()
    version = ready_version(play)

    second, is_new = datasets.add_version(version.dataset, upload(table(seed=2)), by=play.citizen)

    assert is_new and second.number == 2 and second.state == DatasetVersion.State.CHECKING


def test_a_stranger_brings_no_version():
    play = scene()
    version = ready_version(play)

    with pytest.raises(Refused, match="Only the owner"):
        datasets.add_version(version.dataset, upload(table(seed=2)), by=play.stranger)
    assert version.dataset.versions.count() == 1


def test_a_stranger_brings_no_data_to_a_use_case_and_an_auditor_none_at_all():
    play = scene()
    auditor = person("Ada Auditor", duties=(Duty.AUDITOR,))

    with pytest.raises(Refused, match="Only the squad"):
        datasets.create(name="X", file=upload(), by=play.stranger, use_case=play.use_case)
    with pytest.raises(Refused, match="change nothing"):
        datasets.create(name="X", file=upload(), by=auditor)
    assert not Dataset.objects.exists() and not Job.objects.exists() and not blobs()


@pytest.mark.parametrize(
    ("name", "content", "status", "words"),
    [
        ("a.csv", b"", 400, "empty"),
        ("a.exe", b"x", 415, "Only CSV"),
        ("a", b"x", 415, "Only CSV"),
        ("a.pkl", b"x", 415, "Only CSV"),
        ("a.xls", b"x", 415, "Save it as .xlsx"),
        ("a.xlsm", b"PK", 415, "without macros"),
        ("a.csv.gz", b"\x1f\x8b", 415, "Unpack"),
        ("a.csv", b"\x89PNG\r\n", 415, "PNG image"),
        ("a.csv", b"<!DOCTYPE html><html>", 415, "web page"),
        ("a.csv", b"PK\x03\x04", 415, "zip archive"),
        ("a.xlsx", b"a,b\n1,2\n", 415, "text file"),
        ("a.parquet", b"{}", 415, "text file"),
        ("x" * 300 + ".csv", b"a,b\n1,2\n", 400, "longer than 200"),
    ],
)
def test_what_cannot_be_a_table_is_refused_at_once_and_nothing_is_kept(name, content, status, words):
    play = scene()

    with pytest.raises(UploadRefused, match=words) as refusal:
        datasets.create(name="Bad", file=_raw(name, content), by=play.citizen)

    assert refusal.value.status == status
    assert not Dataset.objects.exists() and not Job.objects.exists() and not blobs()


def _raw(name, content):
    file = upload(content)
    file._name = name  # SimpleUploadedFile cuts long names itself
    return file


def test_a_file_above_the_limit_is_refused(settings):
    settings.MAX_UPLOAD_BYTES = 10
    with pytest.raises(UploadRefused) as refusal:
        datasets.create(name="Big", file=upload(b"a,b\n" * 10), by=scene().citizen)
    assert refusal.value.status == 413 and not Dataset.objects.exists()


@pytest.mark.parametrize(
    ("content", "code", "words", "row"),
    [
        (b" \n\n", "empty_file", "empty", None),
        (b"a,b,c\n", "header_only", "no rows", None),
        (b"a\n1\n2\n", "single_column", "Only one column", None),
        (b"a,b,A\n1,2,3\n", "duplicate_header", "same name", None),
        (b"a,b,c\n1,2,3\n4,5\n", "ragged_rows", "Row 3 has 2 values", 3),
        (b"a,b\n" + "1,déjà été\n".encode() * 300 + b"2,\xc3", "undecodable_bytes", "damaged at byte", None),
        (b"a,b\n1,\x00\x01\x02\x00\n", None, "", None),
        (b'a,b\n1,"x\n2,3\n', "unclosed_quote", "never closed", None),
    ],
)
def test_a_table_that_cannot_be_read_is_rejected_with_the_place_and_keeps_nothing(
    content, code, words, row, django_capture_on_commit_callbacks
):
    play = scene()
    with django_capture_on_commit_callbacks(execute=True):
        version = ready_version(play, content)

    assert version.state == DatasetVersion.State.REJECTED
    problem = version.problems[0]
    if code:
        assert problem["code"] == code
    sentence = problem["message"] % problem["params"]
    assert words in sentence
    if row:
        assert problem["row"] == row
    assert not version.table_digest and not version.profile and not blobs()
    assert version.job.state == Job.State.DONE
    assert "not accepted" in str(Notice.objects.get(user=play.citizen))


def test_a_formula_in_a_cell_is_kept_as_text_and_remarked():
    play = scene()
    content = b"name,amount\n=cmd|' /C calc'!A0,1\nbea,2\ncarl,3\n"
    version = ready_version(play, content)

    assert version.state == DatasetVersion.State.READY
    remark = next(each for each in version.remarks if each["code"] == "formula_cells")
    assert remark["params"]["row"] == 2
    assert version.profile["sample"][0]["name"].startswith("=cmd")


def test_rejecting_one_upload_leaves_the_same_bytes_of_another_dataset_alone(
    monkeypatch, django_capture_on_commit_callbacks
):
    play = scene()
    version = ready_version(play)
    _other, second = datasets.create(name="Copy", file=upload(), by=play.citizen)
    monkeypatch.setattr("projects.services.engine.call", _crashed)

    with django_capture_on_commit_callbacks(execute=True):
        job_runner.run_until_idle("quick")

    second.refresh_from_db()
    assert second.state == DatasetVersion.State.REJECTED and second.problems[0]["code"] == "unreadable"
    assert version.upload_digest in blobs()


def _crashed(run, *_arguments, **_more):
    return sandbox.Outcome(-9, "crashed", "", "limits")


def test_a_job_that_runs_twice_accepts_once():
    play = scene()
    version = ready_version(play)
    Job.objects.filter(pk=version.job_id).update(state=Job.State.QUEUED, attempt=0)

    job_runner.run_until_idle("quick")

    version.refresh_from_db()
    assert version.state == DatasetVersion.State.READY
    assert AuditEvent.objects.filter(verb="dataset_version.accepted").count() == 1


def test_confidential_data_is_seen_by_the_squad_the_auditor_and_those_it_is_shared_with():
    play = scene()
    version = ready_version(play, classification="personal")
    dataset, friend = version.dataset, person("Fred Friend")

    def seen(user):
        return Dataset.objects.visible_to(user).filter(pk=dataset.pk).exists()

    assert seen(play.citizen) and seen(play.owner) and not seen(play.stranger) and not seen(friend)
    assert seen(person("Ada", duties=(Duty.AUDITOR,)))
    made = lend(dataset, friend, by=play.citizen)
    assert seen(friend) and DatasetVersion.objects.visible_to(friend).filter(pk=version.pk).exists()
    assert "shares" in str(Notice.objects.get(user=friend))
    shares.end(made, by=play.citizen)
    assert not seen(friend)


def test_a_stranger_shares_nothing_and_special_categories_are_not_shared():
    play = scene()
    friend = person("Fred Friend")
    dataset = ready_version(play, classification="special").dataset

    with pytest.raises(Refused, match="Special categories"):
        lend(dataset, friend, by=play.citizen)
    with pytest.raises(Refused, match="Only those who answer for it"):
        lend(dataset, friend, by=play.stranger)
    assert not dataset.shares.exists() and not Notice.objects.filter(user=friend).exists()


def test_the_dictionary_is_written_by_the_squad_only_and_in_bearable_length():
    play = scene()
    dataset = ready_version(play).dataset

    datasets.describe(dataset, by=play.owner, dictionary={"age": " Years ", "sex": ""})
    dataset.refresh_from_db()
    assert dataset.dictionary == {"age": "Years"}
    with pytest.raises(Refused):
        datasets.describe(dataset, by=play.stranger, dictionary={"age": "x"})
    with pytest.raises(ValidationError, match="500"):
        datasets.describe(dataset, by=play.owner, dictionary={"age": "x" * 501})
    dataset.refresh_from_db()
    assert dataset.dictionary == {"age": "Years"}
