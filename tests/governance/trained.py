"""A model that the real engine trained, kept for the whole test session."""

import csv
import json
import random
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from portal.core import filestore, sandbox

COLUMNS = ["age", "income", "region", "visits", "left"]


@dataclass(frozen=True)
class Trained:
    """Where the engine left its files."""

    folder: Path
    result: dict[str, Any]
    bundle: Path
    sha256: str


def rows(count: int, seed: int, shift: float = 0) -> list[list[Any]]:
    """People who leave when they are young and rarely visit."""
    chance = random.Random(seed)  # noqa: S311
    made = []
    for _number in range(count):
        age, visits = round(chance.gauss(45 + shift, 9), 1), round(chance.gauss(10 + shift / 4, 3), 1)
        leaves = chance.random() < (0.75 if age + 2 * visits < 63 else 0.15)
        region = chance.choice(["north", "south", "=cmd()"]) if not shift else "moonbase"
        made.append(
            [age, round(chance.gauss(3000 + 90 * shift, 500)), region, visits, "yes" if leaves else "no"]
        )
    return made


def write_csv(path: Path, content: list[list[Any]]) -> Path:
    """A table as people upload it."""
    with path.open("w", newline="") as target:
        csv.writer(target).writerows([COLUMNS, *content])
    return path


def table(content: list[list[Any]]) -> Path:
    """The same as the engine's Parquet."""
    folder = Path(mkdtemp(prefix="agora-test-"))
    source = write_csv(folder / "rows.csv", content)
    (folder / "out").mkdir()
    done = sandbox.run(
        ["ingest", "--source", str(source), "--name", "rows.csv", "--out", str(folder / "out")],
        readable=[source],
        writable=folder / "out",
        seconds=120,
    )
    assert done.code == 0, done.stderr_tail
    return folder / "out" / "table.parquet"


@cache
def shifted() -> Path:
    """New rows that are unlike the others."""
    return table(rows(300, 2, shift=25))


@cache
def alike() -> Path:
    """New rows like the others."""
    return table(rows(300, 3))


@cache
def trained() -> Trained:
    """Trained once, in a few seconds."""
    source = table(rows(400, 1))
    folder = Path(mkdtemp(prefix="agora-test-fit-"))
    question = {"target": "left", "roles": {}, "budget_seconds": 60, "max_trials": 6, "seed": 1}
    (folder / "question.json").write_text(json.dumps(question))
    done = sandbox.run(
        [
            "fit",
            "--table",
            str(source),
            "--question",
            str(folder / "question.json"),
            "--workdir",
            str(folder),
        ],
        readable=[source],
        writable=folder,
        seconds=120,
    )
    assert done.code == 0, done.stderr_tail
    result = json.loads((folder / "result.json").read_text())
    best = next(each for each in result["trials"] if each["number"] == result["best_trial"])
    bundle = folder / "bundle.zip"
    with zipfile.ZipFile(bundle, "w") as archive:
        for name in ("model.skops", "recipe.json", "meta.json"):
            archive.write(folder / "models" / f"trial_{best['number']}" / name, name)
    return Trained(folder, result, bundle, best["artifact"]["sha256"])


def store(path: Path) -> str:
    """Into the file store of this test."""
    return filestore.store(path)
