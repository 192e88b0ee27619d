"""Two models on the same rows: published tests, and no verdict out of luck."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from automl.__main__ import main
from automl.compare import delong, mcnemar, paired_bootstrap
from automl.files import read_json
from automl.metrics import METRICS
from tests.automl.conftest import Searched


def scores(rows: int, seed: int, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Truth and a score that knows something of it."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, rows)
    return y, y * strength + rng.normal(0, 1, rows)


def test_delong_agrees_with_the_bootstrap_of_the_same_rows() -> None:
    y, first = scores(400, 0, 1.5)
    second = first + np.random.default_rng(1).normal(0, 1, 400)

    exact = delong(y, first, second)
    both = (np.column_stack([-each, each]) for each in (first, second))
    drawn = paired_bootstrap("binary", "roc_auc", y, *both)

    assert exact["difference"] == pytest.approx(drawn["difference"], abs=1e-12)
    assert exact["low"] == pytest.approx(drawn["low"], abs=0.012)
    assert exact["high"] == pytest.approx(drawn["high"], abs=0.012)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 4)), min_size=4, max_size=40))
def test_delong_measures_the_difference_of_the_two_areas_and_turns_with_its_order(
    rows: list[tuple[bool, int, int]],
) -> None:
    y = np.array([0, 1, 0, 1, *(int(row[0]) for row in rows)])
    first = np.array([0, 1, 2, 3, *(row[1] for row in rows)], dtype=float)
    second = np.array([3, 1, 2, 0, *(row[2] for row in rows)], dtype=float)
    auc = METRICS["binary"]["roc_auc"].function
    areas = [auc(y, np.column_stack([-each, each]), np.ones(len(y))) for each in (first, second)]

    one, other = delong(y, first, second), delong(y, second, first)

    assert one["difference"] == pytest.approx(areas[0] - areas[1], abs=1e-9)
    assert one["difference"] == pytest.approx(-other["difference"])
    assert one["p"] == pytest.approx(other["p"]) and 0 <= one["p"] <= 1


def test_mcnemar_is_the_exact_test_of_the_rows_that_differ() -> None:
    first = np.array([1] * 90 + [1] * 10 + [0] * 2)
    second = np.array([1] * 90 + [0] * 10 + [1] * 2)

    found = mcnemar(first, second)

    assert (found["only_first"], found["only_second"]) == (10, 2)
    assert found["p"] == pytest.approx(0.03857421875)  # two-sided binomial of 2 in 12
    assert found["difference"] == pytest.approx(8 / 102)


def test_the_same_model_twice_is_never_better() -> None:
    y = np.arange(50.0)

    found = paired_bootstrap("regression", "rmse", y, y + 1, y + 1)

    assert found["p"] == 1.0 and found["difference"] == 0


def test_luck_is_called_luck_about_nineteen_times_in_twenty() -> None:
    called = 0
    for seed in range(200):
        y, _ = scores(120, seed, 0)
        rng = np.random.default_rng(1000 + seed)
        base = y + rng.normal(0, 1, 120)
        called += delong(y, base + rng.normal(0, 1, 120), base + rng.normal(0, 1, 120))["p"] < 0.05

    assert called <= 20


def test_the_command_compares_two_trials_of_a_search(
    searched: Callable[[str], Searched], tmp_path: Path
) -> None:
    done, out = searched("binary"), tmp_path / "out.json"
    table, asked, models = done.table, done.asked, done.work / "models"
    ask = ["compare", "--table", str(table), "--question", str(asked), "--out", str(out)]

    assert main([*ask, "--model", str(models / "trial_2"), "--other", str(models / "trial_1")]) == 0
    found = read_json(out)
    auc = next(each for each in found["tests"] if each["name"] == "roc_auc")
    assert found["rows"] == 120 and auc["test"] == "delong"
    assert auc["better"] == 0 and auc["second"] == 0.5 and auc["p"] < 0.001
    assert found["sentences"][0]["code"] == "compare_better"

    same = ["--model", str(models / "trial_2"), "--other", str(models / "trial_2")]
    assert main([*ask, *same]) == 0
    assert read_json(out)["sentences"][0]["code"] == "compare_same" and read_json(out)["agreement"] == 1
    assert main([*ask, *same, "--other-sha256", "0" * 64]) == 3
    assert read_json(out)["problem"]["code"] == "model_integrity"
