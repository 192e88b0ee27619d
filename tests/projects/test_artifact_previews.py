"""What stands in an artifact is shown on its page, and can do no harm there."""

import json
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from portal.core import filestore
from portal.core.models import AuditEvent
from projects import previews, sniffing
from projects.services import artifacts
from tests.people import person
from tests.projects.artifact_scene import PDF, PNG, file, note, notebook, png_text
from tests.projects.artifact_visits import browser, page, program

pytestmark = pytest.mark.django_db

EVIL = "<script>alert('evil')</script><img src=x onerror=alert(1)>"


def brought(kind, content, name="a.bin", **more):
    return artifacts.create(kind=kind, title="Storms", file=file(content, name), by=person(), **more)


def test_markdown_can_do_no_harm():
    text = f"# {EVIL}\n\n[a](javascript:alert(1)) [b](data:text/html,x) ![c](https://evil.example/p.png)\n\n| <b>x</b> |\n|-|\n| {EVIL} |\n"
    shown = page(brought("note", text.encode()))
    prose = shown.split('class="prose"')[1].split("</section>")[0]
    assert "<script>alert" not in shown and "<img src=x" not in shown and "evil.example" not in shown
    assert 'href="javascript' not in prose and 'href="data' not in prose and "<table" in prose


@pytest.mark.parametrize(
    "text", ["[" * 60_000, "*" * 60_000, "> " * 30_000, "`" * 59_999, "- " * 30_000, "<" * 60_000, "![" * 30_000, "[a](" * 15_000, "|" * 60_000, "_a" * 30_000]
)  # fmt: skip
def test_a_note_made_to_be_slow_is_still_shown_soon(text):
    before = time.perf_counter()
    assert previews.note_html(text) is not None
    assert time.perf_counter() - before < 10


def test_a_notebook_shows_text_code_and_png_and_never_html():
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["\x1b[31mred\x1b[0m " + EVIL]},
        {
            "output_type": "display_data",
            "data": {"text/html": f"<b id=inner>{EVIL}</b>", "text/plain": ["a frame"]},
        },
        {"output_type": "display_data", "data": {"image/png": png_text()}},
        {"output_type": "display_data", "data": {"image/png": "PHN2Zz4=", "text/plain": "no picture"}},
        {"output_type": "display_data", "data": {"image/svg+xml": "<svg onload=alert(1)>"}},
        {"output_type": "display_data", "data": {"application/javascript": "alert(1)"}},
        {"output_type": "error", "ename": "E", "traceback": ["\x1b[0;31mValueError\x1b[0m: " + EVIL]},
    ]
    shown = page(brought("notebook", notebook("print(1 < 2)", outputs, markdown=f"# Report {EVIL}")))
    assert (
        "<h2>Report" in shown and "print(1 &lt; 2)" in shown and "a frame" in shown and "no picture" in shown
    )
    assert "ValueError" in shown and "\x1b" not in shown and shown.count("data:image/png;base64,") == 1
    for evil in ("<script>alert", "<img src=x", "id=inner", "<svg onload", "PHN2Zz4="):
        assert evil not in shown


@pytest.mark.parametrize(
    "cells",
    [
        [3], ["x"], [{"cell_type": "code", "source": 5, "outputs": [4]}], [{"cell_type": "code", "outputs": None}],
        [{"cell_type": "code", "outputs": [{"data": []}]}], [{"cell_type": "code", "outputs": [{"data": {"image/png": {"a": 1}}}]}],
        [{}], [], [{"cell_type": "markdown", "source": None}], [{"cell_type": "code", "outputs": [{"output_type": "error", "traceback": 3}]}],
    ],
)  # fmt: skip
def test_a_malformed_notebook_gets_a_clear_note_and_no_crash(cells):
    content = json.dumps({"cells": cells, "nbformat": 4}).encode()
    shown = page(brought("notebook", content))
    assert "What stands in it" in shown


def test_a_notebook_above_the_limit_or_with_too_many_cells_is_not_shown_whole(monkeypatch):
    made = brought("notebook", notebook("1 + 1"))
    version = made.versions.get()
    monkeypatch.setattr(sniffing, "NOTEBOOK_LIMIT", 10)
    assert "larger than 2 MB" in previews.preview(version).note
    monkeypatch.setattr(sniffing, "NOTEBOOK_LIMIT", 10**6)
    monkeypatch.setattr(previews, "MOST_CELLS", 1)
    assert "Only the beginning" in previews.preview(version).note


def test_an_extract_shows_its_first_rows_and_nothing_in_a_cell_acts():
    rows = "\n".join(f'{n};"a;b";{EVIL}' for n in range(50))
    shown = page(brought("extract", f"\ufeffid;text;evil\n{rows}".encode()))
    assert '<th scope="col">id</th>' in shown and "<td>a;b</td>" in shown and "<script>alert" not in shown
    assert shown.count("<tr>") == 1 + previews.MOST_ROWS
    assert "There are no rows in it." in page(brought("extract", b"\n\n"))
    with_limit = brought("extract", b'a,"' + b"x" * 150_000)
    assert previews.preview(with_limit.versions.get()).look in {"text", "table"}


@pytest.mark.parametrize(
    ("content", "name"), [(b"<svg onload='alert(1)'/>", "a.svg"), (b"<html><script>x</script>", "a.html"), (b"MZ\x90", "a.exe")]
)  # fmt: skip
def test_what_could_act_is_only_offered_for_download(content, name):
    made = brought("document", content, name)
    version = made.versions.get()
    client = browser(made.owner)
    assert "No preview" in page(made)
    assert client.get(reverse("projects:artifact_inline", args=[version.pk])).status_code == 404
    for asking, url in (
        (client, reverse("projects:artifact_download", args=[version.pk])),
        (program(made.owner), f"/api/artifact-versions/{version.pk}/download/"),
    ):
        answer = asking.get(url)
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert b"".join(answer.streaming_content) == content
    assert AuditEvent.objects.filter(verb="artifact_version.downloaded").count() == 2


@pytest.mark.parametrize(
    ("kind", "content", "media", "policy"),
    [("image", PNG, "image/png", "sandbox"), ("report", PDF, "application/pdf", "style-src 'unsafe-inline'")],
)
def test_images_and_reports_are_shown_as_what_they_are_and_nothing_else(kind, content, media, policy):
    made = brought(kind, content, "evil.html")
    version = made.versions.get()
    url = reverse("projects:artifact_inline", args=[version.pk])
    assert url in page(made)
    answer = browser(made.owner).get(url)
    assert answer.headers["Content-Type"] == media and answer.headers["X-Content-Type-Options"] == "nosniff"
    csp = answer.headers["Content-Security-Policy"]
    assert csp.startswith("default-src 'none'") and policy in csp and "script" not in csp
    assert answer.headers["X-Frame-Options"] == "DENY" and "no-store" in answer.headers["Cache-Control"]
    filestore.discard(version.digest)
    (Path(settings.VAR) / "cache" / version.digest).unlink()
    assert browser(made.owner).get(url).status_code == 404


def test_a_damaged_file_is_an_answer_and_no_crash():
    made = note(person())
    version = made.versions.get()
    filestore.discard(version.digest)
    assert "missing or damaged" in page(made)
    client = browser(made.owner)
    answer = client.get(reverse("projects:artifact_download", args=[version.pk]), follow=True)
    assert "missing or damaged" in answer.content.decode()
    assert program(made.owner).get(f"/api/artifact-versions/{version.pk}/download/").status_code == 409
