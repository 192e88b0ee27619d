"""Joining trained pipelines as stock scikit-learn: a vote of several, and a curve over the probabilities of one."""

from __future__ import annotations

from typing import Any

import numpy as np


def with_curve(below: Any, curve: Any, classes: int) -> Any:
    """A trained classifier with a logistic curve over its probabilities."""
    from sklearn.ensemble import StackingClassifier
    from sklearn.preprocessing import LabelEncoder
    from sklearn.utils import Bunch

    stack = StackingClassifier([("best", below)], cv="prefit", stack_method="predict_proba")
    stack.final_estimator_ = curve
    stack.estimators_, stack.stack_method_ = [below], ["predict_proba"]
    stack.named_estimators_ = Bunch(best=below)
    stack._label_encoder = LabelEncoder().fit(np.arange(classes))
    stack.classes_ = stack._label_encoder.classes_
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
    from sklearn.ensemble import VotingClassifier, VotingRegressor
    from sklearn.preprocessing import LabelEncoder

    if len(pipelines) == 1:
        return pipelines[0]
    named = list(zip(names or [f"member_{place}" for place in range(len(pipelines))], pipelines, strict=True))
    if task == "regression":
        vote = VotingRegressor(named, weights=weights)
    else:
        vote = VotingClassifier(named, voting="soft", weights=weights, flatten_transform=False)
        vote.le_ = LabelEncoder().fit(np.arange(classes))
        vote.classes_ = vote.le_.classes_
    vote.estimators_ = list(pipelines)
    return vote
