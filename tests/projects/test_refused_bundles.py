# ruff: noqa: F811  the fixture of a neighbour
"""A bundle that is not as a portal made it is refused by name, and nothing is made or left."""

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from automl import unpack
from portal.core import filestore
from portal.core.uploads import UploadRefused
from portal.core.verdicts import Refused
from projects.models import ImportedProject
from projects.services import engine, imported_making, imported_projects
from tests.projects.data_scene import WALLED, near_engine  # noqa: F401  a fixture
from tests.projects.imported_scene import (
    be_foreign,
    counts,
    files_of,
    play,  # noqa: F401  a fixture
    relisted,
    sent,
    zipped,
)

pytestmark = pytest.mark.django_db


def damage_a_byte(files, content):
    place = content.index(b"PAR1") + 40
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def damage_truthfully(files, content):
    return zipped(files | {"project/squad.json": b"[1]\n"})


def leave_one_out(files, content):
    return zipped({name: each for name, each in files.items() if name != "project/squad.json"})


def add_one(files, content):
    return zipped(files, ("project/more.json", b"{}"))


def climb_out(files, content):
    return zipped(relisted(files | {"../../evil.json": b"{}"}))


def start_at_the_root(files, content):
    return zipped(relisted(files | {"/etc/passwd.txt": b"x"}))


def say_it_twice(files, content):
    with pytest.warns(UserWarning, match="Duplicate"):
        return zipped(files, ("project/squad.json", files["project/squad.json"]))


def explode(files, content):
    return zipped(relisted(files | {"project/bomb.json": b" " * 50_000_000}))


def be_of_tomorrow(files, content):
    manifest = json.loads(files["manifest.json"]) | {"format_version": 2}
    return zipped(files | {"manifest.json": json.dumps(manifest).encode()})


def be_cut_off(files, content):
    return content[: len(content) // 2]


def nest_deeply(files, content):
    return zipped(relisted(files | {"project/squad.json": b"[" * 5000 + b"]" * 5000}))


def hold_a_nul(files, content):
    return zipped(relisted(files | {"project/squad.json": b'[{"user": "a\\u0000b"}]'}))


def be_infinite(files, content):
    return zipped(relisted(files | {"project/scores.json": b"[1e999]"}))


def halve_a_character(files, content):
    return zipped(relisted(files | {"project/squad.json": b'["\\ud800"]'}))


def say_nothing(files, content):
    return zipped(relisted({name: each for name, each in files.items() if name != "project/proposal.json"}))


@pytest.mark.parametrize(
    ("damage", "code", "entry"),
    [
        (damage_a_byte, "bundle_damaged", "data/d1/v1.parquet"),
        (damage_truthfully, "bundle_damaged", "project/squad.json"),
        (leave_one_out, "bundle_missing", "project/squad.json"),
        (add_one, "bundle_extra", "project/more.json"),
        (climb_out, "bundle_name", "../../evil.json"),
        (start_at_the_root, "bundle_name", "/etc/passwd.txt"),
        (say_it_twice, "bundle_twice", "project/squad.json"),
        (explode, "bundle_ratio", "project/bomb.json"),
        (be_of_tomorrow, "bundle_version", ""),
        (be_foreign, "bundle_foreign", ""),
        (be_cut_off, "bundle_no_zip", ""),
        (nest_deeply, "bundle_json", "project/squad.json"),
        (hold_a_nul, "bundle_json", "project/squad.json"),
        (be_infinite, "bundle_json", "project/scores.json"),
        (halve_a_character, "bundle_json", "project/squad.json"),
        (say_nothing, "unfit", ""),
    ],
)
def test_a_bundle_that_is_not_as_it_was_made_is_refused_by_name_and_nothing_is_made(
    play, client, damage, code, entry
):
    before = counts()
    brought, _new = sent(play, damage(files_of(play.zip), play.zip))
    assert brought.state == "rejected" and [each["code"] for each in brought.problems] == [code]
    assert counts() == before and not brought.plan and not brought.manifest
    client.force_login(play.manager)
    page = client.get(reverse("projects:imported_project_detail", args=[brought.pk])).content.decode()
    assert "nothing was made" in page and entry in page
    with pytest.raises(Refused, match="not the time"):
        imported_making.carry_out(brought, people={"product_owner": play.here}, by=play.manager)
    assert counts() == before


def test_too_many_entries_and_too_many_bytes_are_refused(play, monkeypatch):
    monkeypatch.setattr(unpack, "MOST_ENTRIES", 3)
    assert sent(play)[0].problems[0]["code"] == "bundle_too_many"
    monkeypatch.undo()


def test_unpacked_bytes_have_a_limit(play, monkeypatch, near_engine):  # noqa: F811
    monkeypatch.setattr(unpack, "MOST_BYTES", 1000)
    assert sent(play)[0].problems[0]["code"] == "bundle_too_large"
    assert not ImportedProject.objects.filter(state="read").exists()


def test_a_link_in_the_zip_is_refused(play):
    files = files_of(play.zip)
    entry = zipfile.ZipInfo("project/squad.json")
    entry.external_attr = 0o120777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry, b"/etc/passwd")
        for name, content in files.items():
            if name != "project/squad.json":
                archive.writestr(name, content)
    assert sent(play, buffer.getvalue())[0].problems[0]["code"] == "bundle_name"


def test_a_stored_model_that_is_sent_as_a_bundle_is_refused_and_stays_in_the_store(
    play, tmp_path, django_capture_on_commit_callbacks
):
    model = tmp_path / "model.zip"
    model.write_bytes(be_foreign({}, b""))
    digest = filestore.store(model)
    with django_capture_on_commit_callbacks(execute=True):
        brought, _new = sent(play, model.read_bytes())
    assert brought.state == "rejected" and filestore.holds(digest)
    other = zipped({"manifest.json": b"{}"})
    with django_capture_on_commit_callbacks(execute=True):
        brought, _new = sent(play, other)
    assert brought.state == "rejected" and not filestore.holds(brought.bundle_digest)


def test_what_was_refused_can_be_sent_again_and_is_read_again(play, monkeypatch):
    monkeypatch.setattr(unpack, "MOST_ENTRIES", 3)
    first, _new = sent(play)
    monkeypatch.setattr(unpack, "MOST_ENTRIES", 5000)
    again, is_new = sent(play)
    assert (again.pk, is_new, again.state, again.problems) == (first.pk, False, "read", [])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("a.zip", b"", "empty"), ("a.zip", b"text", "something else"), ("a.csv", b"PK", "zip")],
)
def test_what_cannot_be_a_bundle_is_refused_at_the_door(play, name, content, words):
    with pytest.raises(UploadRefused, match=words):
        imported_projects.send(file=SimpleUploadedFile(name, content), by=play.manager)
    assert not ImportedProject.objects.exists()


def test_the_engine_unpacks_behind_its_wall(play, monkeypatch):
    monkeypatch.setattr(engine, "call", WALLED)
    brought, _new = sent(play)
    assert brought.state == "read", brought.problems
    damaged = damage_a_byte(files_of(play.zip), play.zip)
    assert [each["code"] for each in sent(play, damaged)[0].problems] == ["bundle_damaged"]
