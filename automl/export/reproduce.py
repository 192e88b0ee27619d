"""The script and the notebook that train a trial again and compare it with what was recorded."""

from __future__ import annotations

import json
from typing import Any

from sklearn.base import clone

from automl.export.archive import Content
from automl.export.closure import classes_of_engine, engine_files
from automl.export.code import NoCode, verified
from automl.export.package import Source, as_json
from automl.export.requirements import names_for, python, requirements, versions
from automl.modelstore import TRUSTED

SAME = 1e-6  # a score this close is the same; other processors round differently

READ = """run = json.loads((HERE / "run.json").read_text(encoding="utf-8"))"""
SPLIT = """table = read_table(TABLE)
rows = split_rows(table, run["question"], run["recipe"])
print(f"{len(rows.x_train)} rows to learn from, {len(rows.x_test)} kept apart")"""
DRAW = """rows = draw_rows(TABLE, run["question"], run["recipe"])  # of a large table, the drawn ones
print(f"{len(rows.x_train)} rows drawn to learn from, {len(rows.x_test)} to test with")"""
FIT = "pipeline.fit(rows.x_train, rows.y_train)"
# Where the search went in steps, each model learned from so many rows.
LEARN = """for each, count in zip(pipelines, run["train_rows"]):
    learn(each, rows, count)
pipeline = vote_of(pipelines, run["weights"], run["task"], len(run["classes"]))"""
MEND = """# the probabilities are mended by a curve that was found on rows no model had learned from
pipeline = with_curve(pipeline, curve_of(run["curve"]), len(run["classes"]))"""
COMPARE = f"""name, recorded = run["metric"], run["recorded"]
found = measured(pipeline, rows, run["task"], len(run["classes"]), run["seed"])[name]["value"]
print(f"{{name}}: {{found:.6f}}, recorded: {{recorded:.6f}}")
same = abs(found - recorded) <= {SAME} * max(1.0, abs(recorded))
print("The same result." if same else "Not the same result: look at the table and the versions.")"""


def script(source: Source) -> Content:
    """The folder with reproduce.py."""
    imports, *training = training_of(source)
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
        *imports_of(source),
        "",
        "if len(sys.argv) != 2:",
        '    sys.exit("Give the table the model was trained on: python reproduce.py table.csv")',
        "TABLE = sys.argv[1]",
        "np.random.seed(0)",
        "",
        "# 1. What was asked",
        READ,
        "",
        "# 2. The same rows to learn from, the same rows kept apart, the same preparation of columns",
        DRAW if is_drawn(source) else SPLIT,
        "",
        "# 3. The model: plain scikit-learn",
        *training,
        "",
        "# 4. The same result?",
        COMPARE,
        "sys.exit(0 if same else 1)",
        "",
    ]
    return support(source) | {"reproduce.py": "\n".join(lines).encode()}


BEFORE = ["import json", "import sys", "from pathlib import Path", "", "import numpy as np"]
PLACE = ["", "HERE = Path.cwd()  # start the notebook in its own folder", "sys.path.insert(0, str(HERE))"]


