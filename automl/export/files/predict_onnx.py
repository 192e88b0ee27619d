"""Score raw rows with model.onnx: python predict_onnx.py rows.csv --out predictions.csv"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from automl.question import BadQuestion  # noqa: E402  the copy beside this file
from automl.recipe import apply_recipe  # noqa: E402
from automl.rowcheck import check_rows, known_words  # noqa: E402
from automl.tables import ROWS_FILES, read_rows, write_rows  # noqa: E402


def content_of(name: str) -> Any:
    """A JSON file of this folder."""
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def sentence(problem: dict) -> str:
    """A problem in words."""
    return str(problem["message"] % problem["params"])


def predictions(frame: pd.DataFrame) -> pd.DataFrame:
    """Prepare the columns of checked rows, ask the model, name the answers."""
    import onnxruntime

    manifest, recipe = content_of("manifest.json"), content_of("recipe.json")
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
    """0 scored; 1 the rows do not fit, with reasons."""
    options = argparse.ArgumentParser(description="Score rows with the ONNX model.")
    options.add_argument("rows", type=Path, help="rows to score: .csv, .json or .parquet")
    options.add_argument("--out", type=Path, default=Path("predictions.csv"), help=".csv, .json or .parquet")
    given = options.parse_args(arguments)
    if given.out.suffix.lower() not in ROWS_FILES:
        options.error(f"--out must end in {', '.join(ROWS_FILES)}")
    schema = content_of("schema.json")
    try:
        frame = read_rows(given.rows, known_words(schema))
        checked, warnings, errors = check_rows(schema, frame)
    except BadQuestion as bad:
        warnings, errors = [], [bad.problem]
    except (OSError, ValueError) as problem:
        print(f"The rows could not be read: {problem}", file=sys.stderr)
        return 1
    for each in [*warnings, *errors]:
        print(sentence(each), file=sys.stderr)
    if errors or frame.empty:
        print("No rows were scored.", file=sys.stderr)
        return 1
    try:
        write_rows(predictions(checked), given.out)
    except OSError as problem:
        print(f"The predictions could not be written: {problem}", file=sys.stderr)
        return 1
    print(f"{len(frame)} rows scored: {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
