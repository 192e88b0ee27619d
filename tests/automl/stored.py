"""A small model on disk without a search: what matters in a test of scoring is the way to the model."""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from automl.modelstore import save_model
from automl.recipe import apply_recipe, build_recipe
from automl.reference import build_schema
from automl.search.pipelines import coding


def stored(place: Path, frame: pd.DataFrame, answers: np.ndarray, target: str = "bought") -> Path:
    """A linear yes/no model of these columns, stored as a search stores it."""
    recipe = build_recipe(frame, list(frame.columns))
    ready = apply_recipe(frame, recipe)
    prepare = coding("onehot", recipe, "binary", 0)
    steps = [("prepare", prepare), ("model", LogisticRegression(max_iter=500))]
    meta = {"task": "binary", "classes": ["no", "yes"], "positive_label": "yes", "threshold": 0.5}
    meta |= {"target": target, "name": "linear", "number": 1, "input_schema": build_schema(frame, recipe)}
    save_model(place, Pipeline(steps).fit(ready, answers), recipe, meta)
    return place


def visits(rows: int = 120) -> tuple[pd.DataFrame, np.ndarray]:
    """When somebody came, from which country and how often; whoever came late said yes."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "seen": pd.date_range("2024-01-01", periods=rows, freq="D"),
            "country": rng.choice(["FR", "DE", "BE"], rows).astype(object),
            "visits": rng.poisson(4, rows).astype(float),
        }
    )
    return frame, (np.arange(rows) + rng.normal(0, 20, rows) > rows / 2).astype(int)
