"""Tables and questions as nobody should send them, trained on: refused in words or guarded, never a traceback."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl.files import read_json
from automl.fit import fit_command
from automl.prediction import align
from automl.scoring import Scorer
from automl.tables import plain_types
from tests.automl.test_guardrails_odd_tables import ODD_NAMES, TABLES, YES, N, plain

RNG = np.random.default_rng(8)


def told(
    place: Path, capfd: pytest.CaptureFixture[str], frame: pd.DataFrame, **asked: Any
) -> tuple[int, list[Any]]:
    """Exit code and events of the command; whatever happens, nobody sees a traceback."""
    texts = {
        name: [None if pd.isna(v) else str(v) for v in frame[name]] for name in frame.select_dtypes("object")
    }
    plain_types(frame.assign(**texts)).to_parquet(place / "t.parquet", index=False)
    question = {"target": "bought", "budget_seconds": 60, "max_trials": 2, "validation": {"folds": 2}} | asked
    (place / "q.json").write_text(json.dumps(question), encoding="utf-8")
    capfd.readouterr()
    code = fit_command(place / "t.parquet", place / "q.json", place / "w", 1)
    said = capfd.readouterr()
    assert "Traceback" not in said.err + said.out
    return code, [json.loads(line) for line in said.out.splitlines()]


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("no row", {}, "target_one_class"),
    ("one row", {}, "target_one_class"),
    ("two rows", {}, "t"),  # one answer, or too few rows
    ("target missing everywhere", {}, "target_one_class"),
    ("target constant", {}, "target_one_class"),
    ("one class with a single row", {}, "target_rare_in_test"),
    ("target without columns", {}, "no_features"),
    ("all columns constant", {}, "no_features"),
    ("all columns missing", {}, "no_features"),
    ("mixed types", {"target": "nowhere"}, "target_not_there"),
    ("mixed types", {"cost_false_negative": -1}, "bad_question"),
    ("mixed types", {"cost_false_positive": float("nan")}, "bad_question"),
    ("mixed types", {"validation": {"folds": "five"}}, "bad_question"),
    ("mixed types", {"roles": ["region"]}, "bad_question"),
    ("mixed types", {"budget_seconds": "60"}, "bad_question"),
]


@pytest.mark.parametrize(("name", "asked", "code"), REFUSED)
def test_what_cannot_be_answered_is_refused_in_words(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str, asked: dict[str, Any], code: str
) -> None:
    ended, events = told(tmp_path, capfd, TABLES[name](), **asked)

    assert ended == 2 and events[-1]["event"] == "failed", events[-1]
    assert events[-1]["code"].startswith(code), events[-1]
    assert events[-1]["message"] % events[-1]["params"]
    assert not (tmp_path / "w" / "result.json").exists()


def test_a_damaged_table_or_question_is_said_to_be_one(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    told(tmp_path, capfd, plain().head(1))
    for harmed, content in (("q.json", b"{"), ("q.json", b"\xff\xfe"), ("t.parquet", b"PAR1 and nothing")):
        whole = (tmp_path / harmed).read_bytes()
        (tmp_path / harmed).write_bytes(content)
        capfd.readouterr()
        assert fit_command(tmp_path / "t.parquet", tmp_path / "q.json", tmp_path / "w", 1) == 1
        said = capfd.readouterr()
        assert json.loads(said.out.splitlines()[-1])["code"] == "fit_files" and "Traceback" not in said.err
        (tmp_path / harmed).write_bytes(whole)


def everything_odd() -> pd.DataFrame:
    """Columns of all odd kinds beside two ordinary ones; the answer hangs on an odd name."""
    signal = np.where(YES == "yes", 1.0, 0.0) + RNG.normal(0, 0.4, N)
    frame = plain(
        endless=np.where(np.arange(N) % 3 == 0, np.inf, -np.inf),
        sometimes_endless=np.where(np.arange(N) % 9 == 0, np.inf, RNG.normal(size=N)),
        mixed=[n if n % 2 else f"r{n}" for n in range(N)],
        since=["9999-12-31", "0001-01-01", "2024-05-05"] * (N // 3),
        never=["2024-02-31", "2024-05-05"] * (N // 2),
        huge=RNG.choice([1e308, -1e308, 1e-308], N),
        beyond=[str(10**30 + n) for n in range(N)],
        signs=RNG.choice(["100 %", "%(x)s", "%s %d"], N),
        blanks=RNG.choice(["", " ", "\t", "n"], N),
        same=["x"] * N,
        nothing=[None] * N,
        shop=[f"shop {n}" for n in RNG.integers(0, 10_000, N)],
    )
    return frame.assign(**{name: RNG.normal(size=N) for name in ODD_NAMES[1:]}, **{ODD_NAMES[0]: signal})


@pytest.mark.parametrize("target", ["bought", "sometimes_endless"])
def test_odd_columns_are_trained_on_under_guard_and_the_model_answers(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], target: str
) -> None:
    asked = {"task": "regression"} if target == "sometimes_endless" else {}
    code, events = told(tmp_path, capfd, everything_odd(), target=target, **asked)

    assert code == 0 and events[-1]["event"] == "finished", events[-1]
    result = read_json(tmp_path / "w" / "result.json")
    assert [t["status"] for t in result["trials"]][:2] == ["finished", "finished"]
    alerts = {g["code"] for g in result["guardrails"] if g["status"] == "alerted"}
    assert "check_broken" not in alerts and alerts & {"infinite_values", "mixed_types", "odd_dates"}
    best = next(t for t in result["trials"] if t["number"] == result["best_trial"])
    answer = Scorer(tmp_path / "w" / best["artifact"]["path"]).score(result["sample_rows"])
    assert answer["ok"] and len(answer["predictions"]) == 3


def test_an_answer_that_no_model_can_compute_with_is_said_to_be_the_reason(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    frame = plain(huge=RNG.choice([1e308, -1e308, 1e-308], N) * RNG.random(N))
    code, events = told(tmp_path, capfd, frame, target="huge", task="regression", max_trials=1)

    assert code == 2 and events[-1]["code"] == "fit_none_trained"
    assert events[-1]["message"] % events[-1]["params"]


def test_a_target_that_is_different_in_every_row_is_searched_under_guard(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, _ = told(tmp_path, capfd, TABLES["target all unique"](), max_trials=1)

    assert code == 0
    result = read_json(tmp_path / "w" / "result.json")
    alerts = {g["code"]: g["severity"] for g in result["guardrails"] if g["status"] == "alerted"}
    assert alerts["target_many_classes"] == "block"


def test_probabilities_stand_at_the_class_they_belong_to() -> None:
    spread = align(np.array([[0.2, 0.8]]), np.array([0, 2]), 2)  # two were expected, class 2 was seen

    assert spread.tolist() == [[0.2, 0.0, 0.8]]
