"""Recommending a question: task, metric, roles and test, each with a reason in words."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl.__main__ import main
from automl.framing import frame_question
from automl.question import BadQuestion, Question
from tests.automl.conftest import clients


def spoken(found: dict[str, Any]) -> list[str]:
    """All reasons as sentences."""
    reasons = [found[name]["reason"] for name in ("task", "metric", "validation")]
    reasons += [each["reason"] for each in found["roles"]]
    return [reason["message"] % reason["params"] for reason in reasons]


def roles(found: dict[str, Any]) -> dict[str, str]:
    return {each["column"]: each["role"] for each in found["roles"]}


def test_a_yes_or_no_with_dates_is_tested_in_time_and_every_choice_has_a_reason(table: pd.DataFrame) -> None:
    found = frame_question(table, "bought")

    assert found["task"]["value"] == "binary"
    assert found["metric"]["value"] == "roc_auc"
    assert roles(found) == {
        "client_id": "id",
        "income": "feature",
        "region": "feature",
        "visits": "feature",
        "gender": "sensitive",
        "since": "time",
        "country": "exclude",
    }
    assert found["validation"]["value"] == {"kind": "time", "folds": 8, "holdout": 0.2, "column": "since"}
    assert all(spoken(found))
    assert Question.from_dict(found["question"]).task == "binary"


def test_rare_answers_ask_for_the_top_of_the_list(table: pd.DataFrame) -> None:
    table["bought"] = np.where(np.arange(len(table)) % 40 == 0, "yes", "no")

    assert frame_question(table, "bought")["metric"]["value"] == "average_precision"


def test_values_far_out_ask_for_a_score_that_is_not_about_them_alone(table: pd.DataFrame) -> None:
    table["amount"] = np.random.default_rng(0).normal(100, 10, len(table))
    assert frame_question(table, "amount")["metric"]["value"] == "rmse"

    table.loc[:20, "amount"] = 1e6
    assert frame_question(table, "amount")["metric"]["value"] == "mae"


def test_rows_of_one_thing_stay_on_one_side(table: pd.DataFrame) -> None:
    table = table.drop(columns="since")
    table["customer_id"] = [f"C{number % 100}" for number in range(len(table))]

    found = frame_question(table, "bought")

    assert found["validation"]["value"]["kind"] == "grouped"
    assert found["validation"]["value"]["column"] == "customer_id"
    assert roles(found)["customer_id"] == "group"


def test_a_column_that_tells_the_answer_alone_is_left_out_with_a_reason(table: pd.DataFrame) -> None:
    table["invoice_total"] = np.where(table["bought"] == "yes", 1.0, 0.0) * np.arange(1, len(table) + 1)

    found = frame_question(table, "bought")

    assert roles(found)["invoice_total"] == "exclude"
    reason = next(each["reason"] for each in found["roles"] if each["column"] == "invoice_total")
    assert reason["code"] == "role_suspected_outcome"


def test_costs_stand_in_the_recommended_question(table: pd.DataFrame) -> None:
    found = frame_question(table, "bought", false_positive=2, false_negative=30)

    assert found["question"]["cost_false_negative"] == 30
    assert found["metric"]["reason"]["params"]["ratio"] == 15


def test_dear_false_alarms_ask_for_the_top_of_the_list(table: pd.DataFrame) -> None:
    dear = frame_question(table, "bought", false_positive=8, false_negative=2)["metric"]
    assert dear["value"] == "average_precision" and dear["reason"]["code"] == "frame_metric_costs"
    assert dear["reason"]["params"]["times"] == "4"
    for_nothing = frame_question(table, "bought", false_positive=1, false_negative=0)["metric"]["reason"]
    assert for_nothing["message"] % for_nothing["params"] and for_nothing["params"]["times"] == "∞"
    assert frame_question(table, "bought", false_positive=5, false_negative=5)["metric"]["value"] == "roc_auc"


@pytest.mark.parametrize(
    ("target", "code"),
    [("client_id", "target_names_rows"), ("ghost", "target_not_there"), ("country", "target_one_class")],
)
def test_a_column_that_cannot_be_predicted_is_refused_in_words(
    table: pd.DataFrame, target: str, code: str
) -> None:
    with pytest.raises(BadQuestion) as refused:
        frame_question(table, target)

    assert refused.value.problem["code"] == code


def test_the_command_writes_the_recommendation_or_the_refusal(tmp_path: Path) -> None:
    table, out = tmp_path / "t.parquet", tmp_path / "out.json"
    clients(200).to_parquet(table, index=False)

    fine = main(
        ["frame", "--table", str(table), "--target", "bought", "--out", str(out), "--false-negative", "9"]
    )
    found = json.loads(out.read_text())
    refused = main(["frame", "--table", str(table), "--target", "ghost", "--out", str(out)])

    assert (fine, refused) == (0, 2)
    assert found["ok"] and found["question"]["cost_false_negative"] == 9
    assert json.loads(out.read_text())["code"] == "target_not_there"
