"""ONNX with a parity check on real rows, every time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.export.archive import Content, ready_made
from automl.export.closure import engine_files
from automl.export.examples import example_rows
from automl.export.onnx_graph import SCORES, NotConvertible, to_onnx
from automl.export.package import Source, as_json, manifest
from automl.export.requirements import requirements, versions
from automl.prediction import predict
from automl.recipe import apply_recipe
from automl.texts import note

TOLERANCE = 1e-5  # of a probability; for estimates relative to the largest one
PARITY_ROWS = 1_000
RUNTIME = ("numpy", "pandas", "pyarrow", "onnxruntime")


def onnx_files(source: Source) -> tuple[Content, dict[str, Any]]:
    """The ONNX folder and its parity report.

    Raises
    ------
    NotConvertible
        When a part has no converter, or the converted model answers differently.
    """
    scorer = source.scorer
    ready = apply_recipe(source.checked_rows.head(PARITY_ROWS), scorer.recipe)
    model = to_onnx(scorer.pipeline, ready, len(scorer.classes))
    data = model.SerializeToString()
    report = parity(source, data, ready)
    if not report["ok"]:
        raise NotConvertible("onnx_differs", f"{report['greatest_difference']:.2g}")
    found = versions(RUNTIME, source.environment)
    made: Content = {
        "model.onnx": data,
        "inputs.json": as_json(inputs(scorer.recipe, ready)),
        "recipe.json": as_json(scorer.recipe),
        "schema.json": as_json(source.meta["input_schema"]),
        "manifest.json": as_json({**manifest(source), "inputs": list(map(str, ready.columns))}),
        "parity.json": as_json(report),
        "example_rows.csv": pd.DataFrame(example_rows(source.meta["input_schema"]))
        .to_csv(index=False)
        .encode(),
        "predict_onnx.py": ready_made("predict_onnx.py"),
        "requirements.txt": requirements(found),
        "README.md": readme(source, report).encode(),
        **engine_files({"automl.recipe", "automl.rowcheck"}),
    }
    return made, report


def feed(ready: pd.DataFrame) -> dict[str, NDArray[Any]]:
    """Model columns as the inputs of the graph."""
    return {
        f"x{number}": ready[name]
        .to_numpy(dtype=object if ready[name].dtype == object else np.float32)
        .reshape(-1, 1)
        for number, name in enumerate(ready.columns)
    }


def run(data: bytes, ready: pd.DataFrame) -> NDArray[np.float64]:
    """Scores of the ONNX model."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        return np.asarray(session.run([SCORES], feed(ready))[0], dtype="float64")
    except Exception as problem:  # the runtime raises kinds of its own for every failure
        raise NotConvertible("onnx_does_not_run", type(problem).__name__) from problem


def parity(source: Source, data: bytes, ready: pd.DataFrame) -> dict[str, Any]:
    """Compare the ONNX model with the original on real rows.

    Where they differ by more than the tolerance, the original is asked once more with its inputs
    rounded to 32 bits: when that answers like ONNX, only rounding at the limits of trees is the
    cause, and the report says in how many rows.
    """
    scorer = source.scorer
    task, classes = scorer.task, len(scorer.classes)
    wanted = predict(scorer.pipeline, ready, task, classes)
    found = run(data, ready).reshape(wanted.shape)
    unit = max(1.0, float(np.abs(wanted).max())) if task == "regression" else 1.0
    apart = np.abs(found - wanted) / unit
    greatest = float(np.nan_to_num(apart, nan=np.inf).max())
    rows = np.atleast_2d(apart.T).max(axis=0) > TOLERANCE
    report: dict[str, Any] = {
        "rows": len(ready),
        "real_rows": source.rows is not None,
        "tolerance": TOLERANCE,
        "is_relative": task == "regression",
        "greatest_difference": greatest,
        "rows_above": int(rows.sum()),
        "explained_by_rounding": False,
        "ok": greatest <= TOLERANCE,
    }
    if not report["ok"]:
        rounded = ready.copy()
        for name in rounded.columns:
            if rounded[name].dtype != object:
                rounded[name] = rounded[name].astype("float32").astype("float64")
        again = predict(scorer.pipeline, rounded, task, classes)
        after = float(np.nan_to_num(np.abs(found - again) / unit, nan=np.inf).max())
        report |= {"difference_after_rounding": after, "explained_by_rounding": after <= TOLERANCE}
        report["ok"] = report["explained_by_rounding"]
    code = "onnx_parity" if report["real_rows"] else "onnx_parity_made_up"
    code = "onnx_parity_rounding" if report["explained_by_rounding"] else code
    shown = {"rows": len(ready), "difference": f"{greatest:.1e}", "above": report["rows_above"]}
    return report | {"note": note(code, **shown)}


SAID = {
    "number": "the column as a number; empty is NaN",
    "category": 'the column as text, blanks around it removed, 2.0 as "2"; empty is "(missing)"',
    "date": "computed from the date: days since 2000-01-01, year, month, weekday, day of the year or minute",
    "text": "computed from the text; see recipe.json",
}


def inputs(recipe: dict[str, Any], ready: pd.DataFrame) -> list[dict[str, Any]]:
    """What each input of the graph is made of."""
    made_of = {output: step for step in recipe["steps"] for output in step["outputs"]}
    listed = []
    for number, name in enumerate(ready.columns):
        step = made_of.get(str(name), {})
        listed.append(
            {
                "input": f"x{number}",
                "name": str(name),
                "type": "string" if ready[name].dtype == object else "float32",
                "column": step.get("column", str(name)),
                "how": SAID.get(step.get("kind", ""), "see recipe.json"),
            }
        )
    return listed


def readme(source: Source, report: dict[str, Any]) -> str:
    """How to use the ONNX model."""
    meta = source.meta
    answers = ", ".join(meta["classes"]) or "one estimate per row"
    said = report["note"]["message"] % report["note"]["params"]
    limit = f"A yes is said from a probability of {meta['threshold']:.6g}." if meta.get("threshold") else ""
    return f"""# {meta.get("name")} as ONNX

`model.onnx` runs wherever onnxruntime runs (Python, C++, C#, Java, JavaScript, …).

- Inputs: `x0`, `x1`, … of shape (rows, 1); `inputs.json` says what each is made of.
- Output `scores`: {answers}. {limit}
- Parity: {said}

With Python, from raw rows (CSV, JSON or Parquet) to predictions:

    pip install -r requirements.txt
    python predict_onnx.py example_rows.csv --out predictions.csv

`automl/` holds the preparation of columns and the check of rows against `schema.json`, unchanged and readable;
scikit-learn is not needed.
"""
