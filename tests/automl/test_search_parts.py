"""The parts of a search: the vote, honest probabilities, drawn settings, the ladder, texts."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as some

from automl.metrics import METRICS, log_loss
from automl.modelstore import load_model, save_model
from automl.recipe import apply_recipe, build_recipe
from automl.search.calibrating import cross_mended
from automl.search.clock import Clock
from automl.search.ensemble import MEMBERS, greedy
from automl.search.ladder import ladder_for, one_part, sample_of
from automl.search.portfolio import Shape, portfolio
from automl.search.training import Plan, train_all
from automl.search.tuning import drawn
from tests.automl.conftest import clients
from tests.automl.test_fit import Saved, run


def guesses(y: np.ndarray, noise: float, seed: int) -> np.ndarray:
    """Probabilities that are right but for noise."""
    logit = 2.0 * (2 * y - 1) + np.random.default_rng(seed).normal(0, noise, len(y))
    p = 1 / (1 + np.exp(-logit))
    return np.column_stack([1 - p, p])


@settings(max_examples=15, deadline=None)
@given(some.integers(0, 1_000), some.integers(2, 9))
def test_a_vote_is_never_worse_than_its_best_member_where_it_was_chosen(seed: int, count: int) -> None:
    y = np.random.default_rng(seed).integers(0, 2, 200)
    oofs = {n: guesses(y, 1.0 + n / 3, seed + n) for n in range(count)}
    proper, ones = METRICS["binary"]["log_loss"], np.ones(200)

    weights = greedy(proper, y, oofs, np.arange(200), seed)

    vote = sum(oofs[n] * w for n, w in weights.items())
    assert proper.function(y, vote, ones) <= min(proper.function(y, o, ones) for o in oofs.values()) + 1e-12  # type: ignore[arg-type]
    assert len(weights) <= MEMBERS and abs(sum(weights.values()) - 1) < 1e-9


def test_squeezed_probabilities_are_mended_and_honest_ones_hardly_change() -> None:
    rng = np.random.default_rng(0)
    truth = rng.uniform(0.02, 0.98, 3_000)
    y = (rng.random(3_000) < truth).astype(int)
    honest = np.column_stack([1 - truth, truth])
    squeezed = 0.5 + (honest - 0.5) * 0.3
    parts, ones = np.array_split(rng.permutation(3_000), 5), np.ones(3_000)

    mended, kept = cross_mended(squeezed, y, parts), cross_mended(honest, y, parts)

    assert mended is not None and kept is not None
    assert log_loss(y, mended, ones) < 0.95 * log_loss(y, squeezed, ones)
    assert log_loss(y, kept, ones) > 0.995 * log_loss(y, honest, ones)


def record(number: int, rate: float, loss: float) -> dict[str, Any]:
    given = {"learning_rate": rate, "num_leaves": 15, "min_child_samples": 10, "colsample_bytree": 0.8}
    return {
        "number": number, "name": f"lightgbm_{number}", "family": "lightgbm", "coding": "ordinal",
        "settings": given, "fold_losses": [loss, loss], "status": "finished",
    }  # fmt: skip


def asked(records: list[dict[str, Any]], seed: int = 0) -> Any:
    shape = Shape("binary", 500, 5, 2, 0, 2)
    question = SimpleNamespace(seed=seed)
    return SimpleNamespace(shape=shape, question=question, records=records, finished=[], ladder=(), bulk=None)


def test_drawn_settings_depend_on_seed_number_and_results_only() -> None:
    seen = [record(n, 0.03 + n / 50, 0.5 - n / 100) for n in range(1, 5)]

    first, again = drawn(asked(seen), 9), drawn(asked(seen), 9)

    assert first == again and first.tuned
    assert first != drawn(asked(seen), 10)
    assert first.settings != drawn(asked(seen, seed=1), 9).settings


def test_a_large_table_climbs_a_ladder_and_a_small_one_does_not() -> None:
    assert not ladder_for(20_000, 20, 5, 60, 1)
    rungs = ladder_for(800_000, 50, 5, 60, 1).rungs
    assert rungs[0] < 50_000 and rungs[-1] == 800_000 and list(rungs) == sorted(set(rungs))


def test_a_larger_sample_holds_the_smaller_one_and_one_part_is_capped() -> None:
    rows = np.arange(0, 4_000, 2)
    small, large = sample_of(rows, 100, 7), sample_of(rows, 900, 7)
    fit, valid = one_part([(np.arange(10), np.arange(10, 200_000))], 0)[0]

    assert set(small) <= set(large) <= set(rows) and len(small) == 100
    assert len(valid) == 50_000 and len(fit) == 10


def test_a_search_on_a_ladder_gives_a_model_that_saw_more_rows_than_the_first(
    saved: Saved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("automl.search.ladder.LARGE", 500)
    monkeypatch.setattr("automl.search.ladder.LEAST_ROWS", 200)
    monkeypatch.setattr("automl.search.ladder.FIRST_GUESS", 1e-2)

    result, _ = run(
        saved, tmp_path, clients(1_200), max_trials=7, budget_seconds=60, roles={"since": "exclude"}
    )

    rows = [t["train_rows"] for t in result["trials"] if t["family"] == "lightgbm" and t["artifact"]]
    assert rows[0] == 200 and max(rows) > 200
    assert result["split"]["folds"] == 1
    assert result["best_trial"] != result["baseline_trial"]


def reviews(rows: int = 400) -> tuple[pd.DataFrame, np.ndarray]:
    """Texts of which one word in twelve tells the answer."""
    rng = np.random.default_rng(0)
    words = np.array([f"word{n:03d}" for n in range(120)])
    y = rng.integers(0, 2, rows)
    texts = [" ".join([*rng.choice(words, 11), "lovely" if each else "broken"]) for each in y]
    return pd.DataFrame({"review": texts, "number": rng.normal(size=rows)}), y


def test_words_of_free_text_are_read_and_survive_storing(tmp_path: Path) -> None:
    frame, y = reviews()
    recipe = build_recipe(frame, list(frame.columns))
    ready = apply_recipe(frame, recipe)
    plan = Plan("binary", 2, recipe, 0, 1, Clock(100))
    candidates = {c.name: c for c in portfolio(Shape("binary", 300, 4, 0, 0, 2, texts=1))}

    assert recipe["text"] == ["review: text"]
    for name in ("words_linear", "lightgbm"):
        model = train_all(plan, candidates[name], ready[:300], y[:300], [40])
        save_model(tmp_path / name, model, recipe, {"name": name})
        again = load_model(tmp_path / name)[0]
        answer = again.predict_proba(ready[300:])
        assert np.array_equal(answer, model.predict_proba(ready[300:]))
        assert METRICS["binary"]["roc_auc"].function(y[300:], answer, np.ones(100)) > 0.8


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_every_candidate_of_the_fixed_list_can_be_stored_and_read_back(tmp_path: Path, task: str) -> None:
    frame = clients(200)
    recipe = build_recipe(frame, ["income", "region", "visits", "since"])
    ready, classes = apply_recipe(frame, recipe), 3 if task == "multiclass" else 2
    y: Any = np.arange(200) % classes if task != "regression" else frame["income"].to_numpy()
    plan = Plan(task, classes, recipe, 0, 1, Clock(100))
    for candidate in portfolio(Shape(task, 200, 8, 1, 0, classes, skewed_target=task == "regression")):
        model = train_all(plan, candidate, ready, y, [5])
        save_model(tmp_path / candidate.name, model, recipe, {})

        again = load_model(tmp_path / candidate.name)[0]

        assert np.array_equal(again.predict(ready), model.predict(ready)), candidate.name
