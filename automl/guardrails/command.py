"""The check command: read table and question, look, write what was found; every failure in plain words."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from automl.files import plain, read_json, write_json
from automl.guardrails.policy import Policy
from automl.guardrails.run import check_question, check_view
from automl.large import is_large
from automl.large.view import earlier_rows, view_of
from automl.question import BadQuestion, Question
from automl.tables import read_parquet
from automl.texts import note


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
    except BadQuestion as bad:
        return _failed(bad.problem, 2)
    except MemoryError:
        return _failed(note("fit_out_of_memory"), 1)
    except (OSError, ValueError) as error:
        return _failed(note("fit_files", error=type(error).__name__), 1)
    return 0


def _rows_of(table: Path) -> pd.DataFrame:
    return earlier_rows(table) if is_large(table) else read_parquet(table)


def _failed(problem: dict[str, Any], code: int) -> int:
    sys.stdout.write(json.dumps(plain({"event": "failed", **problem}), ensure_ascii=False) + "\n")
    return code
