"""Loads this folder for MLflow: ``mlflow.pyfunc.load_model(folder).predict(rows)``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from automl.scoring import Scorer  # the copy beside this file


class Model:
    """What MLflow asks for predictions."""

    def __init__(self, scorer: Scorer) -> None:
        self.scorer = scorer

    def predict(self, rows: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Predict checked rows; raises ValueError with the reasons when they do not fit."""
        checked, _warnings, errors = self.scorer.validate(pd.DataFrame(rows).astype(object))
        if errors:
            raise ValueError("; ".join(each["message"] % each["params"] for each in errors))
        return self.scorer.predict(checked)


def _load_pyfunc(path: str) -> Model:
    return Model(Scorer(Path(path)))
