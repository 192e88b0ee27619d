"""Drift of a large table: Agora and Evidently on the same files, in one run; prints times and their ratio.

python -m benchmarks.drift --rows 1000000 --columns 50
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.environments import python_of

EVIDENTLY = "0.7.23"
PINS = (f"evidently=={EVIDENTLY}", "pyarrow==26.0.1", "pandas==2.3.3")  # it does not load with pandas 3
ROOT = Path(__file__).resolve().parent.parent
GOAL = 10.0
PATIENCE = (
    1800.0  # seconds; a peer that is not done by then is ended, and the ratio is at least what they give
)

# ru_maxrss of a child counts what its parent held when it was forked; the kernel's high-water mark does not.
MEASURED = """
import sys
from pathlib import Path
from automl.__main__ import main
main(sys.argv[1:])
print(next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")))
"""
PEER = """
import json, sys, time, resource
import pandas as pd
from evidently import Dataset, DataDefinition, Report
from evidently.presets import DataDriftPreset
started, cpu = time.perf_counter(), time.process_time()
old, new = pd.read_parquet(sys.argv[1]), pd.read_parquet(sys.argv[2])
numbers = list(old.select_dtypes("number").columns)
kinds = DataDefinition(numerical_columns=numbers, categorical_columns=[c for c in old if c not in numbers])
read = time.perf_counter()
result = Report([DataDriftPreset()]).run(
    Dataset.from_pandas(new, data_definition=kinds), Dataset.from_pandas(old, data_definition=kinds)
)
first = json.loads(result.json())["metrics"][0]["value"]
print(json.dumps({
    "seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu, "read": read - started, "drifted": first["count"],
    "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""


def table(rows: int, columns: int, seed: int, shift: float) -> pd.DataFrame:
    """Four fifths numbers, one fifth categories; every tenth column is shifted."""
    rng = np.random.default_rng(seed)
    made: dict[str, Any] = {}
    for number in range(columns):
        moved = shift if number % 10 == 0 else 0.0
        if number % 5 == 4:
            weights = np.exp(-np.arange(20) * (0.2 + (shift / 4 if number % 10 == 9 else 0)))
            names = np.array([f"name {n}" for n in range(20)], dtype=object)
            made[f"c{number}"] = names[rng.choice(20, rows, p=weights / weights.sum())]
        else:
            values = rng.normal(moved, 1, rows)
            values[rng.random(rows) < 0.02] = np.nan
            made[f"c{number}"] = values
    return pd.DataFrame(made)


def write(place: Path, rows: int, columns: int) -> dict[str, float]:
    """Both tables and the reference; how long the reference took, which is made once per model."""
    from automl.files import write_json
    from automl.recipe import build_recipe
    from automl.reference import build_reference

    old = table(rows, columns, 0, 0.0)
    old.to_parquet(place / "old.parquet", index=False)
    table(rows, columns, 1, 0.4).to_parquet(place / "new.parquet", index=False)
    recipe = build_recipe(old.head(20_000), list(old.columns))
    started = time.perf_counter()
    reference = build_reference(old, recipe, np.linspace(0, 1, 1000))
    seconds = time.perf_counter() - started
    write_json(place / "reference.json", {"reference": reference})
    return {"reference_seconds": seconds, "reference_kb": (place / "reference.json").stat().st_size / 1024}


def agora(place: Path, threads: int) -> dict[str, float]:
    """The drift command in a process of its own, start of Python included."""
    command = [
        "-c", MEASURED, "drift", "--reference", str(place / "reference.json"), "--rows", str(place / "new.parquet"),
        "--out", str(place / "drift.json"), "--threads", str(threads),
    ]  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run([sys.executable, *command], check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    memory = int(done.stdout.split()[-2]) / 1024
    processor = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    report = json.loads((place / "drift.json").read_text())
    return {
        "seconds": seconds,
        "cpu": processor,
        "drifted": len(report["drifted_columns"]),
        "memory_mb": memory,
    }


def evidently(place: Path, python: Path, patience: float) -> dict[str, Any]:
    """Evidently's drift preset on the same files; imports are not counted.

    A run that takes longer than `patience` seconds is ended: `seconds` and `cpu` are then what it had used, and
    `ended` is True. Raises `CalledProcessError` when it fails by itself.
    """
    (place / "peer.py").write_text(PEER)
    command = [str(python), "peer.py", "old.parquet", "new.parquet"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    try:
        done = subprocess.run(
            command, cwd=place, check=True, capture_output=True, text=True, timeout=patience
        )
    except subprocess.TimeoutExpired:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
        return {"seconds": time.perf_counter() - started, "cpu": processor, "ended": True}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(arguments: list[str] | None = None) -> int:
    """Print the figures; 1 when the goal is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--columns", type=int, default=50)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--patience", type=float, default=PATIENCE, help="seconds that Evidently may take")
    options.add_argument("--alone", action="store_true", help="without Evidently")
    given = options.parse_args(arguments)
    python = None if given.alone else python_of(f"evidently-{EVIDENTLY}", PINS)
    with tempfile.TemporaryDirectory(prefix="agora-drift-") as name:
        place = Path(name)
        made = write(place, given.rows, given.columns)
        own = agora(place, given.threads)
        print(f"{given.rows} x {given.columns}")
        print(f"reference: {made['reference_seconds']:.1f} s once per model, {made['reference_kb']:.0f} KB")
        print(f"agora: {_used(own)}", flush=True)
        if python is None:
            return 0
        peer = evidently(place, python, given.patience)
    ended = "ended, not done after " if "ended" in peer else ""
    least = "at least " if "ended" in peer else ""
    ratio, by_cpu = peer["seconds"] / own["seconds"], peer["cpu"] / own["cpu"]
    print(f"evidently {EVIDENTLY}: {ended}{_used(peer)}")
    print(f"ratio: {least}{ratio:.1f} by the clock, {least}{by_cpu:.1f} by processor time (goal {GOAL:.0f})")
    return 0 if ratio >= GOAL else 1


def _used(found: dict[str, Any]) -> str:
    line = f"{found['seconds']:.2f} s ({found['cpu']:.2f} s of processor)"
    if "drifted" not in found:
        return line
    return f"{line}, {found['memory_mb']:.0f} MB, {found['drifted']:.0f} columns drifted"


if __name__ == "__main__":
    sys.exit(main())
