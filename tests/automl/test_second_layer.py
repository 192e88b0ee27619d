"""A second layer: when it is tried, what it must beat, and what a person can do with it."""

import multiprocessing
import os
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression

from automl.export.run import export_model
from automl.files import read_json, write_json
from automl.fit import fit
from automl.joining import answers_of, vote_of, with_curve
from automl.modelstore import load_model, save_model
from automl.question import Question
from automl.scoring import Scorer
from automl.search import layers
from automl.search.clock import Clock, OutOfTime, Until

ROWS = 1_300


def hidden_sum(rows: int = ROWS, seed: int = 0) -> pd.DataFrame:
    """A straight line in ten columns, and steps in two others: no single kind of model sees both."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 12))
    steps = 6 * ((x[:, 10] > 0) ^ (x[:, 11] > 0.5))
    amount = x[:, :10] @ np.linspace(1, 3, 10) + steps + rng.normal(0, 1.5, rows)
    return pd.DataFrame(x, columns=[f"c{n}" for n in range(12)]).assign(amount=amount.round(3))


def search(frame: pd.DataFrame, place: Path, tell: Any = None) -> dict[str, Any]:
    """A whole search that ends by its number of trials."""
    place.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(place / "t.parquet", index=False)
    question = {"target": "amount", "budget_seconds": 90, "max_trials": 5, "seed": 3}
    silent = lambda event, **content: None  # noqa: E731
    return fit(place / "t.parquet", Question.from_dict(question), place, 2, tell=tell or silent)


@pytest.fixture(scope="module")
def layered(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    place = tmp_path_factory.mktemp("layered")
    return search(hidden_sum(), place), place


def best_of(result: dict[str, Any]) -> dict[str, Any]:
    return next(each for each in result["trials"] if each["number"] == result["best_trial"])


def test_where_no_kind_of_model_sees_everything_the_second_layer_is_the_best_and_better_on_new_rows(
    layered: tuple[dict[str, Any], Path],
) -> None:
    result, _ = layered
    best = best_of(result)
    assert best["family"] == "second_layer" and best["wins"]
    below = [each["number"] for each in best["learns_from"]]
    assert len(below) >= layers.BELOW
    errors = {r["number"]: r["test_metrics"]["rmse"]["value"] for r in result["trials"] if r["test_metrics"]}
    assert errors[best["number"]] < min(errors[number] for number in below)
    assert not [r for r in result["trials"] if r["family"] == "ensemble"], "a vote would only be worse"


def test_the_same_seed_gives_the_same_second_layer(
    layered: tuple[dict[str, Any], Path], tmp_path: Path
) -> None:
    first, second = best_of(layered[0]), best_of(search(hidden_sum(), tmp_path))
    for name in ("family", "cv_score", "fold_scores", "rounds", "learns_from"):
        assert first[name] == second[name]


def test_its_stored_model_answers_raw_rows_and_is_hardly_larger_than_what_it_is_made_of(
    layered: tuple[dict[str, Any], Path],
) -> None:
    result, place = layered
    best = best_of(result)
    rows = hidden_sum(40, seed=9)
    found = Scorer(place / best["artifact"]["path"], best["artifact"]["sha256"]).predict(rows)["prediction"]
    assert np.corrcoef(found, rows["amount"])[0, 1] > 0.8
    below = {each["number"] for each in best["learns_from"]}
    sizes = sum(r["size_bytes"] for r in result["trials"] if r["number"] in below)
    forest = next(r["size_bytes"] for r in result["trials"] if r["family"] == "extra_trees")
    assert best["size_bytes"] < sizes + 2 * forest


@pytest.mark.parametrize("kind", ["script", "notebook", "onnx"])
def test_what_cannot_be_written_of_it_is_refused_with_a_reason_and_writes_nothing(
    layered: tuple[dict[str, Any], Path], tmp_path: Path, kind: str
) -> None:
    result, place = layered
    folder, other = (place / r["artifact"]["path"] for r in (best_of(result), result["trials"][1]))
    report = export_model(kind, folder, tmp_path / "m.zip", place / "result.json", others=[other])
    assert not report["ok"] and not (tmp_path / "m.zip").exists()
    assert report["reason"]["code"] == ("onnx_no_converter" if kind == "onnx" else "export_no_code")
    if kind == "onnx":
        assert report["nearest"]["number"] == 2


def test_its_package_and_its_explanation_are_as_of_any_model(
    layered: tuple[dict[str, Any], Path], tmp_path: Path
) -> None:
    from automl.explain.command import explain_command

    result, place = layered
    folder = place / best_of(result)["artifact"]["path"]
    assert export_model("package", folder, tmp_path / "m.zip", table=place / "t.parquet")["ok"]
    write_json(tmp_path / "q.json", result["question"])
    for what in ("rows", "learning"):
        out = tmp_path / f"{what}.json"
        assert explain_command(folder, place / "t.parquet", tmp_path / "q.json", what, None, out, None) == 0
        assert read_json(out)["ok"]
    assert read_json(tmp_path / "learning.json")["verdict"] == "not_available"


def test_where_it_is_not_clearly_better_it_was_tried_and_there_is_no_trace_of_it(tmp_path: Path) -> None:
    frame, told = hidden_sum(), list[Any]()
    frame["amount"] = frame["c0"] * 3 + frame["c1"] + np.random.default_rng(1).normal(0, 1, ROWS)
    result = search(frame, tmp_path, tell=lambda event, **content: told.append(content.get("step")))
    assert "second_layer" in told
    assert best_of(result)["family"] in ("linear", "ensemble")
    assert "second_layer" not in {each["family"] for each in result["trials"]}


@pytest.mark.parametrize("part", ["fold", "whole"])
def test_a_worker_that_dies_over_it_costs_the_second_layer_and_not_the_vote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setattr(layers.Layer, part, lambda *given: os._exit(9))
    result = search(hidden_sum(), tmp_path)
    families = [each["family"] for each in result["trials"]]
    assert "second_layer" not in families and best_of(result)["family"] == "ensemble"


def test_a_search_that_is_killed_over_it_ends_with_the_same_one(
    layered: tuple[dict[str, Any], Path], tmp_path: Path
) -> None:
    done, _ = layered
    heard = tmp_path / "heard"
    tell = lambda event, **content: heard.touch() if content.get("step") == "second_layer" else None  # noqa: E731
    begun = multiprocessing.get_context("fork").Process(target=search, args=(hidden_sum(), tmp_path, tell))
    begun.start()
    while begun.is_alive() and not heard.exists():
        time.sleep(0.01)
    begun.kill()
    begun.join()
    assert heard.exists() and not (tmp_path / "result.json").exists()

    again = best_of(search(hidden_sum(), tmp_path))
    for name in ("family", "cv_score", "fold_scores", "learns_from"):
        assert again[name] == best_of(done)[name]


def test_few_rows_get_no_second_layer(tmp_path: Path) -> None:
    result = search(hidden_sum(800), tmp_path)
    assert "second_layer" not in {each["family"] for each in result["trials"]}


def a_study(monkeypatch: pytest.MonkeyPatch, budget: float) -> Any:
    """Boosting and a forest took a second for each of five folds."""
    records = [
        {"family": f, "fold_seconds": [1.0] * 5, "store_seconds": 0.5} for f in ("lightgbm", "extra_trees")
    ]
    monkeypatch.setattr(layers, "models_below", lambda study: records)
    return SimpleNamespace(
        records=records, parts=[()] * 5, plan=SimpleNamespace(threads=1), clock=Clock(budget)
    )


def test_it_is_not_tried_where_it_would_take_more_than_its_share_of_the_budget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    needed = layers.layering_seconds(a_study(monkeypatch, 300.0), workers=1)
    assert 15 < needed < 30
    assert layers.layering_seconds(a_study(monkeypatch, needed / layers.SHARE - 1), workers=1) == 0.0
    assert layers.layering_seconds(a_study(monkeypatch, 300.0), workers=2) < needed


def test_training_ends_so_early_that_the_second_layer_and_the_vote_have_their_time() -> None:
    clock = Clock(300.0)
    before = clock.left
    clock.keep_for_joining(5.0, 20.0)
    assert before - clock.left == pytest.approx(25.0, abs=0.1)
    with pytest.raises(OutOfTime):
        Until(-1.0).check()


def trained(task: str) -> tuple[list[Any], Any, Any]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 4))
    score = x[:, 0] + rng.normal(0, 0.3, 300)
    y = {"regression": score, "binary": (score > 0).astype(int)}.get(task, np.digitize(score, [-0.5, 0.5]))
    kinds: Any = (LinearRegression(), ExtraTreesRegressor(30, random_state=0))
    if task != "regression":
        kinds = (LogisticRegression(), ExtraTreesClassifier(30, random_state=0))
    return [kind.fit(x, y) for kind in kinds], x, y


@pytest.mark.parametrize(("task", "classes"), [("regression", 0), ("binary", 2), ("multiclass", 3)])
def test_answers_stand_side_by_side_as_the_layer_learned_them(task: str, classes: int) -> None:
    models, x, _ = trained(task)
    found = answers_of(models, task, classes, ["a", "b"]).transform(x)
    said = [m.predict(x) if task == "regression" else m.predict_proba(x) for m in models]
    binary = [each[:, 1:] if task == "binary" else each for each in said]
    assert np.array_equal(found, np.column_stack(binary))


def test_a_vote_and_a_curve_are_stored_with_each_member_once(tmp_path: Path) -> None:
    models, x, _ = trained("binary")
    alone = sum(
        save_model(tmp_path / f"m{place}", each, {}, {})["size_bytes"] for place, each in enumerate(models)
    )
    vote = vote_of(models, [0.3, 0.7], "binary", 2)
    curve = LogisticRegression().fit(models[0].predict_proba(x)[:, 1:], (x[:, 0] > 0).astype(int))
    for name, joined in (("vote", vote), ("curve", with_curve(vote, curve, 2))):
        stored = save_model(tmp_path / name, joined, {}, {})
        assert stored["size_bytes"] < 1.2 * alone
        again, _, _ = load_model(tmp_path / name, stored["sha256"])
        assert np.array_equal(again.predict_proba(x), joined.predict_proba(x))
