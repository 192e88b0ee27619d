"""The check command: read table and question, look, write what was found; every failure in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from automl.failing import problem_of, report
from automl.files import read_json, write_json
from automl.guardrails.policy import Policy
from automl.guardrails.run import check_question, check_view
from automl.large import is_large
from automl.large.view import earlier_rows, view_of
from automl.question import Question
from automl.speaking import say
from automl.tables import read_parquet


def check_command(
    table: Path,
    question: Path,
    out: Path,
    policies: Sequence[Path | None],
    earlier: Path | None,
    looks: int,
) -> int:
    """Run the checks before training; of several policies the strictest holds.

    Returns
    -------
    int
        0 when ``out`` holds the results, 2 when question or policy are not valid, 1 when a file
        cannot be read or written or memory is too small; a ``failed`` line on stdout says why.
    """
    try:
        asked = Question.from_dict(read_json(question))
        rules = Policy.from_files(*policies)
        before = _rows_of(earlier) if earlier else None
        if is_large(table):
            results = check_view(view_of(table, asked, before, looks), rules)
        else:
            results = check_question(read_parquet(table), asked, policy=rules, earlier=before, looks=looks)
        write_json(out, {"guardrails": results})
    except Exception as error:  # noqa: BLE001 - whoever asked reads one sentence
        code, problem = problem_of(error)
        say({"event": "failed", **problem})
        if problem["code"] == "command_broken":
            report(error)
        return code
    return 0


def _rows_of(table: Path) -> pd.DataFrame:
    return earlier_rows(table) if is_large(table) else read_parquet(table)
