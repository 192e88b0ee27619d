"""Two columns against each other: the right picture, the right figure, whatever the table holds."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from automl.pairing import OTHERS, pair_columns


def test_two_numbers_are_points_with_their_rank_correlation():
    x = np.arange(900, dtype="float64")
    frame = pd.DataFrame({"x": x, "y": -(x**3)})
    frame.loc[:9, "y"] = np.nan

    found = pair_columns(frame, "x", "y")

    assert (found["kind"], found["rows"], found["left_out"]) == ("points", 890, 10)
    assert len(found["points"]) == 500 and pair_columns(frame, "x", "y") == found
    assert found["strength"] == pytest.approx(1) and found["falls"]


@pytest.mark.parametrize("names", [("group", "figure"), ("figure", "group")])
def test_a_group_and_a_number_are_boxes_whichever_comes_first(names):
    frame = pd.DataFrame({"group": ["a"] * 50 + ["b"] * 50, "figure": [*range(50), *range(100, 150)]})

    found = pair_columns(frame, *names)

    assert (found["kind"], found["first"], found["second"]) == ("boxes", "group", "figure")
    assert [each["name"] for each in found["groups"]] == ["a", "b"]
    assert found["groups"][0]["edges"][2] == 24.5
    # between: 100·50², within: 2·50·(50² − 1)/12
    assert found["strength"] == pytest.approx((250_000 / (250_000 + 20_825)) ** 0.5)


def test_two_groups_are_a_cross_table_with_cramers_v():
    frame = pd.DataFrame(
        {"a": ["x"] * 60 + ["y"] * 40, "b": ["yes"] * 50 + ["no"] * 10 + ["yes"] * 10 + ["no"] * 30}
    )

    found = pair_columns(frame, "a", "b")

    assert (found["first_groups"], found["second_groups"]) == (["x", "y"], ["no", "yes"])
    assert found["counts"] == [[10, 50], [30, 10]]
    # chi² of this table is 34.0278 (by hand), V = √(chi²/100)
    assert found["strength"] == pytest.approx((34.0278 / 100) ** 0.5, abs=1e-4)


def test_few_numbers_are_groups_in_their_order_and_many_groups_end_with_the_others():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"level": rng.integers(1, 6, 400), "city": [f"c{n % 40}" for n in range(400)]})

    found = pair_columns(frame, "level", "city")

    assert found["kind"] == "cross" and found["first_groups"] == ["1", "2", "3", "4", "5"]
    assert len(found["second_groups"]) == 13 and found["second_groups"][-1] == OTHERS
    assert sum(map(sum, found["counts"])) == 400


def test_dates_become_months_or_years():
    days = pd.date_range("2021-01-01", periods=1200).astype(str)
    frame = pd.DataFrame({"day": days, "figure": np.arange(1200.0)})

    assert [each["name"] for each in pair_columns(frame, "day", "figure")["groups"]] == [
        "2021",
        "2022",
        "2023",
        "2024",
    ]
    few = pair_columns(frame.head(90), "day", "figure")
    assert [each["name"] for each in few["groups"]] == ["2021-01", "2021-02", "2021-03"]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": [1.0, np.nan], "b": [np.nan, 2.0]}),
        pd.DataFrame({"a": [np.inf, 1.0, 2.0], "b": ["x", "x", "x"]}),
        pd.DataFrame({"a": ["x"], "b": ["y"]}),
        pd.DataFrame({"a": [True, False, None], "b": ["é" * 300, "", "z"]}),
        pd.DataFrame({"a": np.ones(30), "b": np.arange(30.0)}),
    ],
)
def test_odd_tables_are_answered_without_a_figure_that_is_none(frame):
    found = pair_columns(frame, "a", "b")

    json.dumps(found, allow_nan=False)
    assert found["strength"] is None or 0 <= found["strength"] <= 1


def test_the_command_writes_the_answer(tmp_path):
    table, out = tmp_path / "table.parquet", tmp_path / "pair.json"
    pd.DataFrame({"a": ["x", "y"] * 30, "b": np.arange(60.0)}).to_parquet(table)

    arguments = ["--table", str(table), "--first", "a", "--second", "b", "--out", str(out)]
    ended = subprocess.run([sys.executable, "-m", "automl", "pair", *arguments], check=False)

    assert ended.returncode == 0
    assert json.loads(out.read_text())["kind"] == "boxes"
