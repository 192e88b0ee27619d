"""A large table: counted whole, looked at through drawn rows, learned from all of them as far as time allows."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl.__main__ import main
from automl.explain.subject import load_subject
from automl.files import read_json
from automl.fit import fit
from automl.large import Columns
from automl.large.drawing import draw
from automl.modelstore import bundle_digest
from automl.profiling import profile_table
from automl.question import Question
from automl.recipe import apply_recipe
from automl.tables import read_parquet

ROWS = 6_000


def crowd(rows: int = ROWS) -> pd.DataFrame:
    """Every kind of column, blanks, a counter, a rare flag, numbers and dates as text, equal rows."""
    rng = np.random.default_rng(3)
    a, b, c = rng.normal(size=(3, rows))
    town = rng.choice([f"town {n}" for n in range(40)], rows, p=np.arange(1, 41) / 820)
    frame = pd.DataFrame(
        {
            "number": np.where(rng.random(rows) < 0.1, np.nan, a),
            "counter": np.arange(rows) + 7,
            "flag": np.r_[np.ones(3), np.zeros(rows - 3)].astype(int),
            "town": np.where(rng.random(rows) < 0.05, None, town),
            "text number": [f"{value:.1f}" for value in b],
            "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(rows), unit="h"),
            "day": (pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, rows), unit="D")).strftime("%d/%m/%Y"),
            "yes no": rng.random(rows) < 0.4,
            "wide.name": c,
        }
    )  # fmt: skip
    drive = 1.5 * a * (b > 0) + (frame["town"] == "town 39") + rng.logistic(0, 0.5, rows)
    frame["bought"] = np.where(drive > 0.8, "yes", "no")
    alike = [name for name in frame if name != "counter"]
    frame.loc[frame.index[-100:], alike] = frame.loc[frame.index[:100], alike].to_numpy()
    return frame.astype(
        {"counter": "int64", "flag": "int64", "yes no": bool, "number": float, "wide.name": float}
    )


@pytest.fixture(scope="module")
def small_limits() -> Iterator[None]:
    """Six thousand rows are many."""
    patch = pytest.MonkeyPatch()
    patch.setattr("automl.large.reading.CELLS", 20_000)
    patch.setattr("automl.large.reading.LOOK_ROWS", 1_500)
    patch.setattr("automl.large.drawing.FIT_ROWS", 1_200)
    patch.setattr("automl.large.drawing.VALID_ROWS", 600)
    patch.setattr("automl.large.drawing.TEST_ROWS", 700)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table on disk, in two row groups with dictionaries of their own."""
    folder = tmp_path_factory.mktemp("crowd")
    crowd().to_parquet(folder / "table.parquet", index=False, row_group_size=4_000)
    return folder


def asked(**changes: Any) -> Question:
    """The question, with four trials: the fourth is the first on most rows."""
    given = {"target": "bought", "metric": "roc_auc", "budget_seconds": 240, "max_trials": 4}
    return Question.from_dict(given | {"validation": {"kind": "stratified", "folds": 3}} | changes)


@pytest.fixture(scope="module")
def found(small_limits: None, place: Path) -> dict[str, Any]:
    """One search of the large table."""
    events: list[dict[str, Any]] = []
    result = fit(
        place / "table.parquet", asked(), place / "work", tell=lambda event, **c: events.append({"event": event, **c})
    )  # fmt: skip
    return {"result": result, "events": events, "work": place / "work"}


def test_columns_read_one_by_one_are_those_of_the_whole_table(place: Path) -> None:
    columns, whole = Columns(place / "table.parquet"), read_parquet(place / "table.parquet")
    rows = np.array([5_999, 0, 4_001, 3_999])

    pd.testing.assert_frame_equal(columns.frame(columns.names), whole)
    pd.testing.assert_frame_equal(columns.take(rows), whole.iloc[rows].reset_index(drop=True))
    alike = [name for name in columns.names if name != "counter"]
    assert pd.Series(columns.keys(alike)).duplicated().sum() == 100
    for names in (columns.names, alike, ["town", "number"], ["flag"]):
        assert pd.Series(columns.keys(names)).duplicated().equals(whole.duplicated(subset=names)), names


