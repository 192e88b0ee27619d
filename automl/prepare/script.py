"""A recipe as a plain pandas script that gives the same table anywhere."""

from __future__ import annotations

import inspect
from typing import Any

from automl import tables
from automl.prepare import operations

HEAD = '''"""Prepares a table. Made by Agora; needs pandas, numpy and pyarrow only.

python prepare.py TABLE RESULT.parquet{more}
"""

import sys
from typing import Any

import numpy as np
import pandas as pd

DATES = {dates!r}  # read as dates where the table comes as CSV


def read(path):
    """A Parquet or CSV table with columns of four types: numbers, yes/no, dates and text."""
    frame = pd.read_csv(path, parse_dates=DATES) if path.endswith(".csv") else pd.read_parquet(path)
    return plain_types(frame)
'''


def script(steps: list[dict[str, Any]], dates: list[str]) -> str:
    """Write the script: the functions the steps need, then one call per step.

    Parameters
    ----------
    steps : list of dict
        ``kind`` and the settings of each step.
    dates : list of str
        Columns of the first table that hold dates.
    """
    joins = [step["version"] for step in steps if step["kind"] == "join"]
    joined = list(dict.fromkeys(joins))
    more = "".join(f" OTHER{place + 1}" for place in range(len(joined)))
    kinds = dict.fromkeys(["text_of", *(step["kind"] for step in steps)])
    functions = [inspect.getsource(tables.plain_types)]
    functions += [inspect.getsource(getattr(operations, kind)) for kind in kinds]
    lines = ["def prepare(frame, *others):", '    """All steps, in their order."""']
    lines += [f"    frame = plain_types({call(step, joined)})" for step in steps]
    lines += ["    return frame", "", "", 'if __name__ == "__main__":']
    lines += ["    table, result, *others = sys.argv[1:]"]
    lines += ["    prepare(read(table), *map(read, others)).to_parquet(result, index=False)", ""]
    return "\n\n".join([HEAD.format(more=more, dates=dates), *functions]) + "\n\n" + "\n".join(lines)


def call(step: dict[str, Any], joined: list[str]) -> str:
    """One step as a call; every setting is written as a literal."""
    settings = {name: value for name, value in step.items() if name not in ("kind", "version", "by")}
    words = [f"{name}={value!r}" for name, value in settings.items() if value is not None]
    if step["kind"] == "join":
        words.insert(0, f"other=others[{joined.index(step['version'])}]")
    return f"{step['kind']}(frame, {', '.join(words)})" if words else f"{step['kind']}(frame)"
