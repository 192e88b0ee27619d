"""Dates: with and without a time zone, as moments at training and as text in a request."""

import json
from pathlib import Path

import pandas as pd
import pytest

from automl.drift import compare
from automl.expectations import check_all
from automl.explain import Subject
from automl.explain.cohorts import readable_row
from automl.explain.command import answered
from automl.explain.effects import effect_of
from automl.export.examples import example_rows
from automl.kinds import find_kind
from automl.modelstore import load_model
from automl.prepare.operations import cast
from automl.profiling import date_values, profile_table
from automl.question import Question
from automl.recipe import apply_recipe, build_recipe
from automl.reference import build_reference
from automl.scoring import Scorer
from tests.automl.stored import stored, visits

SUMMER = ["2024-03-30T12:00:00+01:00", "2024-03-31T12:00:00+02:00", "2024-04-01T12:00:00Z", "2024-04-02"]


def test_a_model_that_learned_moments_reads_them_as_text(tmp_path: Path) -> None:
    frame, answers = visits()
    scorer = Scorer(stored(tmp_path / "model", frame, answers))
    wanted = scorer.predict(frame)["score"].tolist()

    told = json.loads(frame.to_json(orient="records", date_format="iso"))
    answer = scorer.score(told)
    assert answer["ok"], answer["errors"]
    assert [each["score"] for each in answer["predictions"]] == pytest.approx(wanted, abs=1e-12)
    assert wanted[0] < 0.4 < 0.6 < wanted[-1]  # the date counts: were it lost, all would be alike

    frame.to_csv(tmp_path / "rows.csv", index=False)
    checked, _, errors = scorer.validate(scorer.read(tmp_path / "rows.csv"))
    assert not errors and scorer.predict(checked)["score"].tolist() == pytest.approx(wanted, abs=1e-12)
    assert scorer.score([told[0] | {"seen": "soon"}])["errors"][0]["code"] == "wrong_type"
    assert scorer.score(example_rows(scorer.meta["input_schema"]))["ok"]


def test_new_rows_of_text_are_compared_by_their_moments(tmp_path: Path) -> None:
    frame, _ = visits(400)
    reference = build_reference(frame, build_recipe(frame, ["seen", "visits"]), frame["visits"].to_numpy())

    found = compare(reference, frame.assign(seen=frame["seen"].dt.strftime("%Y-%m-%d").astype(object)))
    assert not found["drifted_columns"] and found["columns"][0]["missing_share"] == 0


def test_times_before_and_after_a_change_of_the_clock_are_one_column_of_dates() -> None:
    frame = pd.DataFrame({"seen": SUMMER * 30, "n": range(120)})

    assert find_kind(frame["seen"]).name == "date"
    assert date_values(frame["seen"], "ISO8601")[:4].dt.hour.tolist() == [11, 10, 12, 0]
    assert profile_table(frame)["columns"][0]["kind"] == "date"
    recipe = build_recipe(frame, ["seen"])
    assert apply_recipe(frame, recipe).notna().all(axis=None)
    assert cast(frame, "seen", "date")["seen"].notna().all()
    today = pd.Timestamp("2024-04-10").date()
    assert check_all(frame, [{"column": "seen", "rule": "fresh", "days": 9}], today)[0]["ok"]


def test_moments_with_a_zone_are_read_in_utc() -> None:
    moments = pd.Series(pd.to_datetime(["2024-03-30T12:00:00+01:00"] * 60)) + pd.to_timedelta(range(60), "D")
    frame = pd.DataFrame({"seen": moments})

    assert apply_recipe(frame, build_recipe(frame, ["seen"]))["seen: days"].iloc[0] % 1 == pytest.approx(
        11 / 24
    )


def test_a_column_called_like_a_part_of_a_date_is_not_overwritten_by_it() -> None:
    frame, _ = visits()
    frame["seen: days"], frame["seen: month"] = range(len(frame)), ["a", "b"] * (len(frame) // 2)
    frame["seen: days"] = frame["seen: days"] * 7 % 50

    recipe = build_recipe(frame, list(frame.columns))
    ready = apply_recipe(frame, recipe)
    assert ready["seen: days"].tolist() == frame["seen: days"].tolist()
    assert ready["seen: month"].tolist() == frame["seen: month"].tolist()
    assert len(set(recipe["numeric"] + recipe["categorical"])) == len(
        recipe["numeric"] + recipe["categorical"]
    )


def test_an_hour_of_a_row_is_kept_where_its_values_are_asked_about(tmp_path: Path) -> None:
    frame, answers = visits()
    frame["seen"] = pd.date_range("2024-01-01 00:30", periods=len(frame), freq="h")
    folder = stored(tmp_path / "model", frame, answers)
    pipeline, recipe, meta = load_model(folder)
    question = Question.from_dict({"target": "bought"})
    subject = Subject(pipeline, recipe, meta, frame, answers, question, folder=folder)

    values = readable_row(subject, frame.iloc[7])
    assert values["seen"] == "2024-01-01 07:30"
    asked = answered(subject, "whatif", {"values": values, "changes": {}})
    assert asked["before"]["answer"] == pytest.approx(float(subject.score(subject.ready)[7]), abs=1e-12)
    assert len(set(effect_of(subject, "seen")["pdp"]["x"])) == len(effect_of(subject, "seen")["pdp"]["mean"])
