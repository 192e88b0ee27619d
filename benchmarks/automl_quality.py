"""The engine beside its peers: every tool in an environment of its own, same splits, one after another."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.metrics import METRICS
from benchmarks.automl_peers import ANSWER
from benchmarks.automl_table import report
from benchmarks.environments import CACHE, python_of

ROOT = Path(__file__).resolve().parents[1]
# What each tool's environment holds; made on demand. None: the engine's own environment has it.
ENVIRONMENTS: dict[str, tuple[str, ...] | None] = {
    "agora": None,
    "hgb": None,
    "lightgbm": None,
    "flaml": ("flaml[automl]==2.7.0", "scikit-learn<1.8", "pyarrow"),
    "mljar": ("mljar-supervised==1.3.2", "pyarrow"),
    "autogluon": ("autogluon.tabular[lightgbm,catboost,xgboost,fastai]==1.6.3", "pyarrow"),
    "h2o": ("h2o==3.46.0.12", "pandas", "pyarrow"),
}
# file: answer, task, columns that are no honest input
TABLES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "caravan": ("CARAVAN", "binary", ()),
    "telco_churn": ("Churn", "binary", ()),
    "german_credit": ("credit_risk", "binary", ()),
    "bank_marketing": ("deposit", "binary", ("duration",)),
    "adult": ("income >50K", "binary", ()),
    "titanic": ("Survived", "binary", ()),
    "compas": ("two_year_recid", "binary", ()),
    "wine_quality": ("quality", "multiclass", ()),
    "concrete": ("strength_mpa", "regression", ()),
    "bike_hourly": ("cnt", "regression", ()),
}
SCORES = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}
TEST_SHARE = 0.25
PATIENCE = 3.0  # times its budget, and two minutes, that a tool may take before it is ended


def split(data: Path, table: str, seed: int, folder: Path) -> dict[str, Any]:
    """Write train and test of one table and seed; the same rows for every tool."""
    target, task, left_out = TABLES[table]
    frame = pd.read_csv(data / f"{table}.csv").drop(columns=list(left_out))
    named = [name for name in frame.columns if name.strip() == target.split(" ")[0] or name == target]
    y = frame.pop(named[0])
    values = y.astype(float) if task == "regression" else pd.Series(pd.factorize(y, sort=True)[0])
    rng = np.random.default_rng(seed)
    groups = (
        [np.arange(len(y))]
        if task == "regression"
        else [np.flatnonzero(values == k) for k in values.unique()]
    )
    test = np.zeros(len(y), dtype=bool)
    for rows in groups:
        test[rng.choice(rows, round(TEST_SHARE * len(rows)), replace=False)] = True
    frame[ANSWER] = values.to_numpy()
    frame[~test].reset_index(drop=True).to_parquet(folder / "train.parquet", index=False)
    frame[test].reset_index(drop=True).to_parquet(folder / "test.parquet", index=False)
    (folder / "task.json").write_text(json.dumps({"task": task}))
    y_train, y_test = values.to_numpy()[~test], values.to_numpy()[test]
    return {"task": task, "train": frame[~test], "y_train": y_train, "y_test": y_test}


def score(task: str, y: Any, answer: Any) -> float:
    """The task's usual score on the test rows."""
    return METRICS[task][SCORES[task]].function(y, answer, np.ones(len(y)))


def linear_score(part: dict[str, Any], folder: Path) -> float:
    """What a plain linear model reaches: the other end of the scale."""
    from automl.recipe import apply_recipe, build_recipe
    from automl.search.pipelines import coding, model
    from automl.search.portfolio import Candidate

    train = pd.read_parquet(folder / "train.parquet").drop(columns=ANSWER)
    test = pd.read_parquet(folder / "test.parquet").drop(columns=ANSWER)
    recipe = build_recipe(train, list(train.columns))
    prepare = coding("onehot", recipe, part["task"], 0)
    fitted = model(Candidate("linear", "linear", "onehot"), part["task"], len(train), 0, 1)
    fitted.fit(prepare.fit_transform(apply_recipe(train, recipe), part["y_train"]), part["y_train"])
    ask = fitted.predict if part["task"] == "regression" else fitted.predict_proba
    return score(part["task"], part["y_test"], ask(prepare.transform(apply_recipe(test, recipe))))


