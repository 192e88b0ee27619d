"""What came true: performance and fairness on new rows whose answers are known by now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.fairness import group_report
from automl.kinds import find_date_format
from automl.metrics import METRICS, evaluate
from automl.profiling import date_values
from automl.question import BadQuestion
from automl.tables import label_text, plain_types, read_rows
from automl.texts import note

FEW_ANSWERS = 30  # rows; fewer say nothing about a model
MOST_PERIODS = 24


def outcomes(result: dict[str, Any], rows: Path, scores: pd.DataFrame) -> dict[str, Any] | None:
    """Compare predictions with what came true.

    Parameters
    ----------
    result : dict
        result.json, or the parts of it named in ``about``: task, target, classes, metric,
        test (metrics of the rows kept apart), time, sensitive, threshold, seed.
    rows : Path
        New rows; only target, time and sensitive columns are read.
    scores : pandas.DataFrame
        The predictions for the same rows.

    Returns
    -------
    dict or None
        ``rows`` with an answer, ``metrics``, ``verdict`` (as_before, worse, better, too_few),
        ``note``, ``periods`` over time and ``fairness`` per group; None when no row has an answer.
    """
    about = result.get("about") or about_of(result)
    if not about or not about.get("target"):
        return None
    wanted = [about["target"], about.get("time"), *about.get("sensitive", [])]
    frame = _columns(rows, [name for name in dict.fromkeys(wanted) if name])
    if about["target"] not in frame:
        return None
    if len(frame) != len(scores):
        raise BadQuestion("drift_other_scores", rows=len(frame), scores=len(scores))
    y, kept = known_answers(frame[about["target"]], about)
    if not kept.any():
        return None
    p = _predictions(scores, about)
    kept &= np.isfinite(p.reshape(len(p), -1)).all(axis=1)  # a row without a prediction judges no model
    y, frame, p = y[kept], frame.loc[kept], p[kept]
    if len(y) < FEW_ANSWERS or (about["task"] != "regression" and len(np.unique(y)) < 2):
        return {"rows": len(y), "verdict": "too_few", "note": note("outcome_few", rows=len(y))}
    metrics = evaluate(about["task"], y, p, about.get("seed", 0))
    found = {"rows": len(y), "metric": about["metric"], "metrics": metrics} | _verdict(about, metrics, len(y))
    sensitive = [name for name in about.get("sensitive", []) if name in frame]
    found["fairness"] = [
        group_report(frame[name].reset_index(drop=True), y, p, about["task"], about.get("threshold"))
        for name in sensitive
    ]
    found["periods"] = _periods(about, frame, y, p)
    return found


def about_of(result: dict[str, Any]) -> dict[str, Any] | None:
    """What result.json says of its best model; None for a reference alone."""
    if "question" not in result or "trials" not in result:
        return None
    best = next((each for each in result["trials"] if each["number"] == result["best_trial"]), None)
    if best is None:
        return None
    roles = result["question"]["roles"]
    return {
        "task": result["task"],
        "target": result["target"],
        "classes": result["classes"],
        "metric": result["metric"]["name"],
        "test": best["test_metrics"],
        "threshold": best.get("threshold"),
        "time": next((name for name, role in roles.items() if role == "time"), None),
        "sensitive": [name for name, role in roles.items() if role == "sensitive"],
        "seed": result.get("seed", 0),
    }


def _columns(path: Path, names: list[str]) -> pd.DataFrame:
    if path.suffix.lower() != ".parquet":
        frame = read_rows(path)
        return frame[[name for name in names if name in frame]]
    import pyarrow.parquet as parquet

    present = [name for name in names if name in parquet.read_schema(path).names]
    return plain_types(parquet.read_table(path, columns=present).to_pandas())


def known_answers(column: pd.Series, about: dict[str, Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Read answers as a model knows them: class numbers in its own order, or values; and which rows have one.

    Parameters
    ----------
    column : pandas.Series
        The target in new rows.
    about : dict
        ``task`` and ``classes``.
    """
    if about["task"] == "regression":
        numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype="float64")
        return numbers, np.isfinite(numbers)
    places = {name: number for number, name in enumerate(about["classes"])}
    known = [places.get(label_text(v).strip(), -1) if v is not None and v == v else -1 for v in column]  # noqa: PLR0124
    coded = np.array(known, dtype="int64")
    return coded, coded >= 0


def _predictions(scores: pd.DataFrame, about: dict[str, Any]) -> NDArray[np.float64]:
    names = [f"probability_{name}" for name in about["classes"]]
    names = ["prediction"] if about["task"] == "regression" else names
    missing = [name for name in names if name not in scores]
    if missing:
        raise BadQuestion("bad_question", field="--scores", allowed=", ".join(names))
    found = [pd.to_numeric(scores[name], errors="coerce").to_numpy(dtype="float64") for name in names]
    return found[0] if about["task"] == "regression" else np.column_stack(found)


def _verdict(about: dict[str, Any], metrics: dict[str, Any], rows: int) -> dict[str, Any]:
    """Worse only when the two intervals do not touch."""
    name = about["metric"]
    now, then = metrics[name], about["test"][name]
    rising = METRICS[about["task"]][name].direction == "maximize"
    lower, higher = now["high"] < then["low"], now["low"] > then["high"]
    verdict = "as_before"
    if lower or higher:
        verdict = "worse" if lower == rising else "better"
    shown = {"metric": METRICS[about["task"]][name].label, "now": f"{now['value']:.4g}"}
    shown |= {"then": f"{then['value']:.4g}", "low": f"{now['low']:.4g}", "high": f"{now['high']:.4g}"}
    return {"verdict": verdict, "test": then, "note": note(f"outcome_{verdict}", rows=rows, **shown)}


def _periods(
    about: dict[str, Any], frame: pd.DataFrame, y: NDArray[Any], p: NDArray[np.float64]
) -> list[dict[str, Any]]:
    """The metric per month (per day for less than two months) of the column that gives the time."""
    name = about.get("time")
    if not name or name not in frame:
        return []
    column = frame[name].reset_index(drop=True)
    form: str | None = "datetime"
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        found = find_date_format(pd.Series(column.dropna().astype(str).unique()))
        form = found[0] if found else None
    if form is None:
        return []
    moments = date_values(column, form)
    days = (moments.max() - moments.min()).days if moments.notna().any() else 0
    labels = moments.dt.strftime("%Y-%m-%d" if days < 60 else "%Y-%m")
    measured = []
    for label in sorted(labels.dropna().unique())[-MOST_PERIODS:]:
        chosen = (labels == label).to_numpy()
        if chosen.sum() < FEW_ANSWERS or (about["task"] != "regression" and len(np.unique(y[chosen])) < 2):
            continue
        figures = evaluate(about["task"], y[chosen], p[chosen], about.get("seed", 0))[about["metric"]]
        measured.append({"period": label, "rows": int(chosen.sum()), **figures})
    return measured
