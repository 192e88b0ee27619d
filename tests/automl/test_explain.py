"""Explanations: they add up, they find what was planted, and they never ask for what nobody can change."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from automl.__main__ import main
from automl.explain.answering import answer_lines
from automl.explain.cohorts import worst_cohorts
from automl.explain.decisions import decision_curve
from automl.explain.effects import effect_of
from automl.explain.learning import learning_curve
from automl.explain.reasons import explain_rows
from automl.explain.report import explain_holdout
from automl.explain.subject import Subject, load_subject
from automl.explain.whatif import changed_answer, smallest_change
from automl.files import read_json
from automl.importance import permutation_importance
from automl.metrics import METRICS, choose_metric
from automl.prediction import predict
from tests.automl.conftest import Searched


class Fitted:
    """A scene with the models of its families."""

    def __init__(self, scene: Searched) -> None:
        self.scene, self.result, self.question = scene, scene.result, scene.question
        self.table, self.asked, self.work = scene.table, scene.asked, scene.work

    def model(self, family: str) -> Path:
        """Where it is stored."""
        return self.scene.folder(family=family)

    def subject(self, family: str, **more: Any) -> Subject:
        """Ready to be explained."""
        return load_subject(self.model(family), self.table, self.question, **more)


@pytest.fixture
def fitted(searched: Callable[[str], Searched]) -> Any:
    """One search per task."""
    return lambda task: Fitted(searched(task))


def test_the_rows_kept_apart_are_cut_off_again_exactly(fitted: Any) -> None:
    done = fitted("binary")
    best = next(t for t in done.result["trials"] if t["number"] == done.result["best_trial"])
    subject = load_subject(done.work / "models" / f"trial_{best['number']}", done.table, done.question)

    auc = METRICS["binary"]["roc_auc"].function(
        subject.y, subject.answers(subject.ready), np.ones(len(subject.y))
    )

    assert auc == pytest.approx(best["test_metrics"]["roc_auc"]["value"], abs=1e-12)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("family", ["linear", "lightgbm"])
def test_exact_reasons_add_up_to_the_models_own_answer(fitted: Any, task: str, family: str) -> None:
    subject = fitted(task).subject(family)

    for told in explain_rows(subject, subject.raw.head(4)):
        total = told["base"] + sum(each["contribution"] for each in told["contributions"])
        answer = total if task == "regression" else 1 / (1 + np.exp(-total))

        assert told["method"] == "exact"
        if task != "multiclass":
            assert answer == pytest.approx(told["answer"], rel=1e-6)
        assert sum(each["share"] for each in told["contributions"]) == pytest.approx(1)
        assert told["sentences"][0]["code"] in ("reason_probability", "reason_answer")


def test_sampled_reasons_add_up_too_and_agree_with_exact_ones(
    fitted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = fitted("regression").subject("linear")
    exact = explain_rows(subject, subject.raw.head(1))[0]
    monkeypatch.setattr("automl.explain.reasons.exact_contributions", lambda *_: None)

    told = explain_rows(subject, subject.raw.head(1), rounds=120)[0]

    total = told["base"] + sum(each["contribution"] for each in told["contributions"])
    assert total == pytest.approx(told["answer"], rel=1e-9)
    by_name = {each["column"]: each for each in told["contributions"]}
    for each in exact["contributions"]:
        sampled = by_name[each["column"]]
        assert abs(sampled["contribution"] - each["contribution"]) < 5 * sampled["error"] + 0.5


def test_what_was_planted_drives_the_answer_and_noise_does_not(fitted: Any) -> None:
    importance = {each["column"]: each for each in fitted("regression").result["importance"]}

    assert {each["column"] for each in fitted("regression").result["importance"][:2]} == {"income", "visits"}
    assert importance["income"]["sure"] and importance["visits"]["sure"]
    assert (
        not importance["region"]["sure"] or importance["region"]["mean"] < 0.1 * importance["income"]["mean"]
    )
    for each in importance.values():
        assert each["low"] <= each["mean"] <= each["high"]


def test_importance_says_nothing_about_columns_that_time_did_not_reach(fitted: Any) -> None:
    subject = fitted("binary").subject("linear")
    metric, _ = choose_metric("binary", None)

    table = permutation_importance(
        subject.pipeline, subject.ready, subject.y, subject.recipe, "binary", metric, 0, -1
    )

    assert all(each["mean"] is None and each["repeats"] == 0 and not each["sure"] for each in table)


def test_importance_is_the_same_however_many_columns_are_asked_about_at_once(
    fitted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = fitted("binary").subject("lightgbm")
    metric, _ = choose_metric("binary", None)
    asked, tables = [], []

    def count(*arguments: Any) -> Any:
        asked.append(len(arguments[1]))
        return predict(*arguments)

    monkeypatch.setattr("automl.importance.predict", count)
    for at_once in (1, 20_000):
        asked.clear()
        monkeypatch.setattr("automl.importance.ROWS_AT_ONCE", at_once)
        arguments = (subject.pipeline, subject.ready, subject.y, subject.recipe, "binary", metric, 0, 60)
        tables.append((permutation_importance(*arguments), len(asked), sum(asked)))

    (apart, many, rows), (together, few, same_rows) = tables
    assert apart == together
    assert all(each["repeats"] == 5 for each in apart)
    assert few < many and rows == same_rows


def test_a_rising_column_is_said_to_rise_by_both_curves(fitted: Any) -> None:
    found = effect_of(fitted("binary").subject("linear"), "visits")

    assert found["text"]["code"] == "effect_rises"
    assert found["pdp"]["mean"] == sorted(found["pdp"]["mean"])
    assert found["ale"]["effect"] == sorted(found["ale"]["effect"])
    assert all(low <= high for low, high in zip(found["pdp"]["low"], found["pdp"]["high"], strict=True))


def test_ale_of_a_linear_model_is_its_straight_line(fitted: Any) -> None:
    subject = fitted("regression").subject("linear")

    found = effect_of(subject, "income")

    slopes = np.diff(found["ale"]["effect"]) / np.diff(found["ale"]["x"])
    assert slopes == pytest.approx(np.full(len(slopes), slopes.mean()), rel=0.02)
    steps = np.diff(found["pdp"]["mean"]) / np.diff(found["pdp"]["x"])
    assert steps.mean() == pytest.approx(slopes.mean(), rel=0.02)


def test_names_have_a_curve_without_order_and_dates_one_with_days(fitted: Any) -> None:
    subject = fitted("binary").subject("lightgbm")

    names, dates = effect_of(subject, "region"), effect_of(subject, "since")

    assert set(names["pdp"]["x"]) == {"north", "south", "east"} and names["ale"] is None
    assert names["text"]["params"]["top"] == "south"
    assert dates["pdp"]["x"] == sorted(dates["pdp"]["x"]) and dates["pdp"]["x"][0].startswith("2020-")


def test_one_change_alone_and_all_together_are_told(fitted: Any) -> None:
    subject = fitted("binary").subject("lightgbm")
    row = subject.raw.iloc[[int(np.argmin(subject.score(subject.ready)))]].reset_index(drop=True)

    told = changed_answer(subject, row, {"visits": 9.0, "income": 80000.0, "region": "south"})

    assert told["after"]["answer"] > told["before"]["answer"]
    assert {each["column"] for each in told["effects"]} == {"visits", "income", "region"}
    assert changed_answer(subject, row, {})["sentences"][0]["code"] == "whatif_same"


@pytest.mark.parametrize("family", ["linear", "lightgbm"])
def test_the_smallest_change_really_leads_there_and_touches_no_locked_column(
    fitted: Any, family: str
) -> None:
    subject = fitted("binary").subject(family)
    row = subject.raw.iloc[[int(np.argmin(subject.score(subject.ready)))]].reset_index(drop=True)

    found = smallest_change(subject, row, "yes", list(subject.steps))

    assert found["ways"], found
    for way in found["ways"]:
        changes = {each["column"]: each["to"] for each in way["changes"]}
        assert changed_answer(subject, row, changes)["after"]["said"] == "yes"
        assert not set(changes) & set(subject.locked)
    sizes = [way["size"] for way in found["ways"]]
    assert sizes == sorted(sizes)


def test_a_goal_that_is_reached_already_and_one_that_cannot_be_are_said(fitted: Any) -> None:
    subject = fitted("regression").subject("linear")
    row = subject.raw.iloc[[0]].reset_index(drop=True)
    present = float(subject.score(subject.ready.iloc[[0]])[0])

    assert smallest_change(subject, row, present, ["income"])["sentences"][0]["code"] == "change_already"
    far = smallest_change(subject, row, present + 1e6, ["income", "visits"])
    assert far["ways"] == [] and far["sentences"][0]["code"] == "change_none"


def test_sensitive_columns_are_locked_even_when_the_model_uses_them(fitted: Any) -> None:
    done = fitted("binary")
    subject = done.subject("linear")
    subject.steps["age"] = {"column": "age", "kind": "number", "outputs": ["age"]}

    assert "age" in subject.locked and "income" not in subject.locked


def test_a_planted_weakness_is_found_and_measured_on_other_rows(fitted: Any) -> None:
    subject = fitted("regression").subject("linear")
    answers = subject.answers(subject.ready)
    weak = (subject.raw["region"] == "south").to_numpy()
    subject.y = np.where(weak, answers + 40, answers + 1)

    found = worst_cohorts(subject, answers)

    assert found["cohorts"][0]["where"].startswith("region = south")
    assert found["cohorts"][0]["ratio"] > 10 and found["cohorts"][0]["low"] > 0
    subject.y = answers + 1
    assert worst_cohorts(subject, answers)["sentences"][0]["code"] == "cohort_none"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=1, max_size=60).map(
        lambda pairs: (np.array([int(a) for a, _ in pairs]), np.array([b / 6 for _, b in pairs]))
    )
)
def test_every_point_of_the_decision_counts_what_its_limit_takes(rows: Any) -> None:
    y, score = rows

    found = decision_curve(y, score)

    assert found["points"][-1]["taken"] == len(y) and found["points"][-1]["hits"] == y.sum()
    for point in found["points"][1:]:
        said = score >= point["threshold"]
        assert point["taken"] == said.sum()
        assert point["hits"] == (said & (y == 1)).sum() and point["alarms"] == (said & (y == 0)).sum()


def test_more_rows_help_where_there_are_few_and_the_curve_says_when_it_cannot_tell(fitted: Any) -> None:
    subject = fitted("regression").subject("lightgbm", with_train=True)

    found = learning_curve(subject)

    assert [step["rows"] for step in found["steps"]] == [60, 120, 240, 480]
    assert found["steps"][-1]["score"] < found["steps"][0]["score"]
    assert found["verdict"] in ("helps", "flat", "unsure") and found["sentences"]
    assert learning_curve(subject, seconds=-1)["verdict"] == "short"


def test_the_report_at_the_end_of_a_search_leaves_out_what_time_does_not_allow(fitted: Any) -> None:
    done = fitted("binary")
    whole = done.result["explanations"]
    subject = done.subject("lightgbm")

    hurried = explain_holdout(subject, done.result["importance"], 0)

    assert len(whole["effects"]) >= 3 and whole["missing"] == []
    assert {each["why"] for each in whole["rows"]} == {"highest", "lowest", "limit", "worst"}
    assert hurried["effects"] == [] and len(hurried["missing"]) >= 3
    assert hurried["decision"]["rows"] == len(subject.y) and hurried["cohorts"]["sentences"]


def test_no_values_of_rows_stand_in_the_report(fitted: Any) -> None:
    report = fitted("binary").result["explanations"]

    for each in [*report["rows"], *report["worst_rows"]]:
        assert set(each) <= {"why", "row", "truth", "said", "answer"}


@pytest.mark.parametrize(
    ("what", "options", "part"),
    [
        ("pdp", {"columns": ["income"]}, "effects"),
        ("ale", {}, "effects"),
        ("rows", {"rows": [0, 3]}, "rows"),
        ("whatif", {"row": 1, "changes": {"visits": 7}}, "after"),
        ("change", {"row": 1, "goal": "yes", "columns": ["visits", "income"]}, "sentences"),
        ("report", {}, "importance"),
    ],
)
def test_the_command_answers(fitted: Any, tmp_path: Path, what: str, options: Any, part: str) -> None:
    done, out = fitted("binary"), tmp_path / "out.json"
    (tmp_path / "options.json").write_text(json.dumps(options), encoding="utf-8")

    code = main(
        ["explain", "--model", str(done.model("lightgbm")), "--table", str(done.table), "--question"]
        + [str(done.asked), "--what", what, "--options", str(tmp_path / "options.json"), "--out", str(out)]
    )

    assert code == 0
    assert read_json(out)["ok"] is True and read_json(out)[part]


@pytest.mark.parametrize(
    ("what", "options", "problem"),
    [
        ("poetry", {}, "bad_question"),
        ("effects", {"columns": ["nope"]}, "whatif_unknown"),
        ("rows", {"rows": [100000]}, "row_unknown"),
        ("rows", {"rows": [-1]}, "row_unknown"),
        ("whatif", {"row": 0, "changes": {"nope": 1}}, "whatif_unknown"),
        ("whatif", {"row": 0, "changes": {"income": "plenty"}}, "wrong_type"),
        ("change", {"row": 0, "goal": "maybe"}, "bad_question"),
        ("change", {"values": {"income": 1}, "goal": "yes"}, "missing_column"),
    ],
)
def test_the_command_says_what_is_wrong(
    fitted: Any, tmp_path: Path, what: str, options: Any, problem: str
) -> None:
    done, out = fitted("binary"), tmp_path / "out.json"
    (tmp_path / "options.json").write_text(json.dumps(options), encoding="utf-8")

    main(
        ["explain", "--model", str(done.model("linear")), "--table", str(done.table), "--question"]
        + [str(done.asked), "--what", what, "--options", str(tmp_path / "options.json"), "--out", str(out)]
    )

    answer = read_json(out)
    assert answer["ok"] is False and answer["problem"]["code"] == problem
    assert answer["problem"]["message"] % answer["problem"]["params"]


def test_a_model_that_is_not_the_expected_one_is_not_explained(fitted: Any, tmp_path: Path) -> None:
    done, out = fitted("binary"), tmp_path / "out.json"

    code = main(
        ["explain", "--model", str(done.model("linear")), "--table", str(done.table), "--question"]
        + [str(done.asked), "--what", "report", "--out", str(out), "--sha256", "0" * 64]
    )

    assert code == 3 and read_json(out)["problem"]["code"] == "model_integrity"


def test_a_process_that_stays_answers_line_by_line_and_survives_nonsense(fitted: Any) -> None:
    done = fitted("binary")
    lines = [
        {"what": "whatif", "options": {"row": 1, "changes": {"visits": 7}}},
        {"what": "poetry"},
        ["what"],
        {"what": "rows", "options": {"rows": "x"}},
        {"what": "change", "options": {"row": 1, "goal": "yes", "columns": ["visits", "income"]}},
    ]
    sink = io.StringIO()
    source = io.StringIO("{broken\n" + "\n".join(json.dumps(line) for line in lines) + "\n")
    places = done.model("lightgbm"), done.table, done.asked

    assert answer_lines(*places, done.scene.digest(family="lightgbm"), source, sink) == 0

    said = [json.loads(line) for line in sink.getvalue().splitlines()]
    assert [each.get("ready", each.get("ok")) for each in said] == [
        True,
        False,
        True,
        False,
        False,
        False,
        True,
    ]
    assert all(each["problem"]["message"] % each["problem"]["params"] for each in said if "problem" in each)
    subject = done.subject("lightgbm")
    row = subject.raw.iloc[[1]].reset_index(drop=True)
    assert said[2]["after"]["answer"] == changed_answer(subject, row, {"visits": 7})["after"]["answer"]

    sink = io.StringIO()
    assert answer_lines(*places, "0" * 64, io.StringIO(""), sink) == 3
    assert json.loads(sink.getvalue())["problem"]["code"] == "model_integrity"
