"""Drift: are new rows still like the rows that the model learned from."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl import drift_words
from automl.drift_counts import CategoryCounts, Counts, NumberCounts, counts_for
from automl.files import read_json, write_json
from automl.question import BadQuestion
from automl.reference import OTHER
from automl.tables import plain_types, read_rows
from automl.texts import note

# Siddiqi, Credit Risk Scorecards (2006): below 0.1 stable, to 0.25 some change, above a shift.
MODERATE, MAJOR = 0.1, 0.25
SURE = 0.05
DATASET_SHARE = 0.5  # Evidently: a table drifts when half of its columns do
FLOOR = 1e-4  # a share of zero has no logarithm
MISSING_JUMP = 0.1
UNSEEN_SHARE = 0.05
FEW_UNSEEN = 5  # rows; fewer are an accident
FEW_ROWS = 100
PIECE = 131_072  # rows read at once

Array = NDArray[np.float64]


def psi(expected: Array, actual: Array) -> float:
    """Population stability index of two lists of shares.

    >>> round(psi(np.full(4, 0.25), np.array([0.4, 0.2, 0.2, 0.2])), 3)
    0.104
    """
    e, a = np.maximum(expected, FLOOR), np.maximum(actual, FLOOR)
    return float(np.sum((a - e) * np.log(a / e)))


def jensen_shannon(expected: Array, actual: Array) -> float:
    """Jensen-Shannon distance of two lists of shares, to the base 2: 0 the same, 1 nothing in common.

    >>> jensen_shannon(np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    1.0
    """
    middle = (expected + actual) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [np.where(each > 0, each * np.log2(each / middle), 0.0).sum() for each in (expected, actual)]
    return float(np.sqrt(max(0.0, sum(parts) / 2)))


def false_discovery(p_values: list[float | None]) -> list[float | None]:
    """Benjamini and Hochberg (1995): p-values corrected for the number of columns looked at.

    >>> false_discovery([0.01, 0.04, None, 0.5])
    [0.03, 0.06, None, 0.5]
    """
    known = [(value, place) for place, value in enumerate(p_values) if value is not None]
    corrected: list[float | None] = [None] * len(p_values)
    least = 1.0
    for rank in range(len(known), 0, -1):
        value, place = sorted(known)[rank - 1]
        least = min(least, value * len(known) / rank)
        corrected[place] = round(least, 15)
    return corrected


def compare(reference: dict[str, Any], frame: pd.DataFrame) -> dict[str, Any]:
    """Compare new rows in memory with a reference; see ``report``."""
    counts = {name: counts_for(known) for name, known in reference["columns"].items() if name in frame}
    for name, each in counts.items():
        each.add(frame[name])
    return report(reference, counts, len(frame))


def compare_file(reference: dict[str, Any], path: Path, threads: int = 1) -> dict[str, Any]:
    """Compare a file of new rows with a reference; Parquet is read in pieces.

    Parameters
    ----------
    reference : dict
        ``reference`` of result.json.
    path : Path
        .parquet, .csv or .json.
    threads : int
        Columns counted at once.
    """
    if path.suffix.lower() != ".parquet":
        return compare(reference, read_rows(path))
    import pyarrow.parquet as parquet

    columns = reference["columns"]
    footer = parquet.read_metadata(path)
    present = [name for name in columns if name in footer.schema.to_arrow_schema().names]
    counts = {name: counts_for(columns[name]) for name in present}

    def count(name: str) -> None:
        # one column at a time: memory holds one column of one row group, however large the file
        coded = [name] if columns[name]["kind"] == "category" else []
        with parquet.ParquetFile(path, metadata=footer, read_dictionary=coded, pre_buffer=False) as file:
            for piece in file.iter_batches(PIECE, columns=[name], use_threads=False):
                _count(counts[name], piece.column(0))

    with ThreadPoolExecutor(max(1, threads)) as pool:
        list(pool.map(count, present))
    return report(reference, counts, footer.num_rows)


def _count(counts: Counts, values: Any) -> None:
    """Add one piece of one column as Arrow holds it."""
    import pyarrow

    kind = values.type
    if isinstance(counts, CategoryCounts) and pyarrow.types.is_dictionary(kind):
        codes = values.indices.drop_null().to_numpy(zero_copy_only=False).astype(np.int64)
        counts.add_coded(values.dictionary.to_pylist(), codes, values.null_count)
    elif isinstance(counts, NumberCounts) and (
        pyarrow.types.is_floating(kind) or pyarrow.types.is_integer(kind)
    ):
        counts.add_numbers(values.to_numpy(zero_copy_only=False).astype("float64", copy=False))
    else:
        counts.add(plain_types(values.to_pandas().to_frame("value"))["value"])


def report(reference: dict[str, Any], counts: dict[str, Counts], rows: int) -> dict[str, Any]:
    """Judge the counts of all columns.

    Returns
    -------
    dict
        ``columns``: psi, js, level (stable, moderate, major), p_value with its test and q_value
        corrected for the number of columns, missing and unseen shares, ``drifted`` with its
        ``reason`` (distribution: PSI of 0.1 or more that chance hardly explains, q < 0.05;
        missing; unseen), ``notes`` and ``advice``; ``share_drifted`` and ``dataset_drift``, for which a
        column that is gone counts as drifted, and ``missing_columns``.
    """
    columns = [
        {"column": name, **measure(reference["columns"][name], each, reference["rows"])}
        for name, each in counts.items()
    ]
    for column, q_value in zip(columns, false_discovery([c["p_value"] for c in columns]), strict=True):
        judge(column, reference["columns"][column["column"]], q_value)
    drifted = [c["column"] for c in columns if c["drifted"]]
    absent = [name for name in reference["columns"] if name not in counts]
    changed, total = [*drifted, *absent], len(reference["columns"])
    share = len(changed) / total if total and rows else 0.0
    shown = {"drifted": len(changed), "total": total, "columns": ", ".join(changed[:5])}
    remarks = [note("drift_few_rows", rows=rows)] if rows < FEW_ROWS else []
    if absent:
        remarks.append(note("drift_absent", columns=", ".join(absent[:5]), count=len(absent)))
    return {
        "rows": rows,
        "reference_rows": reference["rows"],
        "columns": columns,
        "drifted_columns": drifted,
        "share_drifted": share,
        "dataset_drift": share >= DATASET_SHARE,
        "missing_columns": absent,
        "levels": {"moderate": MODERATE, "major": MAJOR, "dataset": DATASET_SHARE, "sure": SURE},
        "message": note(_verdict(len(columns), rows, share), **shown),
        "remarks": remarks,
    }


def _verdict(compared: int, rows: int, share: float) -> str:
    """The sentence for the whole table; where nothing was compared, nothing was found alike."""
    if not compared:
        return "drift_nothing_shared"
    if not rows:
        return "drift_no_rows"
    return "drift_dataset" if share >= DATASET_SHARE else "drift_some" if share else "drift_none"


def judge(column: dict[str, Any], known: dict[str, Any], q_value: float | None) -> None:
    """Decide whether a measured column has drifted, why, and say so."""
    sure = q_value is not None and q_value < SURE
    unseen = column["unseen_share"] >= UNSEEN_SHARE and column["unseen_rows"] >= FEW_UNSEEN
    reason = ""
    if column["level"] != "stable" and sure:
        reason = "distribution"
    if unseen:
        reason = "unseen"
    if abs(column["missing_change"]) >= MISSING_JUMP:
        reason = "missing"
    column |= {"q_value": q_value, "drifted": bool(reason), "reason": reason}
    column["notes"] = drift_words.describe(column, known)
    column["advice"] = drift_words.advise(column)


def measure(known: dict[str, Any], counts: Counts, rows: int) -> dict[str, Any]:
    """The figures of one column."""
    missing = counts.missing / max(1, counts.rows)
    found: dict[str, Any] = {
        "kind": known["kind"],
        "psi": 0.0,
        "js": 0.0,
        "p_value": None,
        "statistic": None,
        "missing_share": missing,
        "missing_share_reference": known["missing_share"],
        "missing_change": missing - known["missing_share"],
        "unseen_share": 0.0,
        "unseen_rows": 0,
        "new_categories": [],
    }
    old_rows = max(1.0, rows * (1 - known["missing_share"]))
    found |= (
        _categories(counts, old_rows) if isinstance(counts, CategoryCounts) else _numbers(counts, old_rows)
    )
    found["level"] = (
        "major" if found["psi"] >= MAJOR else "moderate" if found["psi"] >= MODERATE else "stable"
    )
    return found


def _numbers(counts: NumberCounts, old: float) -> dict[str, Any]:
    """PSI over the reference's tenths; Kolmogorov-Smirnov at its 101 points.

    The greatest distance is taken at those points only, so it is never too large and p never
    too small.
    """
    from scipy.special import kolmogorov

    known = counts.known
    if not counts.present or not known["proportions"]:
        return {"test": "ks"}
    expected, actual = np.array(known["proportions"]), counts.shares()
    below = np.array(known["below"])
    distance = float(np.max(np.abs(counts.at_most(known["points"]) - below)))
    effective = old * counts.present / (old + counts.present)
    outside = counts.below + counts.above
    middle = int(np.searchsorted(below, 0.5))
    return {
        "test": "ks",
        "psi": psi(expected, actual),
        "js": jensen_shannon(expected, actual),
        "bins": {"edges": known["edges"], "reference": known["proportions"], "actual": actual.tolist()},
        "statistic": distance,
        "p_value": float(kolmogorov(np.sqrt(effective) * distance)),
        "unseen_share": outside / counts.present,
        "unseen_rows": outside,
        "low": known["points"][0],
        "high": known["points"][-1],
        "median_reference": known["points"][min(middle, len(known["points"]) - 1)],
        "median": counts.median(),
    }


def _categories(counts: CategoryCounts, old: float) -> dict[str, Any]:
    """PSI over the categories, chi-square of the counts, and names never seen in training."""
    from scipy.special import chdtrc  # scipy.stats would take longer to load than the rows to count

    if not counts.present:
        return {"test": "chi2"}
    order = [*counts.listed, OTHER]
    expected = np.array([counts.known["categories"].get(name, 0.0) for name in order])
    actual = counts.counts / counts.present
    found: dict[str, Any] = {
        "test": "chi2",
        "psi": psi(expected, actual),
        "js": jensen_shannon(expected, actual),
        "bins": {"categories": order, "reference": expected.tolist(), "actual": actual.tolist()},
        "unseen_share": counts.unseen / counts.present,
        "unseen_rows": counts.unseen,
        "new_categories": [name for name, _ in counts.new.most_common(20)],
    }
    table = np.vstack([expected * old, counts.counts.astype(float)])
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] > 1 and table.sum(axis=1).min() > 0:
        wanted = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
        statistic = float(((table - wanted) ** 2 / wanted).sum())
        found["statistic"], found["p_value"] = statistic, float(chdtrc(table.shape[1] - 1, statistic))
    return found


def prediction_drift(known: dict[str, Any], scores: pd.DataFrame) -> dict[str, Any]:
    """Compare predictions with those on the rows kept apart.

    Raises
    ------
    BadQuestion
        When the scores hold no known column.
    """
    wanted = next((c for c in ("score", "probability", "prediction") if c in scores), None)
    if wanted is None:
        raise BadQuestion("bad_question", field="--scores", allowed="score, probability, prediction")
    counts = counts_for(known)
    counts.add(scores[wanted])
    found = measure(known, counts, known["rows"])
    judge(found, known, found["p_value"])
    return found


def drift_files(
    reference: Path, rows: Path, out: Path, scores: Path | None, threads: int = 1
) -> dict[str, Any]:
    """The ``drift`` command: result.json (or its ``reference`` and ``about``) and new rows in, drift.json out.

    Raises
    ------
    BadQuestion
        When the reference is none, or the scores are not those of the rows.
    """
    result = read_json(reference)
    known = result.get("reference", result) if isinstance(result, dict) else {}
    if not isinstance(known.get("columns"), dict) or "rows" not in known:
        raise BadQuestion("bad_question", field="--reference", allowed="result.json")
    found = compare_file(known, rows, threads)
    if scores is not None:
        from automl.drift_outcomes import outcomes

        frame = read_rows(scores)
        found["prediction"] = prediction_drift(known["prediction"], frame)
        found["outcomes"] = outcomes(result, rows, frame)
    write_json(out, found)
    return found
