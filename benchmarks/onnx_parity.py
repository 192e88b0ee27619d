"""ONNX parity of every convertible pipeline over real tables; exits 1 when one exceeds the tolerance unexplained.

python -m benchmarks.onnx_parity --budget 20
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import sys
import tempfile
from pathlib import Path

from automl.export.onnx_graph import NotConvertible
from automl.export.onnx_model import TOLERANCE, onnx_files
from automl.export.run import open_source
from automl.files import read_json
from automl.fit import fit
from automl.ingest import ingest
from automl.question import Question

DATA = Path(__file__).resolve().parent.parent / "portal" / "demo" / "data"
ASKED = {
    "instalment_credit": {"target": "Status", "positive_label": "bad"},
    "partner_churn": {"target": "churn", "positive_label": "yes"},
    "caravan": {"target": "Purchase", "positive_label": "Yes"},
    "concrete_strength": {"target": "compressive_strength"},
    "bike_hires": {"target": "bikers", "roles": {"casual": "exclude", "registered": "exclude"}},
}


def searched(name: str, place: Path, budget: float, trials: int) -> Path:
    """The table read and searched; the working folder."""
    place.mkdir(parents=True)
    with gzip.open(DATA / f"{name}.csv.gz") as packed, (place / "table.csv").open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    ingest(place / "table.csv", "table.csv", place)
    question = Question.from_dict({**ASKED[name], "budget_seconds": budget, "max_trials": trials, "seed": 1})
    fit(place / "table.parquet", question, place, tell=lambda *_, **__: None)
    return place


def main(arguments: list[str] | None = None) -> int:
    """One line per pipeline."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--budget", type=float, default=20)
    options.add_argument("--trials", type=int, default=14)
    options.add_argument("--tables", nargs="*", default=list(ASKED), choices=list(ASKED))
    given = options.parse_args(arguments)
    worst, converted, refused = 0.0, 0, 0
    with tempfile.TemporaryDirectory(prefix="agora-onnx-") as name:
        for table in given.tables:
            place = searched(table, Path(name) / table, given.budget, given.trials)
            result = read_json(place / "result.json")
            for record in (each for each in result["trials"] if each["artifact"]):
                source = open_source(place / record["artifact"]["path"], result, place / "table.parquet")
                shown = f"{table:20} {record['name']:20}"
                try:
                    report = onnx_files(source)[1]
                except NotConvertible as problem:
                    refused += 1
                    print(f"{shown} refused: {problem}")
                    continue
                converted += 1
                explained = report["explained_by_rounding"]
                worst = max(
                    worst, report["difference_after_rounding"] if explained else report["greatest_difference"]
                )
                print(
                    f"{shown} {report['rows']} rows, greatest difference {report['greatest_difference']:.1e}"
                    + (f", {report['rows_above']} rows by rounding" if explained else ""),
                    flush=True,
                )
    print(f"{converted} converted, {refused} refused, worst {worst:.1e} (tolerance {TOLERANCE:.0e})")
    return 0 if worst <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
