"""The demo's tables: real public data, some cut into the parts the story needs."""

import csv
import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "data"
TARGET = "Purchase"
AFFLUENT = {"1", "2"}  # main types (MOSHOOFD) the autumn campaign was aimed at
Row = dict[str, str]


def for_training(number: int, row: Row) -> bool:
    """Three rows of four."""
    return number % 4 != 3


def spring_list(number: int, row: Row) -> bool:
    """Every second of the rows held out: like the training data."""
    return number % 8 == 3


def autumn_list(number: int, row: Row) -> bool:
    """Rows held out, of affluent households only: really shifted."""
    return number % 4 == 3 and row["MOSHOOFD"] in AFFLUENT


# name -> (table, which rows, columns left out)
PARTS: dict[str, tuple[str, Callable[[int, Row], bool], set[str]]] = {
    "caravan_2025": ("caravan", for_training, set()),
    "caravan_spring": ("caravan", spring_list, {TARGET}),
    "caravan_autumn": ("caravan", autumn_list, {TARGET}),
}


def rows(name: str) -> Iterator[Row]:
    """The rows of a table or part, in their order."""
    table, keep, dropped = PARTS.get(name, (name, lambda number, row: True, set()))
    with gzip.open(FOLDER / f"{table}.csv.gz", "rt", newline="", encoding="utf-8") as lines:
        for number, row in enumerate(csv.DictReader(lines)):
            if keep(number, row):
                yield {column: value for column, value in row.items() if column not in dropped}


def write(name: str, folder: Path) -> Path:
    """The table or part as a CSV file in `folder`, as a person would upload it."""
    path = folder / f"{name}.csv"
    content = rows(name)
    first = next(content)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(first))
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(content)
    return path


def about(name: str) -> dict[str, Any]:
    """Title, source, licence and the meaning of each column."""
    table = PARTS.get(name, (name,))[0]
    found: dict[str, Any] = yaml.safe_load((FOLDER / f"{table}.yaml").read_text(encoding="utf-8"))
    return found


def dictionary(name: str) -> dict[str, str]:
    """Column to meaning, of the columns this part has."""
    meanings = about(name)["columns"]
    return {column: meanings[column] for column in next(rows(name))}
