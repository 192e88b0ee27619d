"""What a search tries next, what it gives up after one fold, and when a vote is kept."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from automl.metrics import METRICS
from automl.search import ensemble
from automl.search.clock import Clock
from automl.search.ensemble import EQUAL_ROWS, ensemble_unit, steadied
from automl.search.portfolio import Candidate, Shape, portfolio
from automl.search.proposals import HUNGRY, propose
from automl.search.trials import Trial, _far_behind, blank_record

SHAPE = Shape("regression", 13_000, 14, 2, 0, 0)


def after_boosting(rounds: int) -> Any:
    """A study whose first three candidates are done; boosting took so many rounds on each fold."""
    finished = [{"name": "lightgbm", "rounds": [rounds] * 5}]
    return SimpleNamespace(shape=SHAPE, finished=finished, ladder=(), bulk=None)


def test_large_trees_come_next_and_small_ones_not_at_all_where_boosting_needs_very_many_rounds() -> None:
    listed = [each.name for each in portfolio(SHAPE)]
    calm, hungry = after_boosting(HUNGRY - 1), after_boosting(HUNGRY)

    assert [propose(calm, number).name for number in range(1, len(listed) + 1)] == listed
    assert propose(hungry, 4).name == "lightgbm_large"
    others = [propose(hungry, number).name for number in range(5, len(listed))]
    assert others == [n for n in listed[3:] if n not in ("lightgbm_large", "lightgbm_small")]


def tried(left: float, seconds: float, loss: float, family: str = "random_forest") -> Trial:
    """A forest, or boosting, after its first of five folds on two workers; the constant lost 1.0 there, the best model 0.5."""
    known = [
        {"fold_losses": [1.0], "is_baseline": True},
        {"fold_losses": [0.5], "is_baseline": False, "family": "linear"},
    ]
    study: Any = SimpleNamespace(finished=known, parts=[()] * 5, clock=SimpleNamespace(left=left))
    wanted = Candidate(family, family, "ordinal_filled")
    team: Any = SimpleNamespace(size=2)
    record = blank_record(wanted, 9) | {"fold_losses": [loss]}
    return Trial(study, team, wanted, record, {0: (np.zeros(1), 0, seconds)})


def test_what_takes_much_of_the_time_left_must_come_near_the_best_after_one_fold() -> None:
    assert not _far_behind(tried(left=100, seconds=1, loss=0.6))
    assert _far_behind(tried(left=100, seconds=10, loss=0.6))
    assert not _far_behind(tried(left=100, seconds=10, loss=0.51))
    assert _far_behind(tried(left=100, seconds=1, loss=0.8))


def test_the_first_boosting_is_kept_however_much_of_the_time_it_takes() -> None:
    assert not _far_behind(tried(left=100, seconds=10, loss=0.6, family="lightgbm"))
    assert _far_behind(tried(left=100, seconds=10, loss=0.8, family="lightgbm"))


@pytest.mark.parametrize("rows", [10, EQUAL_ROWS, 1_000_000])
def test_weights_are_drawn_towards_equal_ones_the_more_the_fewer_rows_chose_them(rows: int) -> None:
    found = steadied({3: 0.9, 5: 0.1}, rows)

    share = EQUAL_ROWS / (EQUAL_ROWS + rows)
    assert sum(found.values()) == pytest.approx(1)
    assert found[3] == pytest.approx(0.9 - 0.4 * share)


@pytest.mark.parametrize(("vote", "kept"), [(0.81, True), (0.799, True), (0.78, False)])
def test_a_vote_is_kept_unless_it_loses_to_the_best_single_model_by_more_than_chance(
    monkeypatch: pytest.MonkeyPatch, vote: float, kept: bool
) -> None:
    metric = METRICS["binary"]["roc_auc"]
    rows = [
        {"number": n, "is_baseline": False, "cv_score": 0.8, "cv_std": 0.02, "store_seconds": 0.1, "name": f"m{n}"}
        for n in (1, 2)
    ]  # fmt: skip
    study: Any = SimpleNamespace(
        finished=rows, records=rows, ranked=rows, metric=metric, clock=Clock(60), pipeline=lambda n: n,
        loss=lambda r: metric.loss(r["cv_score"]), best=lambda: rows[0], oof=lambda n: np.full((4, 2), 0.5),
        plan=SimpleNamespace(task="regression"),
    )  # fmt: skip
    monkeypatch.setattr(ensemble, "_honest_scores", lambda *_: ([vote], 0.8))
    monkeypatch.setattr(ensemble, "_portable", lambda *_: {1: 0.5, 2: 0.5})
    monkeypatch.setattr(ensemble, "_vote", lambda *_: None)
    monkeypatch.setattr(ensemble, "measure", lambda *_: {})

    made = ensemble_unit(study)

    assert (made is not None) == kept
    assert made is None or (made[0]["wins"] and made[0]["cv_score"] == vote)
