"""When a search draws settings of a forest, and which."""

from types import SimpleNamespace
from typing import Any

import pytest

from automl.search import portfolio
from automl.search.portfolio import Shape
from automl.search.tuning import EXPLORED, LARGEST_LEAF, drawn

TURNS = range(20, 28)


def after(
    forest: float, *, rows: int = 5_000, drawn_before: int = 0, budget: float = 60, ladder: Any = ()
) -> Any:
    """A study where the constant loses 1.0, boosting 0.5 and the one fixed forest as told; drawn ones were dropped."""
    losses = {"baseline": 1.0, "lightgbm": 0.5, "extra_trees": forest}
    settings = {"extra_trees": {"max_features": "sqrt", "min_samples_leaf": 2, "n_estimators": 120}}
    finished = [
        {
            "name": family, "family": family, "fold_losses": [loss] * 5, "is_baseline": family == "baseline",
            "settings": settings.get(family, {}), "coding": "ordinal", "tuned": False,
        }
        for family, loss in losses.items()
    ]  # fmt: skip
    dropped = finished[2] | {"fold_losses": [0.9], "folds_known": [0], "tuned": True}
    return SimpleNamespace(
        shape=Shape("binary", rows, 9, 0, 0, 2), finished=finished, records=finished + [dropped] * drawn_before,
        ladder=ladder, bulk=None, question=SimpleNamespace(seed=0, budget_seconds=budget), loss=lambda record: 0.0,
    )  # fmt: skip


def families(study: Any) -> list[str]:
    """L for boosting, F for a forest, turn by turn."""
    return ["L" if drawn(study, number).family == "lightgbm" else "F" for number in TURNS]


def test_every_second_draw_is_of_a_forest_while_one_leads() -> None:
    assert families(after(0.5)) == list("FLFLFLFL")
    assert families(after(0.4)) == list("FLFLFLFL")


def test_every_fourth_draw_is_of_a_forest_while_one_is_close_or_few_were_drawn() -> None:
    assert families(after(0.54, drawn_before=EXPLORED)) == list("FLLLFLLL")
    assert families(after(0.8)) == list("FLLLFLLL")
    assert families(after(0.54, rows=40_000)) == list("FLLLFLLL")


@pytest.mark.parametrize("lost", [after(0.8, drawn_before=EXPLORED), after(0.8, rows=40_000)])
def test_forests_far_behind_are_not_drawn_again_nor_at_all_on_many_rows(lost: Any) -> None:
    assert families(lost) == ["L"] * len(TURNS)


def test_a_large_table_draws_boosting_only() -> None:
    assert families(after(0.4, ladder=(1, 2))) == ["L"] * len(TURNS)


def test_a_drawn_forest_is_the_same_each_time_and_has_more_trees_when_there_is_time() -> None:
    chosen = drawn(after(0.4), 20)

    assert chosen == drawn(after(0.4), 20)
    assert chosen.tuned and chosen.coding == "ordinal_filled" and chosen.name == f"{chosen.family}_tuned_20"
    assert 1 <= chosen.settings["min_samples_leaf"] <= LARGEST_LEAF
    assert 0 < chosen.settings["max_features"] <= 1
    assert chosen.settings["n_estimators"] == portfolio.MANY_TREES
    assert drawn(after(0.4, budget=300), 20).settings["n_estimators"] == 2 * portfolio.MANY_TREES
    assert drawn(after(0.4, rows=40_000), 20).settings["n_estimators"] == portfolio.FEW_TREES


def test_draws_go_to_small_leaves_where_small_leaves_won() -> None:
    study = after(0.4)
    for leaf, loss in ((1, 0.30), (1, 0.31), (2, 0.33), (8, 0.6), (12, 0.65), (24, 0.8), (30, 0.85)):
        settings = {"max_features": 0.4, "min_samples_leaf": leaf, "n_estimators": 120}
        study.records.append(
            study.finished[2] | {"settings": settings, "fold_losses": [loss] * 5, "tuned": True}
        )

    leaves = [drawn(study, number).settings["min_samples_leaf"] for number in range(20, 60, 2)]

    assert sum(leaf <= 4 for leaf in leaves) > len(leaves) / 2


def test_a_forest_that_would_be_large_gets_few_more_trees_or_none_however_much_time_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(portfolio, "MANY_TREES", 120)

    def trees(rows: int, classes: int, leaf: int) -> int:
        return portfolio.trees_of(Shape("multiclass", rows, 12, 0, 0, classes), 300, leaf)

    assert trees(4_900, 7, leaf=8) == 240
    assert trees(4_900, 7, leaf=1) == int(portfolio.FOREST_BYTES / (2 * 4_900 * 120)) == 170
    assert trees(12_000, 60, leaf=1) == 120
