"""A million rows of fifty columns through `profile`, `check` and `fit`: seconds, memory, first model, rows learned from.

python -m benchmarks.million --rows 1000000 --budget 120 --threads 2
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.million_table import write_table

ROOT = Path(__file__).resolve().parent.parent
MEMORY_MB = 4096  # what the portal allows
QUESTION = {"target": "bought", "task": "binary", "metric": "roc_auc", "max_trials": 60, "seed": 0}


def family(root: int) -> list[int]:
    """A process and all below it."""
    found = [root]
    for number in found:
        for task in Path(f"/proc/{number}/task").glob("*/children"):
            try:
                found += [int(each) for each in task.read_text().split()]
            except OSError:
                continue
    return found


def held_mb(root: int) -> float:
    """Memory of a process and all below it, what they share counted once (PSS)."""
    total = 0
    for number in family(root):
        try:
            lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
            total += int(next(line for line in lines if line.startswith("Pss:")).split()[1])
        except (OSError, StopIteration):
            continue
    return total / 1024


class Watched:
    """One engine command: what it printed and when, its seconds and the most memory it held."""

    def __init__(self, arguments: list[str]) -> None:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.begun = time.monotonic()
        command = [sys.executable, "-m", "automl", *arguments, "--memory-mb", str(MEMORY_MB)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        self.most, self.events = 0.0, []
        watcher = threading.Thread(target=self._watch, args=(process,), daemon=True)
        watcher.start()
        for line in process.stdout or ():
            if line.startswith("{"):
                self.events.append({"at": time.monotonic() - self.begun, **json.loads(line)})
        self.code = process.wait()
        self.seconds = time.monotonic() - self.begun
        watcher.join()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def _watch(self, process: subprocess.Popen[str]) -> None:
        while process.poll() is None:
            self.most = max(self.most, held_mb(process.pid))
            time.sleep(0.5)

    def line(self, name: str) -> str:
        """One line of figures."""
        return (
            f"{name:8} {self.seconds:6.1f} s  ({self.processor:.0f} s of processor)  "
            f"{self.most:5.0f} MB  exit {self.code}"
        )


def searched(place: Path, given: argparse.Namespace) -> tuple[Watched, dict[str, Any]]:
    """The search, and its result."""
    arguments = ["fit", "--table", str(place / "table.parquet"), "--question", str(place / "question.json")]
    arguments += ["--workdir", str(place / "work"), "--threads", str(given.threads)]
    done = Watched(arguments)
    try:
        return done, json.loads((place / "work" / "result.json").read_text())
    except OSError:
        return done, {}


def report(done: Watched, result: dict[str, Any], budget: float) -> bool:
    """Print the course of the search; whether it kept its promises."""
    trials = [each for each in done.events if each["event"] == "trial"]
    for each in trials:
        score = "–" if each["score"] is None else f"{each['score']:.4f}"
        print(f"  {each['at']:6.1f} s  {each['name']:28} {score:>8}  {each['status']}")
    models = [t["at"] for t in trials if t["status"] == "finished" and not t["is_baseline"]]
    if not result or not models:
        print(f"no model: {[e for e in done.events if e['event'] == 'failed']}")
        return False
    best = next(t for t in result["trials"] if t["number"] == result["best_trial"])
    value = best["test_metrics"][result["metric"]["name"]]["value"]
    most = max(t["train_rows"] or 0 for t in result["trials"] if t["artifact"])
    allowed = budget * 1.05 + 3
    print(
        f"first model after {models[0]:.1f} s (goal {budget / 3:.0f}), end after {done.seconds:.1f} s (limit {allowed:.0f})"
    )
    print(
        f"best: {best['name']}, {result['metric']['name']} {value:.4f} on {result['split']['test_rows']} rows kept apart"
    )
    print(
        f"rows learned from: best {result['learned']['rows']}, most {most}; {json.dumps(result['learned'])}"
    )
    return models[0] <= budget / 3 and done.seconds <= allowed


def main(arguments: list[str] | None = None) -> int:
    """Print the figures; 1 when a goal is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--budget", type=float, default=120)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--table", type=Path, help="a table made before; it is made when not there")
    options.add_argument("--only", choices=("profile", "check", "fit"))
    given = options.parse_args(arguments)
    kept = True
    with tempfile.TemporaryDirectory(prefix="agora-million-") as name:
        place = Path(name)
        table = given.table or place / "table.parquet"
        if not table.exists():
            write_table(table, given.rows)
        if table != place / "table.parquet":
            (place / "table.parquet").symlink_to(table.resolve())
        (place / "question.json").write_text(json.dumps(QUESTION | {"budget_seconds": given.budget}))
        print(f"{given.rows} rows; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        for command in ("profile", "check"):
            if given.only in (None, command):
                more = ["--question", str(place / "question.json")] if command == "check" else []
                out = ["--out", str(place / f"{command}.json")]
                print(Watched([command, "--table", str(place / "table.parquet"), *more, *out]).line(command))
        if given.only in (None, "fit"):
            done, result = searched(place, given)
            kept = report(done, result, given.budget)
            print(done.line("fit"))
        print(f"load {os.getloadavg()[0]:.1f}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
