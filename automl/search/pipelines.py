"""Building the pipelines: only stock scikit-learn transformers and LightGBM, so they are portable."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.decomposition import TruncatedSVD
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    KBinsDiscretizer,
    OneHotEncoder,
    OrdinalEncoder,
    QuantileTransformer,
    StandardScaler,
    TargetEncoder,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from automl.search.portfolio import Candidate

MAX_TREES = 2_000  # boosting rounds; early stopping ends far before on most tables
WORDS = 2_000  # words of one free-text column that are weighed
TOPICS = 16  # what trees see of them: directions in which texts differ most


def coding(kind: str, recipe: dict[str, Any], task: str, seed: int) -> ColumnTransformer:
    """Build the column coding of one kind.

    Parameters
    ----------
    kind : str
        ``ordinal``, ``ordinal_filled``, ``target``, ``onehot``, ``binned``, ``words`` or
        ``scaled``.
    recipe : dict
        With ``numeric``, ``categorical``, ``high_cardinality`` and ``text`` names.

    Returns
    -------
    sklearn.compose.ColumnTransformer
        Numbers first, texts last; dense, but for ``words``.
    """
    numbers, categories = recipe["numeric"], recipe["categorical"]
    filled = SimpleImputer(strategy="median", keep_empty_features=True)
    onehot = OneHotEncoder(
        handle_unknown="ignore",
        min_frequency=10,
        max_categories=60,
        sparse_output=False,
        dtype=np.float32,
    )
    scaled = make_pipeline(filled, StandardScaler())
    if kind in ("ordinal", "ordinal_filled"):
        first = filled if kind == "ordinal_filled" else "passthrough"
        parts = [("numbers", first, numbers), ("categories", _ordinal(recipe), categories)]
    elif kind == "target":
        target_type = {"regression": "continuous"}.get(task, task)
        encoder = TargetEncoder(cv=5, random_state=seed, target_type=target_type)
        parts = [("numbers", "passthrough", numbers), ("categories", encoder, categories)]
    elif kind in ("onehot", "words"):
        parts = [("numbers", scaled, numbers), ("categories", onehot, categories)]
    else:
        wide = _bins(filled) if kind == "binned" else _ranks(filled, seed)
        parts = [("numbers", scaled, numbers), ("wide", wide, numbers), ("categories", onehot, categories)]
    parts = [part for part in parts if part[2]]
    return ColumnTransformer([*parts, *_texts(kind, recipe, seed)], sparse_threshold=float(kind == "words"))


def _ordinal(recipe: dict[str, Any]) -> OrdinalEncoder:
    rare = 3 if recipe["high_cardinality"] else None
    return OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, min_frequency=rare)


def _texts(kind: str, recipe: dict[str, Any], seed: int) -> list[tuple[str, Any, str]]:
    """Free text: weighed words for a linear model, the directions they span for all others."""
    made = []
    for number, name in enumerate(recipe.get("text", [])):
        words = TfidfVectorizer(max_features=WORDS, min_df=3, sublinear_tf=True)
        topics = make_pipeline(words, TruncatedSVD(TOPICS, random_state=seed))
        made.append((f"text_{number}", words if kind == "words" else topics, name))
    return made


def width(kind: str, recipe: dict[str, Any], distinct: dict[str, int]) -> int:
    """About how many columns a coding makes, for an estimate of its memory."""
    numbers, categories = len(recipe["numeric"]), len(recipe["categorical"])
    texts = 30 if kind == "words" else TOPICS  # weighed words are few per text
    made = len(recipe.get("text", [])) * texts
    if kind in ("ordinal", "ordinal_filled", "target"):
        return numbers + categories + made
    per_number = {"binned": 13, "scaled": 2}.get(kind, 1)
    return numbers * per_number + sum(min(60, count) for count in distinct.values()) + made


def _bins(filled: SimpleImputer) -> Pipeline:
    bins = KBinsDiscretizer(
        12,
        encode="onehot-dense",
        strategy="quantile",
        quantile_method="averaged_inverted_cdf",
        dtype=np.float32,
    )
    return make_pipeline(filled, bins)


def _ranks(filled: SimpleImputer, seed: int) -> Pipeline:
    even = QuantileTransformer(n_quantiles=100, subsample=20_000, random_state=seed)
    return make_pipeline(filled, even, StandardScaler())


FORESTS = {
    ("extra_trees", False): ExtraTreesClassifier,
    ("extra_trees", True): ExtraTreesRegressor,
    ("random_forest", False): RandomForestClassifier,
    ("random_forest", True): RandomForestRegressor,
}


def model(candidate: Candidate, task: str, rows: int, seed: int, threads: int) -> Any:
    """Build the unfitted model of a candidate (the last step of its pipeline)."""
    regression = task == "regression"
    if candidate.family == "baseline":
        return DummyRegressor() if regression else DummyClassifier(strategy="prior")
    if candidate.family == "linear":
        if regression:
            return RidgeCV(alphas=np.logspace(-2, 3, 11))
        return LogisticRegression(C=0.3, max_iter=200, tol=1e-3)
    if candidate.family == "tree":
        tree = DecisionTreeRegressor if regression else DecisionTreeClassifier
        return tree(random_state=seed, **candidate.settings)
    if candidate.family == "lightgbm":
        import lightgbm

        kind = lightgbm.LGBMRegressor if regression else lightgbm.LGBMClassifier
        # deterministic and row-wise: the same seed gives the same trees on any number of threads
        return kind(
            n_estimators=MAX_TREES,
            n_jobs=threads,
            random_state=seed,
            verbose=-1,
            deterministic=True,
            force_row_wise=True,
            **candidate.settings,
        )
    if candidate.family == "network":
        kind = MLPRegressor if regression else MLPClassifier
        return kind(
            max_iter=int(np.clip(200_000 / rows, 8, 120)),
            early_stopping=True,
            n_iter_no_change=8,
            batch_size=int(np.clip(rows // 30, 32, 512)),
            learning_rate_init=2e-3,
            random_state=seed,
            **candidate.settings,
        )
    return FORESTS[candidate.family, regression](n_jobs=threads, random_state=seed, **candidate.settings)


def assemble(candidate: Candidate, prepare: ColumnTransformer, estimator: Any) -> Pipeline:
    """Join coding and model; a logarithmic target is undone inside the pipeline."""
    if candidate.log_target:
        estimator = with_log_target(estimator)
    return Pipeline([("prepare", prepare), ("model", estimator)])


def with_log_target(estimator: Any) -> TransformedTargetRegressor:
    """Wrap a regressor so that it learns log(1 + y) and answers in y."""
    return TransformedTargetRegressor(estimator, func=np.log1p, inverse_func=np.expm1, check_inverse=False)