def test_the_profile_of_a_large_table_counts_all_rows(small_limits: None, place: Path) -> None:
    assert (
        main(["profile", "--table", str(place / "table.parquet"), "--out", str(place / "profile.json")]) == 0
    )
    drawn, whole = read_json(place / "profile.json"), profile_table(read_parquet(place / "table.parquet"))

    assert drawn["sampled_rows"] == 1_500 and drawn["rows"] == ROWS
    assert drawn["duplicate_rows"] == whole["duplicate_rows"] == 0
    for ours, theirs in zip(
        drawn["columns"], json.loads(json.dumps(whole["columns"], default=str)), strict=True
    ):
        same = ("name", "kind", "missing", "distinct", "suggested_role", "date_format")
        assert {k: ours[k] for k in same} == {k: theirs[k] for k in same}
        assert [t["count"] for t in ours["top_values"]] == [t["count"] for t in theirs["top_values"]]
        if ours["kind"] == "number":
            assert ours["quantiles"] == pytest.approx(theirs["quantiles"])
            assert ours["mean"] == pytest.approx(theirs["mean"]) and ours["max"] == theirs["max"]


def test_checks_of_a_large_table_count_what_drawn_rows_would_hide(small_limits: None, place: Path) -> None:
    frame = read_parquet(place / "table.parquet")
    frame.loc[:11, "bought"] = "perhaps"  # a rare answer, and equal rows with different answers
    frame.loc[5, "number"] = np.inf
    frame.to_parquet(place / "odd.parquet", index=False)
    (place / "asked.json").write_text(json.dumps({"target": "bought", "roles": {"counter": "id"}}))
    places = ["--table", str(place / "odd.parquet"), "--question", str(place / "asked.json")]

    assert main(["check", *places, "--out", str(place / "checks.json")]) == 0
    results = read_json(place / "checks.json")["guardrails"]
    alerts = {each["code"]: each for each in results if each["status"] == "alerted"}
    assert alerts["duplicate_rows"]["params"]["rows"] >= 80
    assert alerts["too_few_positives"]["value"] == 12 and alerts["infinite_values"]["value"] == 1
    assert "check_broken" not in {each["message_code"] for each in results}
    passed = {each["code"] for each in results if each["status"] == "passed"}
    assert "too_few_rows" in passed and "constant_columns" in passed


def test_framing_a_large_table_reads_counts_of_all_rows(small_limits: None, place: Path) -> None:
    out = place / "frame.json"

    assert (
        main(["frame", "--table", str(place / "table.parquet"), "--target", "bought", "--out", str(out)]) == 0
    )
    advice = read_json(out)
    assert advice["task"]["value"] == "binary" and advice["validation"]["value"]["kind"] == "time"
    assert {r["column"]: r["role"] for r in advice["roles"]}["counter"] == "id"


def test_a_split_of_a_large_table_is_that_of_all_rows(small_limits: None, place: Path) -> None:
    whole = read_parquet(place / "table.parquet")
    whole["row"] = np.arange(ROWS)
    whole["firm"] = [f"firm {n % 97}" for n in range(ROWS)]
    whole.to_parquet(place / "rows.parquet", index=False)
    moments = whole["when"]

    at_random = draw(place / "rows.parquet", asked())
    assert len(at_random.test) == 700 and at_random.test_rows == 1_200
    share = (whole["bought"] == "yes").mean()
    assert abs((at_random.y_train == 1).mean() - share) < 0.01
    sides = [set(each["row"]) for each in (at_random.train, at_random.test)]
    assert not sides[0] & sides[1] and not set(at_random.bulk) & sides[1]
    judged = set(at_random.train["row"].iloc[at_random.parts[0][1]])
    assert not judged & set(at_random.bulk) and len(at_random.bulk) == 4_800 - len(judged)
    assert list(at_random.bulk[:1_200]) == list(at_random.train["row"].iloc[at_random.parts[0][0]])

    in_time = draw(place / "rows.parquet", asked(validation={"kind": "time", "folds": 3, "column": "when"}))
    fit_rows, judged_rows = (in_time.train["when"].iloc[at] for at in in_time.parts[0])
    assert (
        moments.iloc[in_time.bulk].max()
        <= judged_rows.min()
        <= judged_rows.max()
        <= in_time.test["when"].min()
    )
    assert set(fit_rows) <= set(moments.iloc[in_time.bulk])

    grouped = draw(
        place / "rows.parquet", asked(validation={"kind": "grouped", "folds": 3, "column": "firm"})
    )
    learned, judging = (
        set(whole["firm"].iloc[grouped.bulk]),
        set(grouped.train["firm"].iloc[grouped.parts[0][1]]),
    )
    assert not learned & judging and not (learned | judging) & set(grouped.test["firm"])


