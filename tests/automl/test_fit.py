"""Searching and training: honest, within the clock, and unharmed by a kill."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl.files import read_json
from automl.fit import fit
from automl.preparing import Scene
from automl.question import BadQuestion, Question
from automl.scoring import Scorer
from automl.search.checkpoint import Checkpoint
from automl.search.clock import Clock
from automl.tables import read_parquet
from tests.automl.conftest import Searched, clients

ROOT = Path(__file__).resolve().parents[2]
Saved = Callable[..., tuple[Path, Path]]
Scenes = Callable[[str], Searched]


def run(
    saved: Saved, tmp_path: Path, frame: pd.DataFrame, **changes: Any
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Fit a table and give the result and the events."""
    table, asked = saved(frame, **changes)
    events: list[dict[str, Any]] = []
    question = Question.from_dict(read_json(asked))
    result = fit(
        table, question, tmp_path / "work", tell=lambda event, **c: events.append({"event": event, **c})
    )
    return result, events


def test_a_binary_question_gets_a_complete_and_honest_answer(searched: Scenes) -> None:
    done = searched("campaign")
    result = done.result

    trials = {trial["name"]: trial for trial in result["trials"]}
    assert trials["constant"]["test_metrics"]["roc_auc"]["value"] == 0.5
    auc = done.best["test_metrics"]["roc_auc"]
    assert 0.75 < auc["low"] < auc["value"] < auc["high"] < 1
    assert auc["n"] == result["split"]["test_rows"] == 200
    assert sum(map(sum, result["confusion"]["matrix"])) == 200
    assert result["threshold"]["expected_cost"] <= result["threshold"]["cost_at_half"] + 0.05
    assert result["gain_lift"][-1]["gain"] == 1
    assert {d["column"]: d["code"] for d in result["dropped_columns"]} == {
        "client_id": "dropped_identifier",
        "country": "dropped_constant",
        "gender": "not_used_sensitive",
        "since": "not_used_exclude",
    }
    assert {group["group"] for group in result["fairness"][0]["groups"]} == {"f", "m"}
    assert result["importance"][0]["column"] in ("income", "visits")
    assert done.events[-1]["event"] == "finished" and done.events[-1]["best_trial"] == result["best_trial"]
    assert json.loads((done.work / "result.json").read_text())["summary"] == result["summary"]
    for sentence in result["summary"]:
        assert sentence["message"] % sentence["params"]


def test_a_regression_beats_the_mean_and_reports_its_errors(searched: Scenes) -> None:
    result = searched("regression").result

    assert result["task"] == "regression"
    trials = {t["name"]: t["test_metrics"]["rmse"]["value"] for t in result["trials"] if t["test_metrics"]}
    assert trials["linear"] < 0.85 * trials["constant"]
    assert sum(result["residuals"]["histogram"]["counts"]) == result["split"]["test_rows"]


def test_several_classes_are_told_apart(searched: Scenes) -> None:
    done = searched("multiclass")

    assert done.result["task"] == "multiclass"
    assert done.result["classes"] == ["low", "mid", "top"]
    assert done.best["test_metrics"]["accuracy"]["value"] > 0.8


def test_a_time_split_tests_on_the_latest_rows_and_a_group_stays_on_one_side(
    saved: Saved, tmp_path: Path
) -> None:
    frame = clients(200).assign(firm=[f"firm {number % 40}" for number in range(200)])

    def split(**changes: Any) -> dict[str, pd.DataFrame]:
        _, asked = saved(frame, **changes)
        question, clock = Question.from_dict(read_json(asked)), Clock(30.0)
        checkpoint = Checkpoint(tmp_path / "checkpoint", "me")
        scene = Scene(asked, question, checkpoint, clock, tmp_path, 1, lambda *_, **__: None)
        study, raw = scene.prepared(frame)
        assert "firm" not in study.train[0].columns or "firm" not in question.roles
        return raw

    late = split(roles={"since": "time"}, validation={"kind": "time"})
    grouped = split(roles={"firm": "group"}, validation={"kind": "grouped"})

    days = {part: pd.to_datetime(rows["since"], format="%d/%m/%Y") for part, rows in late.items()}
    assert len(late["test"]) == 40 and days["train"].max() < days["test"].min()
    assert len(grouped["test"]) and not set(grouped["train"]["firm"]) & set(grouped["test"]["firm"])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"target": "nothing"}, "target_not_there"),
        ({"target": "country"}, "target_one_class"),
        ({"target": "client_id", "task": "binary"}, "target_not_binary"),
        ({"target": "region", "task": "regression"}, "target_not_numeric"),
        ({"metric": "r2"}, "bad_question"),
        ({"positive_label": "perhaps"}, "positive_label_unknown"),
        ({"roles": {"ghost": "id"}}, "role_column_missing"),
        ({"validation": {"kind": "time"}}, "validation_column"),
        ({"validation": {"folds": 1}}, "bad_question"),
        ({"colour": 1}, "bad_question"),
    ],
)  # fmt: skip
def test_a_question_that_has_no_answer_is_refused_in_words(
    saved: Saved, tmp_path: Path, table: pd.DataFrame, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(BadQuestion) as refused:
        run(saved, tmp_path, table, **changes)

    assert refused.value.problem["code"] == code
    assert refused.value.problem["message"] % refused.value.problem["params"]


def command(table: Path, asked: Path, work: Path) -> list[str]:
    """The fit command as the portal runs it."""
    return [
        sys.executable,
        "-m",
        "automl",
        "fit",
        "--table",
        str(table),
        "--question",
        str(asked),
        "--workdir",
        str(work),
    ]


def test_sigterm_ends_the_search_early_with_the_best_so_far(saved: Saved, tmp_path: Path) -> None:
    table, asked = saved(clients(200), max_trials=200, budget_seconds=300, roles={"since": "exclude"})
    child = subprocess.Popen(
        command(table, asked, tmp_path / "w"), cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    for line in child.stdout:
        if '"linear"' in line:
            child.send_signal(signal.SIGTERM)
            break
    rest, _ = child.communicate(timeout=60)

    assert child.returncode == 0
    assert json.loads(rest.splitlines()[-1])["event"] == "finished"
    assert read_json(tmp_path / "w" / "result.json")["stopped_early"] is True


def test_a_stored_model_answers_as_it_did_in_training(searched: Scenes) -> None:
    done = searched("campaign")
    folder = done.work / done.best["artifact"]["path"]

    answer = Scorer(folder, done.best["artifact"]["sha256"]).score(done.result["sample_rows"])

    assert answer["ok"], answer
    assert [set(row) for row in answer["predictions"]] == [
        {"prediction", "probability_no", "probability_yes", "score"}
    ] * 3
    raw = read_parquet(done.table)
    scores = Scorer(folder).predict(raw)["score"].to_numpy()
    assert np.all((scores >= 0) & (scores <= 1))
    assert scores[raw["bought"] == "yes"].mean() > scores[raw["bought"] == "no"].mean() + 0.2
