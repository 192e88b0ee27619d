"""The script and the notebook that train a trial again and compare it with what was recorded."""

from __future__ import annotations

import json
from typing import Any

from sklearn.base import clone

from automl.export.archive import Content
from automl.export.closure import classes_of_engine, engine_files
from automl.export.code import verified
from automl.export.package import Source, as_json
from automl.export.requirements import names_for, python, requirements, versions
from automl.modelstore import TRUSTED

SAME = 1e-6  # a score this close is the same; other processors round differently

READ = """run = json.loads((HERE / "run.json").read_text(encoding="utf-8"))
table = read_table(TABLE)
print(f"{len(table)} rows, {len(table.columns)} columns")"""
SPLIT = """rows = split_rows(table, run["question"], run["recipe"])
print(f"{len(rows.x_train)} rows to learn from, {len(rows.x_test)} kept apart")"""
FIT = "pipeline.fit(rows.x_train, rows.y_train)"
COMPARE = f"""name, recorded = run["metric"], run["recorded"]
found = measured(pipeline, rows, run["task"], len(run["classes"]), run["seed"])[name]["value"]
print(f"{{name}}: {{found:.6f}}, recorded: {{recorded:.6f}}")
same = abs(found - recorded) <= {SAME} * max(1.0, abs(recorded))
print("The same result." if same else "Not the same result: look at the table and the versions.")"""


def script(source: Source) -> Content:
    """The folder with reproduce.py."""
    imports, expression = expression_of(source)
    lines = [
        '"""Train this model again and compare it with what was recorded: python reproduce.py table.csv"""',
        "",
        "import json",
        "import sys",
        "from pathlib import Path",
        "",
        "import numpy as np",
        *imports,
        "",
        "HERE = Path(__file__).resolve().parent",
        "sys.path.insert(0, str(HERE))",
        "",
        "from automl.export.rerun import measured, read_table, split_rows  # noqa: E402  the copy beside this file",
        "",
        "if len(sys.argv) != 2:",
        '    sys.exit("Give the table the model was trained on: python reproduce.py table.csv")',
        "TABLE = sys.argv[1]",
        "np.random.seed(0)",
        "",
        "# 1. The table and what was asked of it",
        READ,
        "",
        "# 2. The same rows to learn from, the same rows kept apart, the same preparation of columns",
        SPLIT,
        "",
        "# 3. The model: plain scikit-learn",
        f"pipeline = {expression}",
        FIT,
        "",
        "# 4. The same result?",
        COMPARE,
        "sys.exit(0 if same else 1)",
        "",
    ]
    return support(source) | {"reproduce.py": "\n".join(lines).encode()}


BEFORE = ["import json", "import sys", "from pathlib import Path", "", "import numpy as np"]
AFTER = [
    "",
    "HERE = Path.cwd()  # start the notebook in its own folder",
    "sys.path.insert(0, str(HERE))",
    "from automl.export.rerun import measured, read_table, split_rows",
    "",
    'TABLE = "table.csv"  # the table the model was trained on',
]


def notebook(source: Source) -> Content:
    """The folder with reproduce.ipynb."""
    imports, expression = expression_of(source)
    start = [*BEFORE, *imports, *AFTER]
    meta = source.meta
    cells = [
        _words(
            f"# Predicting {meta.get('target')}: {meta.get('name')}\n\n"
            "Trains the model again and compares it with what was recorded. Needs the table and `requirements.txt`."
        ),
        _code("\n".join(start)),
        _words("## 1. The table and what was asked of it"),
        _code(READ),
        _words("## 2. The same rows, the same preparation of columns"),
        _code(SPLIT),
        _code("rows.x_train.head()"),
        _words("## 3. The model: plain scikit-learn"),
        _code(f"pipeline = {expression}\n{FIT}"),
        _words("## 4. The same result?"),
        _code(COMPARE),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    book = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python", "version": python(source.environment)},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    text = json.dumps(book, ensure_ascii=False, indent=1) + "\n"
    return support(source) | {"reproduce.ipynb": text.encode()}


def _words(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(text: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": text.splitlines(keepends=True),
    }


def expression_of(source: Source) -> tuple[list[str], str]:
    """Import lines and the pipeline, unfitted, as code."""
    return verified(clone(source.scorer.pipeline))


def support(source: Source) -> Content:
    """What script and notebook share: the run, the engine's reading and splitting, the versions."""
    result, meta = source.result, source.meta
    metric = result["metric"]["name"]
    trial = next(each for each in result["trials"] if each["number"] == meta["number"])
    run = {
        "trial": meta["number"],
        "name": meta["name"],
        "question": result["question"],
        "recipe": source.scorer.recipe,
        "task": meta["task"],
        "classes": meta["classes"],
        "seed": result["seed"],
        "metric": metric,
        "recorded": trial["test_metrics"][metric]["value"],
        "table_digest": result.get("table_digest"),
    }
    names = (*names_for(source.scorer.pipeline), "openpyxl")
    return {
        "run.json": as_json(run),
        "requirements.txt": requirements(versions(names, source.environment)),
        "README.md": readme(source).encode(),
        **engine_files({"automl.export.rerun", *classes_of_engine(TRUSTED)}),
    }


def readme(source: Source) -> str:
    """How to run it."""
    return f"""# Training {source.meta.get("name")} again

    python -m venv venv
    venv/bin/pip install -r requirements.txt
    venv/bin/python reproduce.py table.csv        (or open reproduce.ipynb)

Give it the table the model was trained on, as CSV, XLSX or Parquet; no data is in here. Python
{python(source.environment)}, the versions in `requirements.txt` and the seed in `run.json` give the same
model; another processor may round the last digits differently.

`automl/` is the part of Agora's engine that reads tables, prepares columns and cuts off the rows kept
apart, unchanged and readable. The model itself is plain scikit-learn in the script.
"""
