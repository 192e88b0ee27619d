"""Score rows with this model: python score.py rows.csv --out predictions.csv

Reads CSV, JSON (a list of objects) or Parquet and writes the same kinds. Needs only what
requirements.txt names; no network, no Agora.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from automl.modelstore import ModelRefused  # noqa: E402  the copy beside this file
from automl.question import BadQuestion  # noqa: E402
from automl.scoring import Scorer  # noqa: E402
from automl.tables import ROWS_FILES, write_rows  # noqa: E402


def scorer() -> Scorer:
    """Load the model; refuses one that is not the one that was exported."""
    manifest = json.loads((HERE / "manifest.json").read_text(encoding="utf-8"))
    return Scorer(HERE / "model", manifest["sha256"])


def sentence(problem: dict) -> str:
    """A problem in words."""
    return str(problem["message"] % problem["params"])


def rows_of(model: Scorer, path: Path) -> pd.DataFrame | None:
    """The rows of a file that fit the model; None, with the reasons on the standard error, when they do not."""
    try:
        frame = model.read(path)
    except BadQuestion as bad:
        print(sentence(bad.problem), file=sys.stderr)
        return None
    except (OSError, ValueError) as problem:
        print(f"The rows could not be read: {problem}", file=sys.stderr)
        return None
    if frame.empty:
        print("There are no rows to score.", file=sys.stderr)
        return None
    checked, warnings, errors = model.validate(frame)
    for each in [*warnings, *errors]:
        print(sentence(each), file=sys.stderr)
    return None if errors else checked


def main(arguments: list[str] | None = None) -> int:
    """0 scored; 1 the rows do not fit, with reasons; 3 the model was changed."""
    options = argparse.ArgumentParser(description="Score rows with this model.")
    options.add_argument("rows", type=Path, help="rows to score: .csv, .json or .parquet")
    options.add_argument("--out", type=Path, default=Path("predictions.csv"), help=".csv, .json or .parquet")
    given = options.parse_args(arguments)
    if given.out.suffix.lower() not in ROWS_FILES:
        options.error(f"--out must end in {', '.join(ROWS_FILES)}")
    try:
        model = scorer()
    except ModelRefused:
        print("The model files were changed since the export. They were not used.", file=sys.stderr)
        return 3
    checked = rows_of(model, given.rows)
    if checked is None:
        return 1
    try:
        write_rows(model.predict(checked), given.out)
    except OSError as problem:
        print(f"The predictions could not be written: {problem}", file=sys.stderr)
        return 1
    print(f"{len(checked)} rows scored: {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
