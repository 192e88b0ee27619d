"""What drift says of a whole table: nothing compared is nothing found alike, and what came true is judged from result.json."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl.__main__ import main
from automl.drift import compare
from automl.drift_outcomes import about_of, outcomes
from automl.question import BadQuestion
from automl.recipe import build_recipe
from automl.reference import build_reference
from tests.automl.stored import visits


@pytest.fixture
def reference() -> dict[str, Any]:
    frame, _ = visits(400)
    return build_reference(frame, build_recipe(frame, list(frame)), np.linspace(0, 1, 400))


def test_a_table_that_shares_no_column_is_not_called_alike(reference: dict[str, Any]) -> None:
    report = compare(reference, pd.DataFrame({"other": range(300)}))

    assert report["message"]["code"] == "drift_nothing_shared" and report["dataset_drift"]
    assert report["message"]["message"] % report["message"]["params"]
    assert report["missing_columns"] == ["seen", "country", "visits"]


def test_a_table_without_rows_is_not_called_alike(reference: dict[str, Any]) -> None:
    report = compare(reference, visits(400)[0].head(0))

    assert report["message"]["code"] == "drift_no_rows" and not report["dataset_drift"]


def test_columns_that_are_gone_count_as_drifted(reference: dict[str, Any]) -> None:
    frame = visits(400)[0]

    one = compare(reference, frame.drop(columns="seen"))
    assert one["message"]["code"] == "drift_some" and one["message"]["params"]["drifted"] == 1
    assert one["share_drifted"] == pytest.approx(1 / 3) and not one["dataset_drift"]
    two = compare(reference, frame[["visits"]])
    assert two["message"]["code"] == "drift_dataset" and two["dataset_drift"]
    assert compare(reference, frame)["message"]["code"] == "drift_none"


def answered(rows: int = 200) -> tuple[dict[str, Any], pd.DataFrame, pd.DataFrame]:
    """A result, rows whose answers are known by now, and scores that are right in most of them."""
    rng = np.random.default_rng(1)
    truth = rng.random(rows) < 0.5
    score = np.where(truth, 0.6, 0.4) + rng.normal(0, 0.15, rows).clip(-0.39, 0.39)
    metrics = {"roc_auc": {"value": 0.83, "low": 0.7, "high": 0.95, "n": 100}}
    result = {
        "task": "binary", "target": "bought", "classes": ["no", "yes"], "metric": {"name": "roc_auc"}, "seed": 0,
        "best_trial": 2, "trials": [{"number": 1}, {"number": 2, "test_metrics": metrics, "threshold": 0.4}],
        "question": {"roles": {"day": "time", "sex": "sensitive"}},
    }  # fmt: skip
    frame = pd.DataFrame({"bought": np.where(truth, "yes", "no"), "sex": rng.choice(["f", "m"], rows)})
    frame["day"] = pd.date_range("2024-01-01", periods=rows, freq="D")
    scores = pd.DataFrame({"score": score, "probability_no": 1 - score, "probability_yes": score})
    return result, frame, scores


def test_what_came_true_is_judged_from_the_result_of_the_run_alone(tmp_path: Path) -> None:
    result, frame, scores = answered()
    frame.to_parquet(tmp_path / "rows.parquet", index=False)

    about = about_of(result)
    assert about is not None and (about["time"], about["sensitive"], about["threshold"]) == (
        "day",
        ["sex"],
        0.4,
    )
    found = outcomes(result, tmp_path / "rows.parquet", scores)
    assert found is not None and found["verdict"] == "as_before" and found["rows"] == 200
    assert found["fairness"][0]["column"] == "sex" and len(found["periods"]) == 5
    assert about_of({"reference": {}}) is None


def test_rows_without_a_prediction_judge_nothing_and_other_scores_are_refused(tmp_path: Path) -> None:
    result, frame, scores = answered()
    frame.to_parquet(tmp_path / "rows.parquet", index=False)
    scores.loc[:49, ["probability_no", "probability_yes"]] = np.nan

    found = outcomes(result, tmp_path / "rows.parquet", scores)
    assert found is not None and found["rows"] == 150 and np.isfinite(found["metrics"]["roc_auc"]["value"])
    for wrong, code in ((scores.head(3), "drift_other_scores"), (scores[["score"]], "bad_question")):
        with pytest.raises(BadQuestion) as refused:
            outcomes(result, tmp_path / "rows.parquet", wrong)
        assert refused.value.problem["code"] == code
        assert refused.value.problem["message"] % refused.value.problem["params"]


@pytest.mark.parametrize("content", ["[]", "{}", '{"reference": {"columns": 3}}'])
def test_a_file_that_is_no_reference_is_refused_in_words(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], content: str
) -> None:
    (tmp_path / "r.json").write_text(content)
    visits()[0].to_parquet(tmp_path / "rows.parquet", index=False)
    given = ["--reference", str(tmp_path / "r.json"), "--rows", str(tmp_path / "rows.parquet")]

    assert main(["drift", *given, "--out", str(tmp_path / "d.json")]) == 2
    said = json.loads(capfd.readouterr().out)
    assert said["code"] == "bad_question" and said["params"]["field"] == "--reference"
    assert not (tmp_path / "d.json").exists()
