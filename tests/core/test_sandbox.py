"""The wall around the engine: what a child may not do, tried for real behind the strongest one here."""

import contextlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from portal.core import sandbox

BEHIND = sandbox.isolation()
needs_bwrap = pytest.mark.skipif(BEHIND != "bwrap", reason="bubblewrap does not work on this machine")


def behind(
    program: str, place: Path, *, readable: tuple[Path, ...] = ()
) -> "subprocess.CompletedProcess[bytes]":
    """Run a program where the engine would run."""
    command = [*sandbox.wall(BEHIND, readable, place), sys.executable, "-c", program]
    return subprocess.run(
        command, capture_output=True, timeout=60, check=False, cwd=settings.ROOT, env=sandbox.environment()
    )


def test_the_engine_starts_behind_the_wall_and_reads_what_it_is_given(tmp_path):
    table = tmp_path / "in" / "table.csv"
    table.parent.mkdir()
    table.write_text("age,claims\n" + "\n".join(f"{20 + n},{n % 3}" for n in range(30)))
    out = tmp_path / "out"
    out.mkdir()

    ended = sandbox.run(
        ["ingest", "--source", str(table), "--name", "table.csv", "--out", str(out)],
        readable=[table],
        writable=out,
        seconds=120,
    )

    assert (ended.code, ended.reason) == (0, ""), ended.stderr_tail
    assert json.loads((out / "ingest.json").read_text())["rows"] == 30


@needs_bwrap
def test_a_portal_that_stands_below_tmp_does_not_vanish_under_the_childs_own_tmp():
    command = sandbox.wall("bwrap", [], Path("/tmp/agora-out"))  # noqa: S108

    assert command.index("--tmpfs") < command.index(str(settings.ROOT / "automl"))


@needs_bwrap
@pytest.mark.parametrize(
    ("what", "program"),
    [
        ("the password file", "open('/etc/shadow').read()"),
        ("the portal's settings", f"open({str(settings.ROOT / 'portal' / 'settings.py')!r}).read()"),
        ("the network", "import socket; socket.create_connection(('127.0.0.1', {port}), 2)"),
        ("a place outside its folder", f"open({str(settings.ROOT / 'automl' / 'planted.py')!r}, 'w')"),
        ("its parent's processes", "import os; os.kill({pid}, 0)"),
    ],
)
def test_the_child_cannot_reach(what, program, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        program = program.format(port=server.getsockname()[1], pid=os.getpid())
        allowed = behind("print(1)", tmp_path)

        refused = behind(program, tmp_path)

    assert allowed.returncode == 0, allowed.stderr
    assert refused.returncode != 0, what


@needs_bwrap
def test_the_child_is_told_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody:secret@db/agora")

    told = behind("import os; print(dict(os.environ))", tmp_path)

    assert told.returncode == 0
    assert b"secret" not in told.stdout


@pytest.mark.parametrize("moment", range(8))
def test_a_child_that_takes_too_long_is_ended_at_whatever_moment_with_all_it_started(moment, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("a,b\n" + "1,2\n" * 200_000)

    ended = sandbox.run(
        ["ingest", "--source", str(table), "--name", "t.csv", "--out", str(tmp_path)],
        readable=[table],
        writable=tmp_path,
        seconds=moment * 0.01,
        grace=0.5,
    )

    assert ended.reason == "timeout"
    assert ended.code != 0
    assert engines(tmp_path) == set()


def test_a_search_that_is_told_to_stop_is_given_the_time_to_report_its_best(tmp_path):
    rows = [f"{n % 7},{n * 37 % 11},{'yes' if (n % 7) * 3 + n * 37 % 11 > 14 else 'no'}" for n in range(900)]
    source = tmp_path / "table.csv"
    source.write_text("a,b,bought\n" + "\n".join(rows))
    sandbox.run(
        ["ingest", "--source", str(source), "--name", "t.csv", "--out", str(tmp_path)],
        readable=[source],
        writable=tmp_path,
        seconds=60,
    )
    question = tmp_path / "question.json"
    question.write_text(json.dumps({"target": "bought", "budget_seconds": 300, "max_trials": 60}))
    trials: list[dict[str, object]] = []

    ended = sandbox.run(
        ["fit", "--table", str(tmp_path / "table.parquet"), "--question", str(question)]
        + ["--workdir", str(tmp_path / "work")],
        readable=[tmp_path / "table.parquet", question],
        writable=tmp_path,
        seconds=400,
        on_event=trials.append,
        must_stop=lambda: any(event.get("event") == "trial" for event in trials),
        grace=100,
    )

    assert (ended.reason, ended.code) == ("stopped", 0), ended.stderr_tail
    assert (tmp_path / "work" / "result.json").exists()


def engines(place: Path) -> set[int]:
    """The engine processes that work for this test alone: its neighbour runs some of its own meanwhile."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes()
            if b"automl" in words and str(place).encode() in words:
                found.add(int(folder.name))
    return found
