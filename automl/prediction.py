"""Asking a pipeline for predictions in the engine's own shape."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def predict(pipeline: Any, ready: pd.DataFrame, task: str, classes: int) -> NDArray[np.float64]:
    """Predict model columns.

    Returns
    -------
    ndarray
        Shape (rows,) for regression; else (rows, classes) with a column for every class, zero
        for one that the pipeline never saw.
    """
    if task == "regression":
        return np.asarray(pipeline.predict(ready), dtype="float64").ravel()
    return align(pipeline.predict_proba(ready), pipeline.classes_, classes)


def align(probabilities: NDArray[np.float64], seen: NDArray[np.int64], classes: int) -> NDArray[np.float64]:
    """Spread the columns of seen classes over all classes, and over higher ones that only the pipeline knows."""
    places = np.asarray(seen, dtype=int)
    classes = max(classes, int(places.max()) + 1)
    if probabilities.shape[1] == classes:
        return np.asarray(probabilities, dtype="float64")
    spread = np.zeros((len(probabilities), classes))
    spread[:, places] = probabilities
    return spread
