"""How strongly each column of a table goes with a target."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from automl.files import write_json
from automl.kinds import find_kind
from automl.pairing import pair_columns
from automl.question import BadQuestion
from automl.tables import read_parquet

ROWS = 50_000  # more are drawn at random, always the same ones
UNMEASURED = {"identifier", "constant", "text"}  # their values stand there once, or are all the same


def relate_files(table: Path, target: str, out: Path) -> int:
    """Write the relations of one table as JSON."""
    frame = read_parquet(table)
    if target not in frame.columns:
        raise BadQuestion("target_not_there", columns=target)
    write_json(out, relate(frame, target))
    return 0


def relate(frame: pd.DataFrame, target: str) -> dict[str, Any]:
    """Measure each column against the target.

    Returns
    -------
    dict
        ``target``, ``rows`` looked at, and ``columns``, the strongest first: ``name``, ``strength`` from 0 to
        1 or None (identifiers, constants and free text are not measured), ``measure`` (spearman, eta or cramers_v: see ``pairing``), ``falls`` and ``rows`` used.
    """
    looked = frame if len(frame) <= ROWS else frame.sample(ROWS, random_state=0)
    found = []
    for name in frame.columns:
        if name == target:
            continue
        if find_kind(looked[name]).name in UNMEASURED:
            found.append({"name": name, "strength": None, "measure": "", "falls": False, "rows": 0})
            continue
        pair = pair_columns(looked[[name, target]], name, target)
        found.append(
            {
                "name": name,
                "strength": pair["strength"],
                "measure": pair["measure"],
                "falls": bool(pair.get("falls", False)),
                "rows": pair["rows"],
            }
        )
    found.sort(key=lambda each: (each["strength"] is None, -(each["strength"] or 0.0), each["name"]))
    return {"target": target, "rows": len(looked), "columns": found}
