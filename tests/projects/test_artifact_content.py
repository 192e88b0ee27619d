"""The content of an artifact: what is taken, what is refused, and that a refusal leaves nothing."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.core import filestore
from portal.core.models import AuditEvent
from portal.core.uploads import UploadRefused
from projects import sniffing
from projects.models import Artifact, Dataset
from projects.rules import artifacts as rules
from projects.services import artifacts, datasets
from tests.people import person
from tests.projects.artifact_scene import PDF, PNG, file, note, notebook, nothing_was_made

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "content", "name", "found"),
    [
        ("note", b"# Storms\n\nMany.", "a.exe", "text/markdown"),
        ("notebook", notebook("1 + 1"), "a.txt", "application/x-ipynb+json"),
        ("image", PNG, "a.pdf", "image/png"),
        ("image", b"\xff\xd8\xff\xe0rest", "a.png", "image/jpeg"),
        ("image", b"RIFF\x04\x00\x00\x00WEBPVP8 ", "a", "image/webp"),
        ("image", b"GIF89a\x01\x00", "a.gif", "image/gif"),
        ("report", PDF, "a.html", "application/pdf"),
        ("extract", "Äge;n\n1;2\n".encode(), "a.csv", "text/csv"),
        ("document", b"PK\x03\x04rest", "a.docx", "application/zip"),
        ("document", b"<svg onload='alert(1)'>", "a.png", "image/svg+xml"),
        ("document", b"\n <!DOCTYPE html><script>alert(1)</script>", "a.txt", "text/html"),
        ("document", b"MZ\x90\x00", "a.pdf", "application/x-executable"),
        ("document", b"\x00\x01\x02", "a.pdf", "application/octet-stream"),
        ("document", b"plain words", "a.html", "text/plain"),
    ],
)
def test_what_a_file_is_comes_from_its_bytes_and_not_from_its_name(kind, content, name, found):
    made = artifacts.create(kind=kind, title="Storms", file=file(content, name), by=person())
    version = made.versions.get()

    assert (version.media_type, version.original_name, version.size_bytes) == (found, name, len(content))
    assert filestore.cached(version.digest).read_bytes() == content
    assert list(AuditEvent.objects.order_by("seq").values_list("verb", flat=True))[-2:] == [
        "artifact.created",
        "artifact_version.brought",
    ]


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("note", b"", "file.empty"),
        ("note", PNG, "file.content_mismatch"),
        ("note", b"<html><script>alert(1)</script>", "file.content_mismatch"),
        ("note", "Wörter".encode("latin-1"), "file.content_mismatch"),
        ("notebook", b'{"cells": 3, "nbformat": 4}', "file.content_mismatch"),
        ("notebook", b'{"cells": [', "file.content_mismatch"),
        ("notebook", b'{"cells":' + b"[" * 50_000, "file.content_mismatch"),
        ("image", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file.content_mismatch"),
        ("image", PDF, "file.content_mismatch"),
        ("report", b"<html>%PDF-", "file.content_mismatch"),
        ("extract", b"\xd0\xcf\x11\xe0 old workbook", "file.content_mismatch"),
        ("extract", b"a,b\x00\n", "file.content_mismatch"),
    ],
)
def test_a_file_that_does_not_fit_its_kind_is_refused_and_leaves_nothing(kind, content, code):
    with pytest.raises(UploadRefused) as refusal:
        artifacts.create(kind=kind, title="Storms", file=file(content), by=person())

    assert refusal.value.code == code and str(refusal.value)
    assert nothing_was_made()


def test_a_file_beyond_the_limit_or_the_room_of_a_person_is_refused(settings):
    somebody = person()
    settings.MAX_UPLOAD_BYTES = 10
    with pytest.raises(UploadRefused) as refusal:
        artifacts.create(kind="note", title="Storms", file=file(b"x" * 11), by=somebody)
    assert refusal.value.code == "file.too_large"
    assert nothing_was_made()

    settings.UPLOAD_QUOTA_BYTES = 15
    artifacts.create(kind="note", title="Storms", file=file(b"x" * 10), by=somebody)
    with pytest.raises(UploadRefused) as refusal:
        artifacts.create(kind="note", title="More storms", file=file(b"y" * 10), by=somebody)
    assert refusal.value.code == "quota.storage"
    with pytest.raises(UploadRefused) as refusal:  # a table finds the same room taken
        datasets.create(name="Claims", file=file(b"a,b\n1,2\n3", name="claims.csv"), by=somebody)
    assert refusal.value.code == "quota.storage"
    assert Artifact.objects.count() == 1 and not Dataset.objects.exists()


def test_a_full_disk_keeps_nothing(settings):
    settings.DISK_RESERVE_BYTES = 2**62
    with pytest.raises(UploadRefused) as refusal:
        note(person())
    assert refusal.value.code == "storage.full"
    assert nothing_was_made()


@pytest.mark.parametrize(
    "link",
    [
        "", "javascript:alert(1)", "data:text/html,x", "ftp://example.org/a", "//example.org", "https://", "http:///path",
        "https://exa mple.org", "https://user:secret@example.org/", "https://example.org:nine/", "https://[broken", "file:///etc/passwd",
        "https://example.org/" + "a" * 2000,
    ],
)  # fmt: skip
def test_a_link_leads_to_the_web_and_nowhere_else(link):
    with pytest.raises(ValidationError) as refusal:
        artifacts.create(kind="link", title="Storms", link=link, by=person())
    assert "link" in refusal.value.message_dict
    assert nothing_was_made()


def test_a_link_holds_an_address_and_no_file():
    made = artifacts.create(kind="link", title="Storms", link=" https://example.org/a?b=1 ", by=person())
    version = made.versions.get()
    assert (version.link, version.digest) == ("https://example.org/a?b=1", "")
    assert rules.may_take(person(), version).code == "artifact.link_has_no_file"
    for more in ({"kind": "link", "file": file(b"x")}, {"kind": "note", "link": "https://example.org"}):
        with pytest.raises(ValidationError):
            artifacts.create(title="Other", by=person(), **more)
    assert Artifact.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "  "), ("title", "x" * 141), ("description", "x" * 4001), ("kind", "film"),
        ("classification", "secret"), ("tags", ["x" * 41]), ("tags", [f"t{n}" for n in range(13)]),
    ],
)  # fmt: skip
def test_words_that_cannot_be_kept_are_refused_by_field(field, value):
    with pytest.raises(ValidationError) as refusal:
        artifacts.create(**{"kind": "note", "title": "Storms", "file": file(), "by": person(), field: value})
    assert list(refusal.value.message_dict) == [field]
    assert nothing_was_made()


def test_tags_are_kept_once_each_in_lower_case():
    made = note(person(), tags=["Hail  Claims", "hail claims", " ", "Storm"])
    assert [each.word for each in made.tags.all()] == ["hail claims", "storm"]
    assert artifacts.tag(made, ["storm", "Roof"], by=made.owner) == ["roof", "storm"]
    event = AuditEvent.objects.order_by("-seq")[0]
    assert (event.verb, event.details["before"], event.details["after"]) == (
        "artifact.tagged", ["hail claims", "storm"], ["roof", "storm"],
    )  # fmt: skip
    artifacts.tag(made, ["roof", "storm"], by=made.owner)
    assert AuditEvent.objects.order_by("-seq")[0].seq == event.seq


def test_a_large_notebook_is_known_by_its_beginning_and_its_end(tmp_path):
    place = tmp_path / "large"
    filling = {"cells": [{"cell_type": "raw", "source": "x" * sniffing.NOTEBOOK_LIMIT}], "nbformat": 4}
    place.write_text(json.dumps(filling))
    assert sniffing.media_type(place) == sniffing.NOTEBOOK
    place.write_text("{" + "x" * sniffing.NOTEBOOK_LIMIT)
    assert sniffing.media_type(place) == sniffing.TEXT


def test_a_file_is_scanned_where_there_is_a_scanner(settings):
    settings.UPLOAD_SCANNER = "tests.projects.artifact_scene.finds_a_worm"
    with pytest.raises(UploadRefused) as refusal:
        artifacts.create(kind="note", title="Storms", file=SimpleUploadedFile("a.md", b"worm"), by=person())
    assert refusal.value.code == "file.malware"
    assert nothing_was_made()
