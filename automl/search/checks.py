"""The guardrails before training, in a process of their own: the search never waits for them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from automl.question import Question
from automl.search.clock import Clock, OutOfTime
from automl.search.workers import UnitFailed, Worker, finish
from automl.texts import note

AT_LEAST = 1.0  # seconds; at the end they are given up when the report must begin

Found = list[dict[str, Any]]


class Checks:
    """``guardrails.check_question`` under way beside the search; ``results`` waits for it at the end.

    Parameters
    ----------
    known : list of dict, optional
        What the same checks of the same question found before; then they are not run again.
    """

    def __init__(
        self,
        table: pd.DataFrame | Path,
        question: Question,
        clock: Clock,
        tell: Callable[..., None],
        known: Found | None = None,
    ) -> None:
        self.clock = clock
        self.tell = tell
        self.found = known
        self.worker: Worker | None = None
        if known is None:
            self.worker = Worker((table, question), memory_mb=question.memory_mb)
            self.worker.ask(check_unit)

    def look(self) -> None:
        """Tell what was found as soon as it is known; called between two trials."""
        if self.found is None and self.worker and self.worker.ready():
            self.results()

    def results(self) -> Found:
        """What the checks found, told as events once; a warning when they could not finish."""
        if self.found is not None or self.worker is None:
            return self.found or []
        try:
            until = max(self.clock.elapsed + AT_LEAST, self.clock.budget - self.clock.report)
            self.found = finish(self.worker, self.clock, until)
        except (OutOfTime, UnitFailed):
            self.found = [unfinished()]
        for result in self.found or []:
            if result["status"] == "alerted":
                self.tell("guardrail", **result)
        self.end()
        return self.found or []

    def end(self) -> None:
        """Leave no process behind."""
        if self.worker:
            self.worker.end()


def check_unit(subject: tuple[pd.DataFrame | Path, Question]) -> Found:
    """Run the checks (imported here: they load much); the search beside them goes first."""
    os.nice(5)
    from automl.guardrails import check_question
    from automl.guardrails.run import check_view
    from automl.large.view import view_of

    table, question = subject
    return (
        check_view(view_of(table, question)) if isinstance(table, Path) else check_question(table, question)
    )


def unfinished() -> dict[str, Any]:
    """The finding that stands for checks which could not finish."""
    message, why, fix = (note(f"checks_unfinished{part}") for part in ("", ".why", ".fix"))
    return {
        "code": "checks_unfinished",
        "stage": "pre_train",
        "severity": "justify",
        "status": "alerted",
        "value": None,
        "threshold": None,
        "source": "own: a check that did not run has found nothing",
        "lesson": "target-leakage",
        "columns": [],
        "message": message["message"],
        "params": {},
        "message_code": message["code"],
        "why": why["message"],
        "why_code": why["code"],
        "fix": fix["message"],
        "fix_code": fix["code"],
    }
