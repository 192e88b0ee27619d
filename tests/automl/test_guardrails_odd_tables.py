"""Tables as nobody should send them: the checks answer in words, none of them breaks."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl.__main__ import main
from automl.guardrails import CHECKS, check_question
from automl.question import Question
from automl.tables import plain_types

N = 120
RNG = np.random.default_rng(3)
YES = np.where(RNG.random(N) < 0.4, "yes", "no")
ODD_NAMES = [
    "a b",
    "🚲 hires",
    "'; DROP TABLE x; --",
    "<script>alert(1)</script>",
    "100 % sure",
    "%(columns)s",
    "x" * 300,
]


def plain(**columns: Any) -> pd.DataFrame:
    """A table with an answer and two ordinary columns, changed as told."""
    made = {"income": RNG.normal(size=N), "region": RNG.choice(["n", "s"], N), "bought": YES}
    return pd.DataFrame(made | columns)


TABLES: dict[str, Callable[[], pd.DataFrame]] = {
    "no row": lambda: plain().head(0),
    "one row": lambda: plain().head(1),
    "two rows": lambda: plain().head(2),
    "target missing everywhere": lambda: plain(bought=[None] * N),
    "target constant": lambda: plain(bought=["yes"] * N),
    "target all unique": lambda: plain(bought=[f"answer {n}" for n in range(N)]),
    "target without columns": lambda: plain()[["bought"]],
    "one class with a single row": lambda: plain(bought=["yes"] + ["no"] * (N - 1)),
    "all columns constant": lambda: plain(income=[1] * N, region=["n"] * N),
    "all columns missing": lambda: plain(income=[np.nan] * N, region=[None] * N),
    "infinite values": lambda: plain(income=np.where(np.arange(N) % 3 == 0, np.inf, -np.inf)),
    "infinite target": lambda: plain(bought=np.where(np.arange(N) % 3 == 0, np.inf, np.arange(N) * 1.5)),
    "mixed types": lambda: plain(region=[n if n % 2 else f"r{n}" for n in range(N)]),
    "dates out of range": lambda: plain(since=["9999-12-31", "0001-01-01", "2024-05-05"] * (N // 3)),
    "dates that cannot be": lambda: plain(since=["2024-02-31", "2024-05-05"] * (N // 2)),
    "names with spaces, emoji, SQL and HTML": lambda: plain(**{n: RNG.normal(size=N) for n in ODD_NAMES}),
    "values with format signs": lambda: plain(region=RNG.choice(["100 %", "%(x)s", "%s %d"], N)),
    "huge and tiny numbers": lambda: plain(income=RNG.choice([1e308, -1e308, 1e-308], N)),
    "numbers beyond 64 bits as text": lambda: plain(income=[str(10**30 + n) for n in range(N)]),
    "nested blanks": lambda: plain(region=RNG.choice(["", " ", "\t", "n"], N)),
}  # fmt: skip


def alerted(frame: pd.DataFrame, **asked: Any) -> dict[str, dict[str, Any]]:
    """Alerts by message code; every sentence can be said, none of the checks broke."""
    results = check_question(plain_types(frame), Question.from_dict({"target": "bought"} | asked))
    for result in results:
        for part in ("message", "why", "fix"):
            assert result[part] % result["params"]
    found = {r["message_code"]: r for r in results if r["status"] == "alerted"}
    assert "check_broken" not in found, found["check_broken"]["params"]
    assert {r["code"] for r in results} == {c.code for c in CHECKS.values() if c.stage == "pre_train"}
    json.dumps(results, allow_nan=True)
    return found


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("roles", [{}, {"region": "sensitive"}, {"region": "group", "income": "time"}])
def test_odd_tables_are_answered(name: str, roles: dict[str, str]) -> None:
    frame = TABLES[name]()
    alerted(frame, roles={column: role for column, role in roles.items() if column in frame})


@pytest.mark.parametrize("kind", ["random", "grouped", "time"])
def test_odd_tables_are_answered_under_every_validation(kind: str) -> None:
    for make in TABLES.values():
        alerted(make(), roles={"region": "group", "income": "time"}, validation={"kind": kind})


@pytest.mark.parametrize(
    ("name", "code", "severity"),
    [
        ("one row", "too_few_rows", "block"),
        ("two rows", "too_few_rows", "block"),
        ("target missing everywhere", "target_all_missing", "block"),
        ("target constant", "target_one_class", "block"),
        ("target all unique", "target_many_classes", "block"),
        ("one class with a single row", "too_few_positives", "block"),
        ("all columns constant", "constant_columns", "info"),
        ("infinite values", "infinite_values", "warn"),
        ("infinite target", "odd_target_values", "warn"),
        ("mixed types", "mixed_types", "warn"),
        ("dates out of range", "odd_dates", "warn"),
    ],
)
def test_what_is_odd_is_named(name: str, code: str, severity: str) -> None:
    asked = {"task": "regression"} if name == "infinite target" else {}
    assert alerted(TABLES[name](), **asked)[code]["severity"] == severity


def test_ten_thousand_categories_are_noticed_quickly() -> None:
    rows = 12_000
    frame = pd.DataFrame({
        "shop": [f"shop {n % 10_500}" for n in range(rows)],
        "income": RNG.normal(size=rows),
        "bought": RNG.choice(["yes", "no"], rows),
    })  # fmt: skip

    assert alerted(frame)["high_cardinality"]["columns"] == ["shop"]


def run_check(place: Path, frame: pd.DataFrame, question: Any, *more: str) -> int:
    """The command line on a table and a question."""
    frame.to_parquet(place / "t.parquet", index=False)
    (place / "q.json").write_text(json.dumps(question), encoding="utf-8")
    arguments = ["check", "--table", str(place / "t.parquet"), "--question", str(place / "q.json")]
    return main([*arguments, "--out", str(place / "found.json"), *more])


def test_the_command_writes_what_was_found(tmp_path: Path) -> None:
    assert run_check(tmp_path, plain(), {"target": "bought"}) == 0
    assert json.loads((tmp_path / "found.json").read_text())["guardrails"]


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ({"target": ""}, "target"),
        ({"target": "bought", "colour": "red"}, "colour"),
        ({"target": "bought", "validation": {"folds": 99}}, "folds"),
        ({"target": "bought", "validation": "random"}, "question.json"),
        (["bought"], "question.json"),
    ],
)
def test_a_wrong_question_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], question: Any, word: str
) -> None:
    assert run_check(tmp_path, plain(), question) in (1, 2)
    failed = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert failed["event"] == "failed"
    assert word in failed["message"] % failed["params"] or failed["code"] == "fit_files"
    assert not (tmp_path / "found.json").exists()


def test_a_broken_table_or_policy_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text('{"target_leakage": {"threshold": 0.99}}')
    assert run_check(tmp_path, plain(), {"target": "bought"}, "--policy", str(policy)) == 2
    assert "stricter only" in capsys.readouterr().out

    policy.write_text("{")
    assert run_check(tmp_path, plain(), {"target": "bought"}, "--policy", str(policy)) == 1
    (tmp_path / "t.parquet").write_bytes(b"not a table")
    asked = ["--question", str(tmp_path / "q.json"), "--out", str(tmp_path / "o.json")]
    assert main(["check", "--table", str(tmp_path / "t.parquet"), *asked]) == 1
    assert not (tmp_path / "o.json").exists()


def test_nobody_sees_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "q.json").write_text('{"target": "bought"}')
    command = [sys.executable, "-m", "automl", "check", "--table", str(tmp_path / "none.parquet")]
    command += ["--question", str(tmp_path / "q.json"), "--out", str(tmp_path / "o.json")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert json.loads(ended.stdout.splitlines()[-1])["code"] == "fit_files"
