"""The same search in one process and on a Dask cluster of several: both times, their ratio, and whether they agree.

python -m benchmarks.cluster --rows 20000 --trials 16 --workers 2

On one machine both share the cores, and reading, checks and report stay in one process: the gain is small. Five folds on
two workers and a last training on one can gain 1.5 at most in the trials.
"""

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

from benchmarks.million_table import write_table

ROOT = Path(__file__).resolve().parent.parent
BUDGET = 1800  # never the reason why a search ends here: both must do the same work
GOAL = 1.0


def searched(place: Path, name: str, scheduler: str | None) -> tuple[float, dict[str, Any]]:
    """Seconds of one `fit` command with one thread, start of Python included, and its result.

    Raises
    ------
    subprocess.CalledProcessError
        When the search ends without a model.
    """
    command = [sys.executable, "-m", "automl", "fit", "--table", str(place / "table.parquet"), "--question"]
    command += [str(place / "question.json"), "--workdir", str(place / name), "--threads", "1"]
    if scheduler:
        command += ["--scheduler", scheduler]
    started = time.monotonic()
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - started
    result: dict[str, Any] = json.loads((place / name / "result.json").read_text())
    return seconds, result


def said(result: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What two equal searches share: each trial with its scores, and the best one's figures on the rows kept apart."""
    trials = [(t["name"], t["status"], t["fold_scores"]) for t in result["trials"]]
    best = next(t for t in result["trials"] if t["number"] == result["best_trial"])
    return [*trials, ("best", best["name"], {key: m["value"] for key, m in best["test_metrics"].items()})]


def in_trials(result: dict[str, Any]) -> float:
    """Seconds that all trials took together."""
    return float(sum(t["seconds"] or 0.0 for t in result["trials"]))


def main(arguments: list[str] | None = None) -> int:
    """Print the figures; 1 when the results differ or the gain is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=20_000)
    options.add_argument("--trials", type=int, default=16)
    options.add_argument("--workers", type=int, default=2)
    given = options.parse_args(arguments)
    question = {"target": "bought", "task": "binary", "metric": "roc_auc", "max_trials": given.trials}
    with tempfile.TemporaryDirectory(prefix="agora-cluster-") as name:
        place = Path(name)
        write_table(place / "table.parquet", given.rows)
        (place / "question.json").write_text(json.dumps(question | {"budget_seconds": BUDGET, "seed": 0}))
        one, alone = searched(place, "alone", None)
        many, spread = _on_a_cluster(place, given.workers)
    equal = said(alone) == said(spread)
    print(f"{given.rows} rows, {len(alone['trials'])} trials, load at the end {os.getloadavg()[0]:.1f}")
    print(f"one process:          {one:6.1f} s, of which trials {in_trials(alone):6.1f} s")
    print(f"cluster of {given.workers} workers: {many:6.1f} s, of which trials {in_trials(spread):6.1f} s")
    gain = in_trials(alone) / in_trials(spread)
    print(f"ratio: {one / many:.2f} (goal more than {GOAL}), of the trials {gain:.2f}")
    print(f"the results are {'equal' if equal else 'NOT equal'}")
    return 0 if equal and one / many > GOAL else 1


def _on_a_cluster(place: Path, workers: int) -> tuple[float, dict[str, Any]]:
    from distributed import Client, LocalCluster

    from automl.search.cluster import far_ready

    kind: dict[str, Any] = {"threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with LocalCluster(n_workers=workers, memory_limit=0, **kind) as cluster:
        with Client(cluster) as client:  # a cluster is there before the search and has the libraries loaded
            client.run(far_ready)
        return searched(place, "spread", cluster.scheduler_address)


if __name__ == "__main__":
    sys.exit(main())