def test_a_search_begins_on_drawn_rows_and_goes_on_to_all(found: dict[str, Any]) -> None:
    result, trials = found["result"], found["result"]["trials"]
    by_rows = {t["name"]: t["train_rows"] for t in trials if t["status"] == "finished"}

    assert by_rows["linear"] == by_rows["lightgbm"] == 600
    assert by_rows["lightgbm@4200"] == 4_200 == result["learned"]["most_rows"]
    assert result["split"]["train_rows"] == 4_800 and result["learned"]["holdout_rows"] == 1_200
    assert result["split"]["test_rows"] == result["learned"]["tested_on"] == 700
    best = next(t for t in trials if t["number"] == result["best_trial"])
    assert result["learned"]["rows"] == max(
        by_rows[m["name"]] or 0 for m in best.get("members", [{"name": best["name"]}])
    )
    said = next(s for s in result["summary"] if s["code"] == "summary_drawn")
    assert str(result["learned"]["rows"]) in said["message"] % said["params"]
    assert not (found["work"] / "coded").exists()
    assert {d["column"]: d["code"] for d in result["dropped_columns"]} == {"counter": "dropped_identifier"}


def test_all_rows_are_coded_as_the_pipeline_codes_them(
    small_limits: None, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from automl.preparing import Scene
    from automl.search.checkpoint import Checkpoint
    from automl.search.clock import Clock
    from automl.search.pipelines import coding

    table, clock = place / "table.parquet", Clock(240)
    scene = Scene(table, asked(), Checkpoint(tmp_path / "c", "me"), clock, tmp_path, 1, lambda *_, **__: None)
    study, _ = scene.prepared(scene.subject())
    assert study.bulk is not None
    try:
        study.bulk.wait(clock)
        matrix, y = study.bulk.first(4_200)
        seen, plan = study.parts[0][0], study.plan
        prepare = coding("ordinal", plan.recipe, plan.task, 0).fit(
            study.train[0].iloc[seen], study.train[1][seen]
        )
        ready = apply_recipe(read_parquet(table).iloc[study.bulk.rows], plan.recipe)
        np.testing.assert_array_equal(matrix, prepare.transform(ready).astype(np.float32))
        assert (
            y.tolist() == (read_parquet(table)["bought"].iloc[study.bulk.rows] == "yes").astype(int).tolist()
        )
    finally:
        study.bulk.end()


def test_the_same_seed_gives_the_same_model_of_a_large_table(found: dict[str, Any], place: Path) -> None:
    again = fit(place / "table.parquet", asked(), place / "again", tell=lambda *_, **__: None)

    def models(result: dict[str, Any]) -> list[Any]:
        return [(t["name"], t["train_rows"], t["cv_score"]) for t in result["trials"]]

    assert models(again) == models(found["result"])
    first, second = (
        load_subject(work / f"models/trial_{again['best_trial']}", place / "table.parquet", asked())
        for work in (found["work"], place / "again")
    )
    assert first.raw.equals(second.raw) and len(first.y) == 700
    np.testing.assert_array_equal(first.score(first.ready), second.score(second.ready))
    assert bundle_digest(first.folder)  # type: ignore[arg-type]


def test_without_space_for_all_rows_the_drawn_ones_must_do(
    small_limits: None, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("automl.large.coding.FREE_SHARE", 0.0)
    result = fit(place / "table.parquet", asked(max_trials=6), place / "full", tell=lambda *_, **__: None)

    large = [t for t in result["trials"] if "@4200" in t["name"]]
    assert large and {t["reason"]["code"] for t in large} == {"trial_disk_full"}
    best = next(t for t in result["trials"] if t["number"] == result["best_trial"])
    assert best["artifact"] and result["learned"]["rows"] <= 1_200
