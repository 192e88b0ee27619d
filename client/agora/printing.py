"""Rows for people, or JSON for programs."""

import json
import sys
from collections.abc import Iterable
from typing import Any

from agora.connection import Row

WIDEST = 60


class Printer:
    """Writes to standard output; how far work is goes to standard error."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def say(self, text: str) -> None:
        """One sentence."""
        print(json.dumps(text) if self.as_json else text)

    def one(self, row: Row, *names: str) -> None:
        """One thing, a field a line."""
        if self.as_json:
            print(json.dumps(row, ensure_ascii=False))
            return
        width = max(map(len, names))
        for name in names:
            print(f"{name:<{width}}  {plain(row.get(name))}")

    def many(self, rows: Iterable[Row], *names: str) -> None:
        """A table; with JSON a line for each row."""
        if self.as_json:
            for row in rows:
                print(json.dumps(row, ensure_ascii=False))
            return
        lines = [[plain(row.get(name))[:WIDEST] for name in names] for row in rows]
        if not lines:
            print("Nothing.")
            return
        table = [list(names), *lines]
        widths = [max(len(line[place]) for line in table) for place in range(len(names))]
        for line in table:
            print("  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip())

    def state(self, row: Row) -> None:
        """How far work is."""
        job = row.get("job") if isinstance(row.get("job"), dict) else row.get("check_job")
        percent = f" {job['percent']} %" if isinstance(job, dict) and job.get("percent") is not None else ""
        print(f"{row.get('status') or row.get('state')}{percent}", file=sys.stderr)


def plain(value: Any) -> str:
    """A value in one line; a place of the portal's control characters is taken by spaces."""
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "".join(each if each.isprintable() else " " for each in text)