def run_tool(tool: str, python: Path, folder: Path, options: argparse.Namespace, seed: int) -> dict[str, Any]:
    """One tool on one split; what it cost, or why it gave nothing."""
    command = [
        str(python),
        str(ROOT / "benchmarks" / "automl_peers.py"),
        tool,
        str(folder),
        str(options.budget),
    ]
    command += [str(options.cores), str(seed)]
    threads = dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(options.cores)
    )
    environment = {**os.environ, **threads, "PYTHONPATH": str(ROOT) if ENVIRONMENTS[tool] is None else ""}
    started = time.monotonic()
    with (folder / f"{tool}.log").open("wb") as log:
        child = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        code, usage = waited(child, PATIENCE * options.budget + 120)
    found: dict[str, Any] = {"wall_seconds": time.monotonic() - started, "memory_mb": usage >> 10}
    if code != 0:
        last = (folder / f"{tool}.log").read_text(errors="replace").strip().splitlines()[-1:]
        return found | {"failed": last[0][:200] if last else f"ended with {code}"}
    return found | json.loads((folder / tool / "figures.json").read_text())


def waited(child: subprocess.Popen[bytes], seconds: float) -> tuple[int, int]:
    """Exit code and greatest memory (KB) of a child and those it waited for; it is ended when it is late."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            child.returncode = os.waitstatus_to_exitcode(status)
            return child.returncode, usage.ru_maxrss
        time.sleep(0.05)
    os.killpg(child.pid, 9)
    child.wait()
    return -9, 0


def environments(tools: list[str], cache: Path) -> dict[str, Path]:
    """Pythons of the tools that can be installed here; the others are named and left out."""
    pythons = {}
    for tool in tools:
        try:
            wanted = ENVIRONMENTS[tool]
            pythons[tool] = python_of(tool, wanted, cache) if wanted else Path(sys.executable)
        except (subprocess.SubprocessError, OSError) as error:
            print(f"{tool}: left out, its environment cannot be made ({error})", flush=True)
    return pythons


def compare(
    table: str, seed: int, pythons: dict[str, Path], options: argparse.Namespace
) -> list[dict[str, Any]]:
    """All tools on one split, one after another."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="quality-") as name:
        folder = Path(name)
        part = split(options.data, table, seed, folder)
        floor = linear_score(part, folder)
        for tool, python in pythons.items():
            found = run_tool(tool, python, folder, options, seed)
            row = {"table": table, "seed": seed, "tool": tool, "task": part["task"], "linear": floor, **found}
            if "failed" not in found:
                row["score"] = score(part["task"], part["y_test"], np.load(folder / tool / "answer.npy"))
            rows.append(row)
            said = found.get("failed") or f"{row['score']:.4f} in {found['fit_seconds']:.1f} s"
            print(f"{table} seed {seed} {tool}: {said}", flush=True)
    return rows


def main(arguments: list[str]) -> int:
    """Run the comparison and print it."""
    options = parsed(arguments)
    tables = (
        options.tables.split(",")
        if options.tables
        else [t for t in TABLES if (options.data / f"{t}.csv").exists()]
    )
    tools = list(dict.fromkeys(["agora", *options.peers.split(",")]))
    unknown = [*(t for t in tables if t not in TABLES), *(t for t in tools if t not in ENVIRONMENTS)]
    if unknown:
        sys.exit(
            f"Unknown: {', '.join(unknown)}. Tables: {', '.join(TABLES)}. Tools: {', '.join(ENVIRONMENTS)}."
        )
    pythons = environments(tools, options.cache)
    load = os.getloadavg()[0]
    rows: list[dict[str, Any]] = []
    for table in tables:
        for seed in range(options.seeds):
            rows += compare(table, seed, pythons, options)
            written = {"budget": options.budget, "cores": options.cores, "load_at_start": load, "rows": rows}
            options.out.write_text(json.dumps(written, indent=1))
    print(report(rows, options.budget, load))
    return 0


def parsed(arguments: list[str]) -> argparse.Namespace:
    """The options; whoever asks for nothing gets the goal of the design."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks automl_quality", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the tables as CSV")
    parser.add_argument("--budget", type=float, default=60)
    parser.add_argument("--peers", default="flaml,h2o,mljar,hgb,lightgbm,autogluon")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--tables", default="", help="only these, with commas")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--out", type=Path, default=Path("automl_quality.json"))
    return parser.parse_args(arguments)
