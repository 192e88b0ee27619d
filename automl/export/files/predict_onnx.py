"""Score raw rows with model.onnx: python predict_onnx.py rows.csv --out predictions.csv"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from automl.recipe import apply_recipe, used_columns  # noqa: E402  the copy beside this file
from automl.tables import read_rows, write_rows  # noqa: E402


def predictions(frame: pd.DataFrame) -> pd.DataFrame:
    """Prepare the columns, ask the model, name the answers."""
    import onnxruntime

    manifest = json.loads((HERE / "manifest.json").read_text(encoding="utf-8"))
    recipe = json.loads((HERE / "recipe.json").read_text(encoding="utf-8"))
    missing = [name for name in used_columns(recipe) if name not in frame.columns]
    if missing:
        raise SystemExit(f"These columns are missing: {', '.join(missing)}")
    ready = apply_recipe(frame, recipe)[manifest["inputs"]]
    feed = {
        f"x{number}": ready[name]
        .to_numpy(dtype=object if ready[name].dtype == object else np.float32)
        .reshape(-1, 1)
        for number, name in enumerate(ready.columns)
    }
    session = onnxruntime.InferenceSession(str(HERE / "model.onnx"), providers=["CPUExecutionProvider"])
    scores = session.run(["scores"], feed)[0]
    classes = manifest["classes"]
    if not classes:
        return pd.DataFrame({"prediction": scores.ravel()})
    chosen = scores.argmax(axis=1)
    if manifest["task"] == "binary":
        chosen = (scores[:, 1] >= manifest["threshold"]).astype(int)
    answer = pd.DataFrame({"prediction": np.array(classes, dtype=object)[chosen]})
    for number, name in enumerate(classes):
        answer[f"probability_{name}"] = scores[:, number]
    return answer


def main(arguments: list[str] | None = None) -> int:
    """Read, score, write."""
    options = argparse.ArgumentParser(description="Score rows with the ONNX model.")
    options.add_argument("rows", type=Path, help="rows to score: .csv, .json or .parquet")
    options.add_argument("--out", type=Path, default=Path("predictions.csv"), help=".csv, .json or .parquet")
    given = options.parse_args(arguments)
    answer = predictions(read_rows(given.rows))
    write_rows(answer, given.out)
    print(f"{len(answer)} rows scored: {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
