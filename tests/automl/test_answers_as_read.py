"""The target as it stands in a table: blanks around answers, one amount only, and a test that the answer itself decides."""

import numpy as np
import pandas as pd
import pytest

from automl.drift_outcomes import known_answers
from automl.guardrails import TableView, check_question
from automl.question import BadQuestion, Question, read_target
from automl.search.splits import folds, identity, order_or_group
from tests.automl.conftest import clients


def refused(code: str, act: object, *given: object) -> None:
    with pytest.raises(BadQuestion) as problem:
        act(*given)  # type: ignore[operator]
    assert problem.value.problem["code"] == code
    assert problem.value.problem["message"] % problem.value.problem["params"]


def test_blanks_around_an_answer_make_no_answer_of_their_own() -> None:
    told = pd.Series(["yes", "yes ", " no", "no", "", "  ", None] * 5, name="bought", dtype=object)

    target = read_target(told, Question.from_dict({"target": "bought", "positive_label": "yes "}))
    assert target.task == "binary" and target.classes == ["no", "yes"] and target.positive_label == "yes"
    assert int(target.kept.sum()) == 20 and target.values[:4].tolist() == [1, 1, 0, 0]
    _, kept = known_answers(told, {"task": "binary", "classes": target.classes})
    assert kept.tolist() == target.kept.tolist()  # what came true is read as what was learned


def test_an_amount_that_never_changes_is_refused_as_one_answer_is() -> None:
    asked = Question.from_dict({"target": "paid", "task": "regression"})

    refused("target_one_class", read_target, pd.Series([5.0] * 40 + [np.inf], name="paid"), asked)
    frame = pd.DataFrame({"paid": [5.0] * 200, "n": range(200)})
    alerts = {g["code"]: g["severity"] for g in check_question(frame, asked) if g["status"] == "alerted"}
    assert alerts["target_one_class"] == "block"


@pytest.mark.parametrize("kind", ["time", "grouped"])
def test_the_answer_itself_never_decides_which_rows_are_kept_apart(kind: str) -> None:
    frame = clients(120).assign(paid=np.arange(120.0))
    asked = Question.from_dict({"target": "paid", "validation": {"kind": kind, "column": "paid"}})

    refused("validation_column", order_or_group, frame, asked)
    found = {
        g["message_code"]: g["severity"] for g in check_question(frame, asked) if g["status"] == "alerted"
    }
    assert found["split_column_missing"] == "block"


def test_what_is_kept_apart_is_known_by_table_target_and_test_alone() -> None:
    asked = {"target": "bought", "seed": 3, "validation": {"kind": "stratified", "folds": 3}}
    same = Question.from_dict(asked | {"metric": "accuracy", "budget_seconds": 7})
    other = [asked | {"seed": 4}, asked | {"target": "paid"}, asked | {"validation": {"holdout": 0.3}}]

    mine = identity("a" * 64, Question.from_dict(asked))
    assert identity("a" * 64, same) == mine != identity("b" * 64, same)
    assert all(identity("a" * 64, Question.from_dict(each)) != mine for each in other)


def test_a_blank_target_is_missing_for_the_checks_as_for_the_search() -> None:
    frame = clients(200)
    frame.loc[:9, "bought"] = " "

    view = TableView(frame, Question.from_dict({"target": "bought"}))
    assert view.target is not None and view.target.task == "binary" and int(view.target.kept.sum()) == 190
    found = check_question(frame, Question.from_dict({"target": "bought"}))
    assert next(g for g in found if g["code"] == "target_missing")["params"]["rows"] == 10


def test_an_answer_that_came_up_late_leaves_folds_in_which_there_is_something_to_tell_apart() -> None:
    late = np.r_[np.zeros(70, dtype=int), np.arange(50) % 2]
    asked = Question.from_dict({"target": "y", "validation": {"kind": "time", "column": "t", "folds": 5}})

    parts = folds(late, None, asked, "binary")
    assert len(parts) == 2 and all(len(np.unique(late[fit])) == 2 for fit, _ in parts)
    assert all(fit.max() < valid.min() for fit, valid in parts)  # still the past before the future
    assert len(folds(np.r_[np.zeros(119, dtype=int), 1], None, asked, "binary")) == 1
    assert len(folds(late.astype(float), None, asked, "regression")) == 5


@pytest.mark.parametrize(
    "asked",
    [{"weights": [-1.0, 2.0]}, {"weight": "w"}, {"roles": {"w": "weight"}}, {"cost_false_positive": -1}],
)
def test_weights_of_rows_are_not_known_and_negative_costs_are_refused(asked: dict[str, object]) -> None:
    refused("bad_question", Question.from_dict, {"target": "bought"} | asked)
