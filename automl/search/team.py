"""The workers of a search, and how memory and cores are shared among them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from automl.search.clock import OutOfTime
from automl.search.pipelines import width
from automl.search.portfolio import FORESTS, Candidate
from automl.search.study import Study
from automl.search.workers import UnitFailed, Worker, finish

SMALL_CELLS = 4_000_000  # below, a fold per core is faster than many cores on one fold
COPIES = 4  # of the coded columns while a model trains: input, joined, the library's own, sorted
COPIES_OF_CODED = 3
BYTES_PER_TREE_ROW = 24  # a fully grown forest keeps about a node and a half per row and tree


@dataclass
class Team:
    """A few workers that inherit the study; they are forked when first needed."""

    study: Study
    size: int
    members: list[Worker | None] = field(default_factory=list)

    @classmethod
    def of(cls, study: Study) -> Team:
        """A worker per core for small tables; one worker with all cores for large ones."""
        cells = study.shape.rows * (study.shape.columns + 1)
        cores = study.plan.threads
        size = max(1, min(cores, len(study.parts))) if cells <= SMALL_CELLS else 1
        study.plan.share(cores // size)
        return cls(study, size, [None] * size)

    @property
    def memory_mb(self) -> int:
        """What one worker may take beyond what it inherits."""
        return max(1, self.study.question.memory_mb // self.size)

    @property
    def at_home(self) -> int:
        """Workers on this machine, which join models when the search is over."""
        return self.size

    def idle(self) -> Worker | None:
        """A worker without a unit; a dead one is replaced first."""
        for place, worker in enumerate(self.members):
            if worker is None or not worker.alive:
                fresh = Worker(self.study, self.study.plan.threads, self.memory_mb)
                self.members[place] = fresh
                return fresh
            if not worker.busy:
                return worker
        return None

    def one(self) -> Worker:
        """An idle worker, when all are known to be idle."""
        worker = self.idle()
        assert worker is not None
        return worker

    def end(self) -> None:
        """Leave no process behind."""
        for worker in self.members:
            if worker is not None:
                worker.end()
        self.members = [None] * self.size

    def join(self, unit: Callable[[Study], Any]) -> Any:
        """Have a fresh worker, which inherits all that was found, join models; None when there is no time.

        Nothing of it runs in the search's own process: it is ended when half the report's time is up.
        """
        clock = self.study.clock
        until = clock.budget - 0.5 * clock.report
        self.end()
        if clock.stop_asked or clock.elapsed >= until:
            return None
        worker = self.one()
        worker.ask(unit)
        try:
            return finish(worker, clock, until)
        except (OutOfTime, UnitFailed):
            return None

    def needed_mb(self, wanted: Candidate) -> int:
        """About what training a candidate takes, before it is tried."""
        study = self.study
        rows = min(study.shape.rows, wanted.max_rows or study.shape.rows)
        made = width(wanted.coding, study.plan.recipe, study.shape.distinct)
        cells: float = rows * made * 8.0 * COPIES
        if study.beyond(wanted):  # float32, mapped from a file: the library's own copies are what counts
            cells = (wanted.max_rows or 0) * made * 4.0 * COPIES_OF_CODED
        if wanted.family in FORESTS:
            leaf = wanted.settings.get("min_samples_leaf", 1)
            classes = max(1, study.plan.classes)
            per_row = BYTES_PER_TREE_ROW * (2 + classes) / leaf
            cells += rows * per_row * wanted.settings["n_estimators"]
        return int(cells) >> 20

    def too_large(self, wanted: Candidate) -> dict[str, Any] | None:
        """What is needed and allowed when a candidate would not fit into memory."""
        needed = self.needed_mb(wanted)
        if wanted.is_baseline or needed <= self.memory_mb:
            return None
        return {"needed": needed, "allowed": self.memory_mb}
