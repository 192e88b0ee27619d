"""The tables of the walk: real rows of the repository, and an autumn that differs from them."""

import csv
import gzip
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "portal" / "demo" / "data" / "partner_churn.csv.gz"
TARGET = "churn"


def rows() -> tuple[list[str], list[list[str]]]:
    """Names of columns, and all rows."""
    with gzip.open(SOURCE, "rt", newline="") as source:
        head, *body = csv.reader(source)
    return head, body


def write(path: Path, head: list[str], body: list[list[str]]) -> Path:
    """A table as people send it."""
    with path.open("w", newline="") as target:
        csv.writer(target).writerows([head, *body])
    return path


def training(folder: Path, count: int = 1500) -> Path:
    """What the model learns from."""
    head, body = rows()
    return write(folder / "subscribers.csv", head, body[:count])


def autumn(folder: Path, count: int = 400) -> Path:
    """Later rows, without the answer; everybody calls half as long again by day."""
    head, body = rows()
    place = head.index("total_day_minutes")
    later = [list(row) for row in body[2000 : 2000 + count]]
    for row in later:
        row[place] = f"{float(row[place]) * 1.5:.1f}"
    return write(folder / "autumn.csv", head[:-1], [row[:-1] for row in later])


def one_row() -> dict[str, str]:
    """A subscriber to ask about."""
    head, body = rows()
    return dict(zip(head[:-1], body[3000], strict=False))