def notebook(source: Source) -> Content:
    """The folder with reproduce.ipynb."""
    imports, *training = training_of(source)
    table = 'TABLE = "table.csv"  # the table the model was trained on'
    start = [*BEFORE, *imports, *PLACE, *imports_of(source), "", table]
    meta = source.meta
    cells = [
        _words(
            f"# Predicting {meta.get('target')}: {meta.get('name')}\n\n"
            "Trains the model again and compares it with what was recorded. Needs the table and `requirements.txt`."
        ),
        _code("\n".join(start)),
        _words("## 1. What was asked"),
        _code(READ),
        _words("## 2. The same rows, the same preparation of columns"),
        _code(DRAW if is_drawn(source) else SPLIT),
        _code("rows.x_train.head()"),
        _words("## 3. The model: plain scikit-learn"),
        _code("\n".join(training)),
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


def is_drawn(source: Source) -> bool:
    """Whether the table was too large to look at whole, so that rows were drawn."""
    return "holdout_rows" in (source.result.get("learned") or {})


def imports_of(source: Source) -> list[str]:
    """What is needed of the engine: reading, splitting and measuring, and how steps or a curve are joined."""
    pipeline, members = parts_of(source)
    rows = ["draw_rows"] if is_drawn(source) else ["read_table", "split_rows"]
    steps, curve = _in_steps(members), pipeline is not source.scorer.pipeline
    names = sorted([*rows, "measured", *(["learn"] if steps else [])])
    joining = [
        *(["curve_of"] if curve else []),
        *(["vote_of"] if steps else []),
        *(["with_curve"] if curve else []),
    ]
    lines = [f"from automl.export.rerun import {', '.join(names)}"]
    return lines + ([f"from automl.joining import {', '.join(joining)}"] if joining else [])


def record_of(source: Source, number: Any) -> dict[str, Any]:
    """What the run recorded of a trial."""
    return next(each for each in source.result["trials"] if each["number"] == number)


def parts_of(source: Source) -> tuple[Any, list[tuple[dict[str, Any], Any]]]:
    """The trained pipeline below a curve (or the whole), and its members with their records; one is its own member."""
    pipeline, number = source.scorer.pipeline, source.meta["number"]
    record = record_of(source, number)
    if record.get("calibrates"):
        pipeline, record = pipeline.estimators_[0], record_of(source, record["calibrates"])
    if not record.get("members"):
        return pipeline, [(record, pipeline)]
    numbers = [int(name.removeprefix("trial_")) for name, _ in pipeline.estimators]
    voters = zip(numbers, pipeline.estimators_, strict=True)
    return pipeline, [(record_of(source, each), voter) for each, voter in voters]


def training_of(source: Source) -> list[Any]:
    """Import lines, then the lines that make and train the model."""
    pipeline, members = parts_of(source)
    if any("learns_from" in record for record, _ in members):
        raise NoCode("FeatureUnion")  # its columns are answers that the models below gave fold by fold
    if _in_steps(members):
        imports, expression = verified([_settled(voter) for _, voter in members])
        lines = [f"pipelines = {expression}", LEARN]
    else:
        imports, expression = verified(clone(pipeline))
        lines = [f"pipeline = {expression}", FIT]
    return [imports, *lines, *([MEND] if pipeline is not source.scorer.pipeline else [])]


def _in_steps(members: list[tuple[dict[str, Any], Any]]) -> bool:
    """Whether the search went from fewer to more rows: then it recorded whether time cut a step short."""
    return any("cut_short" in record for record, _ in members)


def _settled(pipeline: Any) -> Any:
    """The unfitted pipeline; boosting that stopped by validation rows gets the rounds that it kept."""
    fresh = clone(pipeline)
    rounds = getattr(pipeline[-1], "best_iteration_", None)
    if rounds:
        fresh[-1].set_params(n_estimators=int(rounds))
    return fresh


def _how_trained(source: Source) -> dict[str, Any]:
    """What the lines of training read: rows and weights of the members, and the curve."""
    pipeline, members = parts_of(source)
    found: dict[str, Any] = {}
    if _in_steps(members):
        weights = [1.0] if len(members) == 1 else list(pipeline.weights)
        found = {"train_rows": [record["train_rows"] for record, _ in members], "weights": weights}
    if pipeline is not source.scorer.pipeline:
        curve = source.scorer.pipeline.final_estimator_
        found["curve"] = {"coef": curve.coef_, "intercept": curve.intercept_, "classes": curve.classes_}
    return found


def support(source: Source) -> Content:
    """What script and notebook share: the run, the engine's reading and splitting, the versions."""
    result, meta = source.result, source.meta
    metric = result["metric"]["name"]
    trial = record_of(source, meta["number"])
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
        **_how_trained(source),
    }
    names = (*names_for(source.scorer.pipeline), "openpyxl")
    return {
        "run.json": as_json(run),
        "requirements.txt": requirements(versions(names, source.environment)),
        "README.md": readme(source).encode(),
        **engine_files({"automl.export.rerun", "automl.joining", *classes_of_engine(TRUSTED)}),
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
