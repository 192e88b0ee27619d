"""Joining trained pipelines as stock scikit-learn: a vote, a curve over probabilities, answers as columns.

As after ``fit``, ``estimators`` holds untrained copies and ``estimators_`` what was trained: skops
writes an object once for each name it has, so a vote that held its members twice was twice as large.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def with_curve(below: Any, curve: Any, classes: int) -> Any:
    """A trained classifier with a logistic curve over its probabilities."""
    stack = answers_of([below], "classification", classes, ["best"])
    stack.final_estimator_ = curve
    return stack


def curve_of(found: dict[str, Any]) -> Any:
    """A logistic curve from the numbers it consists of: ``coef``, ``intercept`` and ``classes``."""
    from sklearn.linear_model import LogisticRegression

    curve = LogisticRegression(C=100.0, max_iter=300)
    curve.coef_, curve.intercept_ = np.array(found["coef"]), np.array(found["intercept"])
    curve.classes_, curve.n_features_in_ = np.array(found["classes"]), curve.coef_.shape[1]
    return curve


def vote_of(
    pipelines: list[Any], weights: list[float], task: str, classes: int, names: list[str] | None = None
) -> Any:
    """A weighted vote of trained pipelines, named as told or by their place; one alone is itself."""
    from sklearn.base import clone
    from sklearn.ensemble import VotingClassifier, VotingRegressor
    from sklearn.preprocessing import LabelEncoder

    if len(pipelines) == 1:
        return pipelines[0]
    names = names or [f"member_{place}" for place in range(len(pipelines))]
    named = [(name, clone(each)) for name, each in zip(names, pipelines, strict=True)]
    if task == "regression":
        vote = VotingRegressor(named, weights=weights)
    else:
        vote = VotingClassifier(named, voting="soft", weights=weights, flatten_transform=False)
        vote.le_ = LabelEncoder().fit(np.arange(classes))
        vote.classes_ = vote.le_.classes_
    vote.estimators_ = list(pipelines)
    return vote


def answers_of(pipelines: list[Any], task: str, classes: int, names: list[str]) -> Any:
    """A transformer whose columns are the answers of trained pipelines: a stacking without a model on top.

    Of a yes/no question only the probability of the second class, as scikit-learn does it. Every
    ``task`` but ``regression`` has classes.
    """
    from sklearn.base import clone
    from sklearn.ensemble import StackingClassifier, StackingRegressor
    from sklearn.preprocessing import LabelEncoder

    named = [(name, clone(each)) for name, each in zip(names, pipelines, strict=True)]
    if task == "regression":
        stack = StackingRegressor(named, cv="prefit")
        stack.stack_method_ = ["predict"] * len(named)
    else:
        stack = StackingClassifier(named, cv="prefit", stack_method="predict_proba")
        stack.stack_method_ = ["predict_proba"] * len(named)
        stack._label_encoder = LabelEncoder().fit(np.arange(classes))
        stack.classes_ = stack._label_encoder.classes_
    stack.estimators_ = list(pipelines)
    return stack
