"""The scoring package: model, scoring code and pinned requirements in one zip, without Agora."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.export.archive import Content, ready_made, unfold
from automl.export.closure import classes_of_engine, engine_files
from automl.export.examples import example_rows
from automl.export.requirements import names_for, python, requirements, versions
from automl.files import plain
from automl.modelstore import FILES, TRUSTED, bundle_digest
from automl.scoring import Scorer
from automl.tables import read_rows
from automl.texts import note

CHECK_ROWS = 1_000
CHECK_SECONDS = 240


@dataclass(frozen=True)
class Source:
    """What is exported: the model's folder, loaded, and what is known about its training."""

    folder: Path
    scorer: Scorer
    result: dict[str, Any]
    rows: pd.DataFrame | None  # real rows to check an export with; never part of it

    @property
    def meta(self) -> dict[str, Any]:
        """Description of the model."""
        return self.scorer.meta

    @property
    def environment(self) -> dict[str, Any] | None:
        """Versions at training, if known."""
        return self.result.get("environment")

    @property
    def checked_rows(self) -> pd.DataFrame:
        """Real rows that the model accepts; made up ones when none were given."""
        schema = self.meta["input_schema"]
        if self.rows is None:
            return pd.DataFrame(example_rows(schema, 50), dtype=object)
        return self.rows[[entry["name"] for entry in schema]].reset_index(drop=True)


def as_json(value: Any) -> bytes:
    """Readable JSON."""
    return (json.dumps(plain(value), ensure_ascii=False, indent=1) + "\n").encode()


def model_files(source: Source, below: str = "model/") -> Content:
    """The stored model as it is."""
    return {below + name: (source.folder / name).read_bytes() for name in FILES}


def runtime() -> Content:
    """The engine's own scoring code, unchanged."""
    return engine_files({"automl.scoring", *classes_of_engine(TRUSTED)})


def manifest(source: Source) -> dict[str, Any]:
    """What this is, for programs."""
    meta = source.meta
    return {
        "name": meta.get("name"),
        "trial": meta.get("number"),
        "task": meta["task"],
        "target": meta.get("target"),
        "classes": meta["classes"],
        "positive_label": meta.get("positive_label"),
        "threshold": meta.get("threshold"),
        "sha256": bundle_digest(source.folder),
        "files": list(FILES),
        "table_digest": source.result.get("table_digest"),
        "python": python(source.environment),
    }


def package(source: Source) -> Content:
    """All files of the scoring package."""
    schema = source.meta["input_schema"]
    rows = example_rows(schema)
    scores = source.scorer.predict(pd.DataFrame(rows, dtype=object))
    found = versions(names_for(source.scorer.pipeline), source.environment)
    return {
        **model_files(source),
        **runtime(),
        "score.py": ready_made("score.py"),
        "test_package.py": ready_made("test_package.py"),
        "manifest.json": as_json(manifest(source)),
        "schema.json": as_json(schema),
        "example_rows.json": as_json(rows),
        "example_rows.csv": pd.DataFrame(rows).to_csv(index=False).encode(),
        "example_scores.json": as_json(scores.to_dict(orient="records")),
        "requirements.txt": requirements(found),
        "README.md": readme(source).encode(),
    }


def readme(source: Source) -> str:
    """How to use the package."""
    meta = source.meta
    columns = "\n".join(f"- `{entry['name']}` ({entry['kind']})" for entry in meta["input_schema"])
    return f"""# Predicting {meta.get("target")} with {meta.get("name")}

Runs on its own: no network and no Agora. Python {python(source.environment)}.

    python -m venv venv
    venv/bin/pip install -r requirements.txt
    venv/bin/python test_package.py
    venv/bin/python score.py example_rows.csv --out predictions.csv

`score.py` reads CSV, JSON (a list of objects) or Parquet. It checks every row and says which row and
which column does not fit. The example rows are made up; no row of the training data is in here.

| file | what it is |
|---|---|
| `model/` | the model as skops (no pickle), the preparation of columns, the description |
| `automl/` | the part of Agora's engine that scoring needs, unchanged and readable |
| `schema.json` | each column the model needs, with its kind and range |
| `manifest.json` | name, task, answers, limit for a yes, digest of the model |
| `test_package.py` | compares the scores of the example rows with those at the export |

Columns it needs:

{columns}
"""


def check_package(source: Source, content: Content) -> dict[str, Any]:
    """Run the package in a process of its own and compare it with the model it was made of.

    Returns
    -------
    dict
        ``rows`` compared, ``greatest_difference``, ``equal`` and ``note``.
    """
    rows = source.checked_rows.head(CHECK_ROWS)
    wanted = source.scorer.predict(rows)
    with tempfile.TemporaryDirectory(prefix="agora-export-") as name:
        place = unfold(content, Path(name) / "package")
        rows.to_parquet(place / "rows.parquet", index=False)
        done = subprocess.run(  # noqa: S603  the package that was just written
            [sys.executable, "score.py", "rows.parquet", "--out", "scores.parquet"],
            cwd=place,
            env={**os.environ, "PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=CHECK_SECONDS,
            check=False,
        )
        if done.returncode:
            return {"rows": 0, "equal": False, "note": note("export_package_fails", error=done.stderr[-200:])}
        found = read_rows(place / "scores.parquet")
    return difference(wanted, found)


def difference(wanted: pd.DataFrame, found: pd.DataFrame) -> dict[str, Any]:
    """The greatest difference of any number, and whether all answers are the same."""
    numbers = [name for name in wanted if pd.api.types.is_numeric_dtype(wanted[name])]
    apart = [np.abs(wanted[n].to_numpy(float) - found[n].to_numpy(float)).max() for n in numbers]
    greatest = float(max(apart, default=0.0))
    answers = [name for name in wanted if name not in numbers]
    same = all((wanted[n].astype(str) == found[n].astype(str)).all() for n in answers)
    equal = bool(same and greatest <= 1e-12)
    code = "export_package_equal" if equal else "export_package_differs"
    return {
        "rows": len(wanted),
        "greatest_difference": greatest,
        "equal": equal,
        "note": note(code, rows=len(wanted), difference=f"{greatest:.1e}"),
    }
