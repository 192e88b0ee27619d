"""The Python client against the portal itself, through its WSGI door, with the real engine."""

import json
from functools import partial
from types import SimpleNamespace

import httpx
import pandas as pd
import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

import agora
from agora import command, login
from agora.connection import Connection
from portal.core import job_runner
from portal.core.models import AuditEvent
from portal.core.services import tokens
from portal.wsgi import application
from projects.models import Dataset
from tests.projects.data_scene import quick_engine, ready_version, scene, table

__all__ = ["quick_engine"]
QUESTION = {"target": "renews", "positive_label": "yes", "budget_seconds": 20, "max_trials": 3}


def door():
    """The portal's own WSGI application, in this process."""
    return httpx.WSGITransport(app=application)


def portal_of(user, scope="write"):
    _token, secret = tokens.create(name="by code", scope=scope, days=2, by=user)
    return agora.Agora("http://testserver", secret, transport=door())


@pytest.fixture
def play(db, settings, monkeypatch, quick_engine):
    """A scene whose workers work while the client waits."""
    settings.JOB_HEARTBEAT_SECONDS = 3600
    settings.ALLOWED_HOSTS = ["testserver"]

    def work(_seconds):
        for queue in ("quick", "ml"):
            job_runner.run_until_idle(queue)

    monkeypatch.setattr("agora.connection.sleep", work)
    # A server closes its connection around each request; here it is the test's own, with its open transaction.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield scene()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_a_frame_goes_in_is_searched_and_comes_out_as_it_was(play, tmp_path):
    source = tmp_path / "clients.csv"
    source.write_bytes(table())
    frame = pd.read_csv(source)
    with portal_of(play.citizen) as portal:
        assert portal.me()["display_name"] == "Carl Citizen"
        version = portal.datasets.upload("Clients", frame, use_case=str(play.use_case.pk))
        told = []
        ready = portal.datasets.ready(version["id"], tell=told.append)
        assert (ready["rows"], [each["state"] for each in told]) == (240, ["checking", "ready"])
        back = portal.datasets.frame(version["id"])
        assert list(back.columns) == list(frame.columns)
        assert back["visits"].tolist() == frame["visits"].tolist()
        again = portal.datasets.add_version(version["dataset"], source)
        assert portal.datasets.ready(again["id"])["rows"] == 240
        made = portal.experiments.create(
            "Who renews?", use_case=str(play.use_case.pk), dataset_version=version["id"], question=QUESTION,
            row_meaning="one client", predicted_when="a month before",
        )  # fmt: skip
        with pytest.raises(agora.Refused) as refused:
            portal.experiments.start(made["id"])
        assert refused.value.reason and portal.experiments.get(made["id"])["status"] == "draft"
        portal.experiments.check(made["id"])
        for each in portal.experiments.checked(made["id"]):
            if each["is_alerted"] and each["severity"] == "justify":
                portal.experiments.justify(made["id"], each["id"], "Known and agreed with the business.")
        portal.experiments.start(made["id"])
        assert portal.experiments.finished(made["id"])["status"] == "done"
        best = next(each for each in portal.experiments.trials(made["id"]) if each["is_best"])
        assert portal.experiments.result(made["id"])["sentences"]
        told = portal.experiments.explain(made["id"], "effects", options={"columns": ["visits"]})
        assert told["result"]["effects"][0]["column"] == "visits"
        assert portal.experiments.decision(made["id"], capacity=10, of=100)["taken"] <= 10
        again = portal.experiments.copy(made["id"])["id"]
        assert portal.experiments.change(again, {"budget_seconds": 30})["question"]["budget_seconds"] == 30
        parts = portal.experiments.advice(again)
        assert {each["part"] for each in parts} == {"task", "roles", "metric", "validation"}
        assert portal.experiments.take_advice(again, "task")["question"]["task"] == "binary"
        with pytest.raises(agora.AgoraError, match="no such result"):
            portal.experiments.mend(again, version["id"])
        saved = portal.experiments.export(best["id"], "skops", tmp_path)
        assert saved.suffix == ".zip" and saved.stat().st_size > 500
        assert [each["name"] for each in portal.datasets.list("Clie")] == ["Clients"]


