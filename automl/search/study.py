"""What a search works on and what it has found so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.large.coding import Bulk
from automl.metrics import METRICS, Metric
from automl.modelstore import load_model
from automl.question import Question
from automl.search.checkpoint import Checkpoint
from automl.search.clock import Clock
from automl.search.ladder import Ladder
from automl.search.portfolio import Candidate, Shape
from automl.search.training import Plan

Record = dict[str, Any]
Tell = Callable[..., None]


@dataclass
class Study:
    """Everything a search works on and what it has found so far."""

    question: Question
    plan: Plan
    shape: Shape
    metric: Metric
    train: tuple[pd.DataFrame, NDArray[Any]]
    test: tuple[pd.DataFrame, NDArray[Any]]
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64]]]
    checkpoint: Checkpoint
    models: Path
    meta: dict[str, Any]
    tell: Tell
    ladder: Ladder
    bulk: Bulk | None = None  # all rows of a large table; ``train`` holds the drawn ones
    scale: dict[str, int] | None = None
    records: list[Record] = field(default_factory=list)
    pipelines: dict[int, Any] = field(default_factory=dict)
    oofs: dict[int, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def clock(self) -> Clock:
        """The clock that all units share."""
        return self.plan.clock

    def beyond(self, wanted: Candidate) -> bool:
        """Whether a candidate asks for more rows of a large table than were drawn."""
        return self.bulk is not None and (wanted.max_rows or 0) > self.bulk.drawn

    @property
    def finished(self) -> list[Record]:
        """Records of trials with a model."""
        return [record for record in self.records if record["status"] == "finished"]

    @property
    def ranked(self) -> list[Record]:
        """Records of models, the best cross-validated score first; without the constant."""
        models = [record for record in self.finished if not record["is_baseline"]]
        return sorted(models, key=lambda r: (self.loss(r), r["number"]))

    @property
    def proper(self) -> Metric:
        """The score that training itself lowers: squared error, or log loss."""
        return METRICS[self.plan.task]["rmse" if self.plan.task == "regression" else "log_loss"]

    def loss(self, record: Record) -> float:
        """Cross-validated score as a loss."""
        return self.metric.loss(record["cv_score"])

    def pipeline(self, number: int) -> Any:
        """The trained pipeline of a finished trial; read from disk only after a restart."""
        if number not in self.pipelines:
            self.pipelines[number] = load_model(self.models / f"trial_{number}")[0]
        return self.pipelines[number]

    def oof(self, number: int) -> NDArray[np.float64]:
        """Out-of-fold predictions of a finished trial."""
        if number not in self.oofs:
            self.oofs[number] = self.checkpoint.oof(number)
        return self.oofs[number]

    def best(self) -> Record | None:
        """The vote when it won, else the trial with the best cross-validated score; mended if that pays."""
        votes = [record for record in self.finished if record.get("wins")]
        best = self.best_of(votes or [record for record in self.finished if "calibrates" not in record])
        mended = [r for r in self.finished if best and r.get("calibrates") == best["number"]]
        return mended[0] if mended else best

    def best_simple(self) -> Record | None:
        """The best of the models that a person can read."""
        return self.best_of([record for record in self.finished if record["is_simple"]])

    def best_of(self, records: list[Record]) -> Record | None:
        """The record with the best cross-validated score; the earlier one of equals."""
        return min(records, key=lambda r: (self.loss(r), r["number"]), default=None)
