"""What commands say on their pipes, whatever stands at the other end, and how they end."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from automl import failing
from automl.__main__ import COMMANDS, MEANINGS, main, parser
from automl.serve import serve
from tests.automl.stored import stored, visits


class Ascii(io.StringIO):
    """A pipe that takes plain characters only, as many consoles do."""

    def write(self, text: str) -> int:
        return super().write(text.encode("ascii").decode())


def test_the_serving_process_survives_what_cannot_be_written_or_nested(tmp_path: Path) -> None:
    row = {"seen": "2024-02-01", "country": "FR", "visits": 3}
    deep: Any = []
    for _ in range(400):
        deep = [deep]
    odd = json.dumps({"id": "\ud800", "rows": [row | {"country": "\ud800"}]})
    large = json.dumps({"id": "😀", "rows": [row | {"visits": 10**300}]})
    asked = [odd, json.dumps({"id": deep, "rows": [row]}), large, json.dumps({"id": 7, "rows": [row]})]
    sink = Ascii()

    assert serve(stored(tmp_path / "model", *visits()), None, io.StringIO("\n".join(asked) + "\n"), sink) == 0
    answers = [json.loads(line) for line in sink.getvalue().splitlines()][1:]
    assert [each["id"] for each in answers] == ["\ud800", None, "😀", 7]
    assert answers[3]["ok"] and not answers[1]["ok"]


def test_nobody_listening_is_no_reason_to_stop(tmp_path: Path) -> None:
    code = "from automl.speaking import say\nfor n in range(9000): say({'n': n})\nopen('done', 'w').close()"
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={"PYTHONPATH": root},
    ) as child:
        assert child.stdout is not None and child.stderr is not None
        child.stdout.readline()
        child.stdout.close()
        said = child.stderr.read()
    assert child.returncode == 0 and said == b"" and (tmp_path / "done").exists()


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(12, "Cannot allocate memory"),
        ImportError("lib.so: failed to map segment from shared object"),
        RuntimeError("can't start new thread"),
    ],
)
def test_a_limit_of_memory_is_called_one_however_it_shows(error: Exception) -> None:
    for command in ("fit", "command"):
        code, problem = failing.problem_of(error, command)
        assert code == 1 and problem["code"] == f"{command}_out_of_memory"
    assert not failing.is_memory(ImportError("No module named x"))


def test_a_command_under_a_tight_limit_says_so_and_does_not_wait(tmp_path: Path) -> None:
    visits()[0].to_parquet(tmp_path / "t.parquet", index=False)
    given = [
        "profile",
        "--memory-mb",
        "150",
        "--table",
        str(tmp_path / "t.parquet"),
        "--out",
        str(tmp_path / "o.json"),
    ]
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-m", "automl", *given],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={"PYTHONPATH": root},
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["code"] == "command_out_of_memory"


def test_stopping_at_the_keyboard_shows_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def stopped(_: Any) -> int:
        raise KeyboardInterrupt

    monkeypatch.setitem(COMMANDS, "rehearse", (stopped, ("model",), "wait"))
    assert main(["rehearse", "--model", "x"]) == 130
    assert capfd.readouterr().err == ""


def test_every_command_says_what_it_needs_and_how_it_ends(capsys: pytest.CaptureFixture[str]) -> None:
    for name, (_, required, _text) in COMMANDS.items():
        with pytest.raises(SystemExit) as ended:
            parser().parse_args([name, "--help"])
        said = " ".join(capsys.readouterr().out.split())
        assert ended.value.code == 0 and "Exit codes: 0 done" in said
        for option in required:
            assert f"--{option}" in said and " ".join(MEANINGS[option].split())[:20] in said, (name, option)