def test_a_table_is_taken_only_by_whom_its_class_allows_and_every_time_is_written_down(play):
    version, dataset = ready_version(play), Dataset.objects.get()

    def taken():
        return AuditEvent.objects.filter(verb="dataset_version.downloaded").count()

    with portal_of(play.citizen, scope="read") as portal:
        assert len(portal.datasets.frame(str(version.pk))) == version.rows
    assert taken() == 1
    for classification, stranger in (
        ("internal", None),
        ("personal", agora.NotFound),
        ("special", agora.NotFound),
    ):
        Dataset.objects.filter(pk=dataset.pk).update(classification=classification)
        before = taken()
        with portal_of(play.stranger) as portal:
            if stranger is None:
                portal.datasets.frame(str(version.pk))
                assert taken() == before + 1
                continue
            with pytest.raises(stranger):
                portal.datasets.frame(str(version.pk))
        assert taken() == before
    with portal_of(play.citizen) as portal, pytest.raises(agora.Refused, match="do not leave the portal"):
        portal.datasets.take(str(version.pk))
    assert taken() == before


def test_what_the_portal_refuses_is_an_error_that_says_what_to_do(play, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("")
    with portal_of(play.citizen) as portal:
        with pytest.raises(agora.Invalid, match="empty"):
            portal.datasets.upload("Nothing", bad)
        with pytest.raises(agora.Invalid, match="name"):
            portal.datasets.upload("x" * 500, pd.DataFrame({"a": [1, 2]}))
        with pytest.raises(agora.NotFound):
            portal.datasets.get("00000000-0000-0000-0000-000000000000")
        constant = tmp_path / "ragged.csv"
        constant.write_text("a,b\n1,2\n3,4,5,6\n")
        version = portal.datasets.upload("Ragged", constant)
        with pytest.raises(agora.Failed) as failed:
            portal.datasets.ready(version["id"])
        assert failed.value.errors and "3" in str(failed.value)
    with portal_of(play.citizen, scope="read") as portal, pytest.raises(agora.Refused):
        portal.datasets.upload("Not with a read token", pd.DataFrame({"a": [1, 2]}))
    with (
        agora.Agora("http://testserver", "agora_wrong", transport=door()) as portal,
        pytest.raises(agora.NotSignedIn),
    ):
        portal.me()
    assert [each.name for each in Dataset.objects.all()] == ["Ragged"]


def answering(*answers):
    """A portal that gives these answers one after another, and what it was asked."""
    left, asked = list(answers), []

    def answer(request):
        asked.append(f"{request.method} {request.url.path}")
        given = left.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    return Connection("http://portal", "agora_x", transport=httpx.MockTransport(answer)), asked


def test_reads_are_patient_and_acts_are_sent_once(monkeypatch):
    pauses = []
    monkeypatch.setattr("agora.connection.sleep", pauses.append)
    busy = httpx.Response(503, headers={"Retry-After": "7"}, json={"detail": "Later."})
    http, asked = answering(busy, httpx.ConnectError("no"), httpx.Response(200, json={"a": 1}))
    assert http.get("me") == {"a": 1} and len(asked) == 3 and pauses[0] == 7
    http, asked = answering(busy, httpx.Response(200, json={}))
    with pytest.raises(agora.Busy, match="Later"):
        http.post("experiments/1/start")
    assert asked == ["POST /api/experiments/1/start/"]
    http, asked = answering(*[httpx.ConnectError("no")] * 4)
    with pytest.raises(agora.Unreachable, match="does not answer"):
        http.get("me")
    http, _asked = answering(httpx.Response(502, text="<html>"))
    with pytest.raises(agora.Busy, match="502"):
        http.post("me")
    http, _asked = answering(httpx.Response(301, headers={"Location": "https://elsewhere"}))
    with pytest.raises(agora.AgoraError, match="another address"):
        http.get("me")


def test_every_page_of_a_list_is_read():
    def page(rows, following):
        return httpx.Response(200, json={"results": [{"id": each} for each in rows], "next": following})

    http, asked = answering(page([1, 2], "x"), page([3], None))
    assert [each["id"] for each in http.pages("datasets", q=None)] == [1, 2, 3] and len(asked) == 2


def test_a_file_stays_in_the_folder_it_is_saved_to_and_a_broken_one_leaves_nothing(tmp_path):
    where = {"Content-Disposition": 'attachment; filename="../../evil.zip"'}
    http, _asked = answering(httpx.Response(200, headers=where, content=b"zip"))
    assert http.take("exports/1/download", tmp_path) == tmp_path / "evil.zip"

    def broken():
        yield b"half"
        raise httpx.ReadError("gone")

    http, _asked = answering(httpx.Response(200, content=broken()))
    with pytest.raises(agora.Unreachable, match="broke off"):
        http.take("exports/1/download", tmp_path / "half.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["evil.zip"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A person without a login."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("AGORA_URL", "AGORA_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_a_login_is_kept_where_only_its_owner_reads_it_and_the_environment_wins(home, monkeypatch):
    with pytest.raises(agora.NotSignedIn, match="agora login"):
        login.known()
    path = login.keep(login.Login("http://portal", "agora_kept"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert login.known() == ("http://portal", "agora_kept")
    monkeypatch.setenv("AGORA_TOKEN", "agora_env")
    assert login.known() == ("http://portal", "agora_env")
    assert (login.forget(), login.forget(), path.exists()) == (True, False, False)


def test_an_artifact_is_brought_found_and_taken_along_with_what_it_was_made_from(play, tmp_path):
    version = ready_version(play)
    notes = tmp_path / "notes.md"
    notes.write_text("# What the columns mean\n")
    with portal_of(play.citizen) as portal:
        made = portal.library.bring(
            "Notes on the table", notes, kind="note", use_case=str(play.use_case.pk), tags=["churn", "columns"],
            made_from=[f"dataset:{version.dataset_id}"],
        )  # fmt: skip
        assert made["classification"] == version.dataset.classification and sorted(made["tags"]) == [
            "churn",
            "columns",
        ]
        assert made["made_from"] == [f"dataset:{version.dataset_id}"]
        notes.write_text("# What the columns mean, and since when\n")
        assert portal.library.add_version(made["id"], notes, remark="With days")["number"] == 2
        newest, first = portal.library.versions(made["id"])
        assert (newest["remark"], first["number"]) == ("With days", 1)
        assert portal.library.take(newest["id"], tmp_path).read_text() == notes.read_text()
        assert {row["kind"]: row["id"] for row in portal.library.list("notes")} == {"note": made["id"]}
        first_page = portal.connection.get("library", page_size=1)
        assert first_page["count"] == 2 and "page=2" in first_page["next"]
        assert portal.connection.get("library", page_size=1, page=2)["next"] is None
        line = portal.library.lineage("artifact", made["id"])
        assert [each["kind"] for each in line["sources"][0]] == ["dataset"]
    with portal_of(play.stranger) as portal, pytest.raises(agora.Refused):
        portal.library.add_version(made["id"], notes)


def test_the_command_line_signs_in_shows_brings_and_refuses(play, home, monkeypatch, capsys):
    monkeypatch.setattr(command, "Agora", partial(agora.Agora, transport=door()))
    _token, secret = tokens.create(name="by hand", scope="write", days=2, by=play.citizen)

    def run(*words):
        code = command.main(list(words))
        said = capsys.readouterr()
        return SimpleNamespace(code=code, out=said.out, err=said.err)

    assert run("whoami").code == 1
    for typed, expected in (("agora_wrong", 1), (secret, 0)):
        monkeypatch.setattr("sys.stdin", SimpleNamespace(readline=lambda typed=typed: f"{typed}\n"))
        assert run("login", "--url", "http://testserver", "--token-stdin").code == expected
        assert login.place().exists() == (expected == 0)
    assert "Carl Citizen" in run("whoami").out
    source = home / "clients.csv"
    source.write_bytes(table())
    brought = run("--json", "datasets", "upload", str(source), "--use-case", str(play.use_case.pk), "--wait")
    version = json.loads(brought.out)
    assert (brought.code, version["state"]) == (0, "ready") and "checking" in brought.err
    assert "renews" in run("datasets", "profile", version["id"]).out
    saved = run("datasets", "get", version["id"], "--to", str(home)).out.strip()
    assert len(pd.read_parquet(saved)) == 240
    assert "clients" in run("datasets", "show", version["dataset"]).out
    (home / "question.json").write_text("{not json")
    words = ("--title", "T", "--use-case", str(play.use_case.pk), "--dataset-version", version["id"])
    wrong = run("experiments", "create", str(home / "question.json"), *words)
    assert wrong.code == 1 and "is not JSON" in wrong.err
    (home / "question.json").write_text(json.dumps({"target": "nothing"}))
    wrong = run("experiments", "create", str(home / "question.json"), *words)
    assert wrong.code == 1 and "nothing" in wrong.err
    assert run("experiments", "list").out == "Nothing.\n"
    assert run("models", "list").out == "Nothing.\n"
    assert run("artifacts", "list").code == 0
    (home / "notes.md").write_text("# Notes")
    added = json.loads(
        run("--json", "library", "add", str(home / "notes.md"), "--kind", "note", "--tag", "churn").out
    )
    assert "notes" in run("library", "list", "--tag", "churn").out
    assert "notes.md" in run("library", "show", added["id"]).out
    again = run("library", "add", str(home / "notes.md"), "--artifact", added["id"])
    taken = run("library", "get", again.out.split()[1], "--to", str(home / "back.md"))
    assert (again.code, taken.code, (home / "back.md").read_text()) == (0, 0, "# Notes")
    missing = run("models", "score", "00000000-0000-0000-0000-000000000000", str(source))
    assert missing.code == 1 and missing.err.startswith("agora: ")
    assert run("logout").code == 0 and run("whoami").code == 1
