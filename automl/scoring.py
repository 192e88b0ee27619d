"""Scoring rows with a stored model: checks the input, applies the recipe, predicts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.files import plain, write_json
from automl.modelstore import ModelRefused, load_model
from automl.prediction import predict
from automl.profiling import date_values
from automl.recipe import apply_recipe
from automl.tables import label_text, read_rows, write_rows
from automl.texts import note

MAX_PROBLEMS = 50
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

    def validate(
        self, frame: pd.DataFrame
    ) -> tuple[pd.DataFrame, list[dict[str, Any]], list[dict[str, Any]]]:
        """Check rows against the input schema.

        Returns
        -------
        tuple of (DataFrame, list, list)
            The columns the model needs, warnings, and errors.
        """
        schema = self.meta["input_schema"]
        warnings: list[dict[str, Any]] = []
        errors: list[dict[str, Any]] = []
        names = {entry["name"] for entry in schema}
        extra = [str(name) for name in frame.columns if name not in names]
        if extra:
            warnings.append(_problem("extra_columns", columns=", ".join(extra[:5]), count=len(extra)))
        for entry in schema:
            if entry["name"] not in frame.columns:
                errors.append(_problem("missing_column", column=entry["name"]))
            else:
                self._check_values(entry, frame[entry["name"]], warnings, errors)
        needed = [entry["name"] for entry in schema if entry["name"] in frame.columns]
        return frame[needed].reset_index(drop=True), warnings, errors[:MAX_PROBLEMS]

    def _check_values(
        self,
        entry: dict[str, Any],
        column: pd.Series,
        warnings: list[dict[str, Any]],
        errors: list[dict[str, Any]],
    ) -> None:
        column = column.reset_index(drop=True)
        present = column[column.notna() & (column.astype("string").str.strip() != "")]
        if present.empty:
            return
        name = entry["name"]
        nested = present.map(lambda value: isinstance(value, (list, dict, tuple)))
        if nested.any():
            row = int(nested.idxmax()) + 1
            errors.append(
                _problem(
                    "wrong_type", row=row, column=name, kind=entry["kind"], value="(a list or an object)"
                )
            )
        elif entry["kind"] == "number":
            self._check_numbers(entry, present, warnings, errors)
        elif entry["kind"] == "date":
            moments = date_values(present, entry["format"])
            for row in present.index[moments.isna()][:MAX_PROBLEMS]:
                shown = str(present[row])[:40]
                errors.append(_problem("wrong_type", row=int(row) + 1, column=name, kind="date", value=shown))
        elif entry["kind"] == "category" and len(entry["categories"]) < 200:
            _warn_unseen(entry, present, warnings)

    def _check_numbers(
        self,
        entry: dict[str, Any],
        present: pd.Series,
        warnings: list[dict[str, Any]],
        errors: list[dict[str, Any]],
    ) -> None:
        numbers = pd.to_numeric(present, errors="coerce")
        strange = numbers.isna() & ~present.map(self._was_text_in_training(entry))
        for row in present.index[strange][:MAX_PROBLEMS]:
            errors.append(
                _problem(
                    "wrong_type",
                    row=int(row) + 1,
                    column=entry["name"],
                    kind="number",
                    value=str(present[row])[:40],
                )
            )
        outside = (numbers < entry["min"]) | (numbers > entry["max"])
        if outside.any():
            warnings.append(
                _problem(
                    "out_of_range",
                    row=int(outside.idxmax()) + 1,
                    column=entry["name"],
                    count=int(outside.sum()),
                    low=entry["min"],
                    high=entry["max"],
                )
            )

    @staticmethod
    def _was_text_in_training(entry: dict[str, Any]) -> Any:
        """Words like "n/a" that stood among the numbers in training stay allowed."""
        allowed = set(entry.get("non_numbers") or ())
        return lambda value: str(value).strip() in allowed


def _warn_unseen(entry: dict[str, Any], present: pd.Series, warnings: list[dict[str, Any]]) -> None:
    unseen = ~present.map(lambda value: label_text(value).strip()).isin(entry["categories"])
    if unseen.any():
        row, count = int(unseen.idxmax()) + 1, int(unseen.sum())
        shown = str(present[row - 1])[:40]
        warnings.append(_problem("unseen_category", row=row, column=entry["name"], count=count, value=shown))


def _problem(code: str, row: int | None = None, column: str | None = None, **params: Any) -> dict:
    shown = {**params, "row": row, "column": column}
    return {**note(code, **shown), "row": row, "column": column}


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
    try:
        scorer = Scorer(folder, sha256)
        frame = read_rows(rows)
        checked, report["warnings"], report["errors"] = scorer.validate(frame)
        if frame.empty:
            report["errors"].append(_problem("no_rows"))
        if not report["errors"]:
            write_rows(scorer.predict(checked), out)
            report |= {"ok": True, "rows": len(frame)}
    except ModelRefused:
        report["errors"], code = [_problem("model_integrity")], INTEGRITY
    except (ValueError, OSError, UnicodeDecodeError):
        report["errors"] = [_problem("unreadable_rows")]
    write_json(out.with_name(out.name + ".report.json"), report)
    import json

    print(json.dumps(report, ensure_ascii=False))
    return code


def rehearse(folder: Path, sha256: str | None) -> int:
    """The ``rehearse`` command: score the typical row that the model keeps, and print the answer.

    Returns
    -------
    int
        0 scored or refused with errors, 3 when the model is not the expected one.
    """
    import json

    try:
        scorer = Scorer(folder, sha256)
        row = {entry["name"]: entry.get("example") for entry in scorer.meta["input_schema"]}
        answer = scorer.score([row])
    except ModelRefused:
        print(json.dumps({"ok": False, "errors": [note("model_integrity")]}))
        return INTEGRITY
    except (ValueError, TypeError, KeyError, OverflowError):
        answer = {"ok": False, "errors": [note("scoring_failed")]}
    print(json.dumps(plain(answer), ensure_ascii=False))
    return 0
