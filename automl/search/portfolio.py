"""The candidates: plain scikit-learn pipelines in order of expected gain per second."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SMALL = 12_000  # rows below which forests may have many trees
MANY_TREES, FEW_TREES = 120, 80
# Rows in a leaf of a random forest of classes; on five of seven tables 4 gave a better log loss than 2, on titanic and
# wine_quality not. The other kind keeps 2, and drawn forests try what lies between and beyond.
CALM_LEAF = 5
MORE_TREES = 2.0  # times, of a drawn forest when there is time
FOREST_BYTES = 200_000_000  # in memory, beyond which a drawn forest has no more trees than a fixed one: it must be served, too
NODE_BYTES = 64  # and 8 for each class
FORESTS = ("extra_trees", "random_forest")


@dataclass(frozen=True)
class Candidate:
    """One entry of the portfolio: how columns are coded, which model, with which settings."""

    name: str
    family: str
    coding: str
    settings: dict[str, Any] = field(default_factory=dict)
    cost: float = 1.0  # seconds relative to the default LightGBM, measured on the study tables
    is_baseline: bool = False
    is_simple: bool = False
    log_target: bool = False
    max_rows: int | None = None  # train on so many rows only (a rung of the ladder)
    tuned: bool = False  # drawn by the search of settings, not from the fixed list


@dataclass(frozen=True)
class Shape:
    """What the portfolio needs to know about the training table."""

    task: str
    rows: int
    columns: int
    categories: int
    high_cardinality: int
    classes: int
    skewed_target: bool = False
    texts: int = 0
    distinct: dict[str, int] = field(default_factory=dict)  # categories per categorical column


def portfolio(shape: Shape) -> list[Candidate]:
    """List the fixed candidates, best expected gain per second first.

    The order *is* the policy for small budgets: a constant and a simple model come first
    because every result is judged against them.
    """
    listed = [
        Candidate("constant", "baseline", "ordinal", is_baseline=True, cost=0.05),
        Candidate("linear", "linear", "onehot", is_simple=True, cost=0.4),
    ]
    listed += _first_trees(shape)
    if shape.texts:
        listed.insert(3, Candidate("words_linear", "linear", "words", cost=1.5))
    listed += _more_trees(shape)
    network = {"hidden_layer_sizes": (96, 48), "alpha": 1e-3}
    listed.append(Candidate("network", "network", "scaled", network, cost=3.0))
    return listed


def _rate(shape: Shape) -> float:
    return 0.05 if shape.rows < 20_000 else 0.08


def trees_of(shape: Shape, budget: float, leaf: int) -> int:
    """Trees of a drawn forest: as many as in the fixed ones, up to twice as many with time and while it stays small.

    Parameters
    ----------
    budget : float
        Seconds of the search; below 100 there is time for no more, from 200 on for all.
    leaf : int
        Least rows in a leaf; a tree has at most twice as many nodes as leaves.
    """
    usual = FEW_TREES if shape.rows > SMALL else MANY_TREES
    one = 2 * shape.rows / leaf * (NODE_BYTES + 8 * max(1, shape.classes))
    return max(usual, int(min(usual * min(max(1.0, budget / 100), MORE_TREES), FOREST_BYTES / one)))


def _forest(shape: Shape, regression_share: float, leaf: int = 2) -> dict[str, Any]:
    """Settings of a fixed forest; ``leaf`` is the least number of rows in one of a classifier's leaves."""
    regression = shape.task == "regression"
    return {
        "n_estimators": FEW_TREES if shape.rows > SMALL else MANY_TREES,
        "min_samples_leaf": 1 if regression else leaf,
        "max_features": regression_share if regression else "sqrt",
    }


def _readable(shape: Shape) -> dict[str, Any]:
    """A tree that fits on a page: at most eight rules, each resting on enough rows."""
    return {"max_depth": 4, "max_leaf_nodes": 8, "min_samples_leaf": max(5, shape.rows // 100)}


def _first_trees(shape: Shape) -> list[Candidate]:
    """Boosting with ordinary settings, extremely random trees, and boosting with few leaves."""
    usual: dict[str, Any] = {
        "learning_rate": _rate(shape),
        "num_leaves": 31 if shape.rows > 2_000 else 15,
        "min_child_samples": 20 if shape.rows > 2_000 else 10,
        "colsample_bytree": 0.8,
    }
    small: dict[str, Any] = {"num_leaves": 7, "min_child_samples": 20, "colsample_bytree": 0.5}
    listed = [
        _boosting("lightgbm", **usual),
        Candidate("extra_trees", "extra_trees", "ordinal_filled", _forest(shape, 0.75), cost=1.5),
        Candidate("small_tree", "tree", "ordinal_filled", _readable(shape), cost=0.3, is_simple=True),
    ]
    if shape.skewed_target:
        listed.append(_boosting("lightgbm_log", log_target=True, **usual))
    listed.append(_boosting("lightgbm_small", learning_rate=_rate(shape), reg_lambda=3.0, **small))
    return listed


def _more_trees(shape: Shape) -> list[Candidate]:
    """Boosting on other codings, extra random boosting, binned numbers, a forest, and boosting with many leaves."""
    sampled: dict[str, Any] = {"subsample": 0.9, "subsample_freq": 1}
    target = {"num_leaves": 24, "min_child_samples": 14, "colsample_bytree": 0.5} | sampled
    apart = {"num_leaves": 15, "min_child_samples": 20, "colsample_bytree": 0.6} | sampled
    extra = {"num_leaves": 31, "min_child_samples": 10, "colsample_bytree": 0.6} | sampled
    large = {"num_leaves": 96, "min_child_samples": 5, "colsample_bytree": 0.7} | sampled
    rate = _rate(shape)
    listed = []
    if shape.categories:
        listed.append(_boosting("lightgbm_target", "target", 1.6, learning_rate=rate * 0.7, **target))
        listed.append(_boosting("lightgbm_onehot", "onehot", 1.5, learning_rate=rate, **apart))
    return [
        *listed,
        _boosting("lightgbm_extra", extra_trees=True, learning_rate=rate, **extra),
        Candidate("binned_linear", "linear", "binned", cost=1.0),
        Candidate(
            "random_forest", "random_forest", "ordinal_filled", _forest(shape, 0.5, CALM_LEAF), cost=2.0
        ),
        _boosting("lightgbm_large", cost=3.0, learning_rate=0.04, **large),
    ]


def _boosting(
    name: str, coding: str = "ordinal", cost: float = 1.0, *, log_target: bool = False, **settings: Any
) -> Candidate:
    return Candidate(name, "lightgbm", coding, settings, cost=cost, log_target=log_target)
