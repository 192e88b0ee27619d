"""Scoring rows with a stored model: checks the input, applies the recipe, predicts."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.failing import problem_of
from automl.files import write_json
from automl.modelstore import ModelRefused, load_model
from automl.prediction import predict
from automl.question import BadQuestion
from automl.recipe import apply_recipe
from automl.rowcheck import MAX_PROBLEMS, check_rows, known_words, problem as _problem
from automl.speaking import say
from automl.tables import ROWS_FILES, read_objects, read_rows, write_rows
from automl.texts import note

INTEGRITY = 3  # exit code: the model is not the one that was approved


class Scorer:
    """A loaded model that answers many requests.

    Parameters
    ----------
    folder : Path
        ``models/trial_<n>``.
    sha256 : str, optional
        The digest that the folder must have (``artifact.sha256`` of result.json).

    Raises
    ------
    modelstore.ModelRefused
        When the digest differs or the model cannot be trusted.
    """

    def __init__(self, folder: Path, sha256: str | None = None) -> None:
        self.pipeline, self.recipe, self.meta = load_model(Path(folder), sha256)
        self.task: str = self.meta["task"]
        self.classes: list[str] = self.meta["classes"]

    def score(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Score rows given as objects.

        Returns
        -------
        dict
            ``{"ok": True, "predictions": [...], "warnings": [...]}`` with one object per row, or
            ``{"ok": False, "errors": [...]}``; each error has the row number, from 1.
        """
        if not rows:
            return {"ok": False, "errors": [_problem("no_rows")], "warnings": []}
        frame, warnings, errors = self.validate(pd.DataFrame(rows, dtype=object))
        errors = errors or self.gaps(rows)
        if errors:
            return {"ok": False, "errors": errors, "warnings": warnings}
        scored = self.predict(frame)
        return {"ok": True, "predictions": scored.to_dict(orient="records"), "warnings": warnings}

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Predict checked rows.

        Returns
        -------
        pandas.DataFrame
            ``prediction``, then per class ``probability_<class>``, and ``score`` (probability of
            the positive class, or of the predicted one); only ``prediction`` for regression.
        """
        ready = apply_recipe(frame, self.recipe)
        answer = predict(self.pipeline, ready, self.task, len(self.classes))
        if self.task == "regression":
            return pd.DataFrame({"prediction": answer})
        chosen = answer.argmax(axis=1)
        score = answer.max(axis=1)
        if self.task == "binary":
            chosen = (answer[:, 1] >= self.meta["threshold"]).astype(int)
            score = answer[:, 1]
        scored = pd.DataFrame({"prediction": np.array(self.classes, dtype=object)[chosen]})
        for number, name in enumerate(self.classes):
            scored[f"probability_{name}"] = answer[:, number]
        scored["score"] = score
        return scored

    def read(self, path: Path) -> pd.DataFrame:
        """Rows of a file; in a file of text, words for "missing" are missing unless the model learned them as values."""
        if path.suffix.lower() != ".json":
            return read_rows(path, known_words(self.meta["input_schema"]))
        rows = read_objects(path)
        for gap in self.gaps(rows, every=False):
            raise BadQuestion(gap["code"], **gap["params"])
        return pd.DataFrame(rows, dtype=object)

    def gaps(self, rows: list[dict[str, Any]], *, every: bool = True) -> list[dict[str, Any]]:
        """Values that single rows do not name although others do: a slip in a name would pass as "unknown"."""
        names = [entry["name"] for entry in self.meta["input_schema"]]
        if not every:  # what no row names is said of the column
            names = [name for name in names if any(name in row for row in rows)]
        found = ((row, name) for row, given in enumerate(rows, 1) for name in names if name not in given)
        return [_problem("missing_value", row=row, column=name) for row, name in islice(found, MAX_PROBLEMS)]

    def validate(
        self, frame: pd.DataFrame
    ) -> tuple[pd.DataFrame, list[dict[str, Any]], list[dict[str, Any]]]:
        """Check rows against the input schema; see ``rowcheck.check_rows``."""
        return check_rows(self.meta["input_schema"], frame)


def score_files(folder: Path, rows: Path, out: Path, sha256: str | None) -> int:
    """The ``score`` command.

    A report with ``ok``, ``errors``, ``warnings`` and ``rows`` is written beside the output as
    ``<out>.report.json``.

    Returns
    -------
    int
        0 scored or refused with errors, 3 when the model is not the expected one.
    """
    report: dict[str, Any] = {"ok": False, "errors": [], "warnings": [], "rows": 0}
    code = 0
    if out.suffix.lower() not in ROWS_FILES:
        raise BadQuestion("bad_question", field="--out", allowed=", ".join(ROWS_FILES))
    try:
        report |= _scored(Scorer(folder, sha256), rows, out)
    except ModelRefused:
        report["errors"], code = [_problem("model_integrity")], INTEGRITY
    except OSError as error:  # of writing: what cannot be read is said in the report
        code, said = problem_of(error)
        report["errors"] = [{**said, "row": None, "column": None}]
    write_json(out.with_name(out.name + ".report.json"), report)
    say(report)
    return code


def _scored(scorer: Scorer, rows: Path, out: Path) -> dict[str, Any]:
    """Score a file into another; the part of the report that says so, or why not."""
    try:
        frame = scorer.read(rows)
    except BadQuestion as bad:
        where = {name: bad.problem["params"].get(name) for name in ("row", "column")}
        return {"errors": [{**bad.problem, **where}]}
    except (ValueError, OSError, RecursionError):
        return {"errors": [_problem("unreadable_rows")]}
    warnings: list[dict[str, Any]] = []
    try:
        checked, warnings, errors = scorer.validate(frame)
        if frame.empty:
            errors = [*errors, _problem("no_rows")]
        if errors:
            return {"warnings": warnings, "errors": errors}
        scored = scorer.predict(checked)
    except (ValueError, TypeError, OverflowError):
        return {"warnings": warnings, "errors": [_problem("scoring_failed")]}
    write_rows(scored, out)
    return {"ok": True, "warnings": warnings, "rows": len(frame)}


def rehearse(folder: Path, sha256: str | None) -> int:
    """The ``rehearse`` command: score the typical row that the model keeps, and print the answer.

    Returns
    -------
    int
        0 scored or refused with errors, 3 when the model is not the expected one.
    """
    try:
        scorer = Scorer(folder, sha256)
        row = {entry["name"]: entry.get("example") for entry in scorer.meta["input_schema"]}
        answer = scorer.score([row])
    except ModelRefused:
        say({"ok": False, "errors": [note("model_integrity")]})
        return INTEGRITY
    except (ValueError, TypeError, KeyError, OverflowError):
        answer = {"ok": False, "errors": [note("scoring_failed")]}
    say(answer)
    return 0
