"""Guardrails: each one speaks when it should and is silent when it should be."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl.guardrails import CHECKS, check_question
from automl.question import Question
from automl.texts import TEXTS

Ask = Callable[..., Question]


def alerts(frame: pd.DataFrame, question: Question) -> dict[str, dict[str, Any]]:
    """Alerted checks by message code."""
    found = check_question(frame, question)
    for result in found:
        assert result["message"] % result["params"]
    return {r["message_code"]: r for r in found if r["status"] == "alerted"}


def test_a_plain_table_alerts_only_what_is_there(table: pd.DataFrame, question: Ask) -> None:
    asked = question(
        roles={"client_id": "id", "gender": "sensitive", "country": "exclude", "since": "exclude"}
    )

    assert alerts(table, asked) == {}


def test_identifiers_constants_times_and_sensitive_names_are_noticed(
    table: pd.DataFrame, question: Ask
) -> None:
    found = alerts(table, question())

    assert found["identifier_feature"]["columns"] == ["client_id"]
    assert found["constant_columns"]["columns"] == ["country"]
    assert found["sensitive_undeclared"]["columns"] == ["gender"]
    assert found["time_ignored"]["columns"] == ["since"]


def test_a_copy_of_the_target_blocks(table: pd.DataFrame, question: Ask) -> None:
    table["invoice"] = np.where(table["bought"] == "yes", "sent", "none")

    found = alerts(table, question())

    assert found["target_copy"]["severity"] == "block"
    assert found["target_leakage"]["severity"] == "block"
    assert found["target_copy"]["columns"] == ["invoice"]


def test_a_column_far_ahead_of_the_others_must_be_justified(question: Ask) -> None:
    rng = np.random.default_rng(0)
    yes = rng.random(3000) < 0.3
    frame = pd.DataFrame({"a": rng.normal(size=3000) + 0.3 * yes, "duration": rng.normal(size=3000) + 1.1 * yes,
                          "b": rng.normal(size=3000), "bought": np.where(yes, "yes", "no")})  # fmt: skip

    found = alerts(frame, question())

    assert found["leakage_dominance"]["severity"] == "justify"
    assert found["leakage_dominance"]["columns"] == ["duration"]


def test_a_rare_value_that_betrays_the_answer_is_found_below_the_usual_threshold(question: Ask) -> None:
    rng = np.random.default_rng(0)
    yes = rng.random(3000) < 0.2
    frame = pd.DataFrame({"a": rng.normal(size=3000) + 0.8 * yes, "b": rng.normal(size=3000) + 0.7 * yes,
                          "refund": np.where(yes & (rng.random(3000) < 0.3), "done", "open"),
                          "bought": np.where(yes, "yes", "no")})  # fmt: skip

    found = alerts(frame, question())

    assert found["rare_trigger_leak"]["columns"] == ["refund"]
    assert "target_leakage" not in found


@pytest.mark.parametrize(("rows", "severity"), [(80, "block"), (300, "warn"), (600, None)])
def test_few_rows_warn_and_very_few_block(
    table: pd.DataFrame, question: Ask, rows: int, severity: str | None
) -> None:
    found = alerts(table.head(rows), question())

    assert found.get("too_few_rows", {}).get("severity") == severity


def test_duplicates_and_contradictions_are_counted(table: pd.DataFrame, question: Ask) -> None:
    twins = table.head(30).assign(bought=lambda f: np.where(f["bought"] == "yes", "no", "yes"))
    doubled = pd.concat([table, table.head(60), twins], ignore_index=True)

    found = alerts(doubled, question())

    assert found["duplicate_rows"]["params"]["rows"] == 60
    assert found["conflicting_duplicates"]["params"]["rows"] == 90


def test_accuracy_on_a_rare_answer_and_a_missing_target_are_noticed(
    table: pd.DataFrame, question: Ask
) -> None:
    table["bought"] = np.where(np.arange(len(table)) < 12, "yes", "no")
    table.loc[590:, "bought"] = None

    found = alerts(table, question(metric="accuracy"))

    assert found["wrong_metric"]["severity"] == "justify"
    assert found["too_few_positives"]["severity"] == "block"
    assert found["target_missing"]["params"]["rows"] == 10
    assert alerts(table, question(target="ghost"))["target_not_there"]["severity"] == "block"


def test_personal_data_and_missing_values_are_noticed(table: pd.DataFrame, question: Ask) -> None:
    table["contact"] = [f"person{n}@example.org" for n in range(len(table))]
    table["half"] = np.where(np.arange(len(table)) % 3 == 0, 1.5 + np.arange(len(table)), np.nan)
    table["rare"] = np.where(np.arange(len(table)) < 12, np.arange(len(table)) * 1.5, np.nan)

    found = alerts(table, question())

    assert found["personal_data"]["columns"] == ["contact"]
    assert found["mostly_missing"]["columns"] == ["half"]
    assert found["almost_all_missing"]["columns"] == ["rare"]


def test_a_declared_group_needs_a_grouped_validation(table: pd.DataFrame, question: Ask) -> None:
    table["firm"] = [f"firm {n % 40}" for n in range(len(table))]
    roles = {"firm": "group"}

    assert alerts(table, question(roles=roles))["group_ignored"]["severity"] == "justify"
    assert "group_ignored" not in alerts(table, question(roles=roles, validation={"kind": "grouped"}))


def test_every_check_has_its_words_its_source_and_its_lesson() -> None:
    for code, check in CHECKS.items():
        assert {f"{code}.why", f"{code}.fix"} <= set(TEXTS), code
        assert check.source and check.lesson, code
        assert check.severity in ("block", "justify", "warn", "info")
