"""Recipes: what each step does, what it says when it cannot, and the script that gives the same table."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from automl.prepare.run import prepare_files
from automl.tables import read_parquet

STEPS: list[dict[str, Any]] = [
    {"kind": "rename", "column": "amt", "to": "amount"},
    {"kind": "cast", "column": "amount", "to": "number"},
    {"kind": "cast", "column": "since", "to": "date", "date_format": "%d/%m/%Y"},
    {"kind": "fill", "column": "amount", "how": "median"},
    {"kind": "fill", "column": "plan", "how": "most_frequent"},
    {"kind": "split_date", "column": "since", "parts": ["year", "month", "weekday"]},
    {
        "kind": "derive",
        "into": "per visit",
        "left": "amount",
        "operation": "divide",
        "right_column": "visits",
    },
    {"kind": "derive", "into": "double", "left": "amount", "operation": "multiply", "right_value": 2},
    {
        "kind": "derive",
        "into": "age",
        "left": "since",
        "operation": "days_until",
        "right_value": "2026-01-01",
    },
    {"kind": "derive", "into": "label", "left": "plan", "operation": "join", "right_column": "client"},
    {"kind": "bins", "column": "amount", "into": "size", "edges": [10, 100]},
    {"kind": "bins", "column": "visits", "into": "often", "count": 3},
    {"kind": "replace", "column": "plan", "values": {"g": "gold", "b": "basic"}},
    {"kind": "join", "version": "other", "on": "client", "other_on": "id", "columns": ["town", "score"]},
    {"kind": "distinct", "columns": ["client"]},
    {"kind": "keep_rows", "column": "amount", "test": "at_least", "value": 2},
    {"kind": "keep_rows", "column": "plan", "test": "one_of", "value": ["gold", "basic"]},
    {"kind": "drop", "columns": ["visits"]},
]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    rows = 40
    pd.DataFrame(
        {
            "client": range(rows),
            "amt": [None if n == 5 else f"{n},5" if n % 3 else str(n) for n in range(rows)],
            "since": [f"{1 + n % 28:02d}/{1 + n % 12:02d}/2024" for n in range(rows)],
            "plan": [None if n == 7 else "gb"[n % 2] for n in range(rows)],
            "visits": [n % 4 for n in range(rows)],
            "mail": [f"p{n}@example.org" for n in range(rows)],
        }
    ).to_parquet(tmp_path / "table.parquet", index=False)
    other = {"id": range(1, 30), "town": [f"T{n}" for n in range(29)], "score": [n / 2 for n in range(29)]}
    pd.DataFrame(other).to_parquet(tmp_path / "other.parquet", index=False)
    return tmp_path


def played(place: Path, steps: list[dict[str, Any]], *, sample: int = 0) -> dict[str, Any]:
    others = {"other": {"path": str(place / "other.parquet"), "masked": ["town"]}}
    (place / "plan.json").write_text(json.dumps({"steps": steps, "others": others, "masked": []}))
    (place / "out").mkdir(exist_ok=True)
    assert prepare_files(place / "table.parquet", place / "plan.json", place / "out", sample) == 0
    return dict(json.loads((place / "out" / "prepare.json").read_text()))


def test_every_step_does_what_it_says_and_the_script_gives_the_same_table(place: Path) -> None:
    found = played(place, STEPS)

    assert found["ok"], found["errors"]
    table = read_parquet(place / "out" / "table.parquet")
    first = table.iloc[0]
    assert (first["client"], first["amount"], first["double"]) == (2, 2.5, 5.0)
    assert first["since"] == pd.Timestamp(2024, 3, 3) and first["since_weekday"] == 7
    assert (first["size"], first["plan"], first["label"]) == ("below 10", "gold", "g 2")
    assert first["per visit"] == pytest.approx(1.25) and first["age"] == 669
    assert (first["town"], first["score"]) == ("T1", 0.5)
    assert table.loc[table["client"] == 5, "amount"].item() == pytest.approx(20.5)  # the middle of the others
    assert "visits" not in table and len(table) == found["rows"] == 38
    assert found["masked"] == ["mail", "town"]
    assert table.loc[table["client"] == 8, "per visit"].isna().all()  # divided by nothing

    script = place / "prepare.py"
    script.write_text(found["code"])
    assert "agora" not in found["code"].replace("Made by Agora", "").lower()
    others = [str(place / "table.parquet"), str(place / "again.parquet"), str(place / "other.parquet")]
    done = subprocess.run([sys.executable, str(script), *others], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    pd.testing.assert_frame_equal(read_parquet(place / "again.parquet"), table, check_dtype=False)


@pytest.mark.parametrize(
    ("steps", "place_of_it", "column", "code"),
    [
        ([STEPS[0], {"kind": "drop", "columns": ["amt"]}], 1, "amt", "prepare_absent"),
        ([{"kind": "fill", "column": "plan", "how": "mean"}], 0, "plan", "prepare_not_number"),
        ([{"kind": "split_date", "column": "since", "parts": ["year"]}], 0, "since", "prepare_not_date"),
        ([{"kind": "rename", "column": "plan", "to": "mail"}], 0, "mail", "prepare_twice"),
        ([{"kind": "keep_rows", "column": "plan", "test": "is", "value": "z"}], 0, None, "prepare_no_rows"),
        (
            [{"kind": "keep_rows", "column": "plan", "test": "above", "value": "z"}],
            0,
            "plan",
            "prepare_failed",
        ),
        ([{**STEPS[13], "other_on": "nothing"}], 0, "nothing", "prepare_other_absent"),
        ([{"kind": "fill", "column": "client", "how": "value", "value": "x"}], 0, "client", "prepare_failed"),
    ],
)
def test_a_step_that_cannot_be_played_is_named_with_its_column(
    place: Path, steps: list[dict[str, Any]], place_of_it: int, column: str | None, code: str
) -> None:
    found = played(place, steps, sample=1)

    (problem,) = found["errors"]
    assert (problem["code"], problem["step"], problem["column"]) == (code, place_of_it, column)
    assert problem["message"] % problem["params"]
    assert not (place / "out" / "table.parquet").exists()


def test_a_key_that_stands_twice_joins_nothing(place: Path) -> None:
    pd.DataFrame({"id": [1, 1], "town": ["a", "b"], "score": [1, 2]}).to_parquet(place / "other.parquet")
    assert played(place, [STEPS[13]])["errors"][0]["code"] == "prepare_not_unique"
