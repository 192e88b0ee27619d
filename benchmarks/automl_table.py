"""What `automl_quality` prints: score, rank, distance to the best, time, memory, size and latency of each tool."""

from __future__ import annotations

from typing import Any

import numpy as np

HIGHER = {"binary": True, "multiclass": False, "regression": False}
Rows = list[dict[str, Any]]


def judged(rows: Rows) -> Rows:
    """Each scored row with its rank on its split and its distance to the best: 0 the best, 1 the linear model.

    A split where the linear model is the best tool's equal says nothing about distances and is left out of them.
    """
    found: Rows = []
    for table, seed in sorted({(row["table"], row["seed"]) for row in rows}):
        here = [row for row in rows if (row["table"], row["seed"]) == (table, seed) and "score" in row]
        if not here:
            continue
        sign = -1 if HIGHER[here[0]["task"]] else 1
        losses = np.array([sign * row["score"] for row in here])
        width = sign * here[0]["linear"] - losses.min()
        for row, loss in zip(here, losses, strict=True):
            rank = 1 + (losses < loss - 1e-12).sum() + ((np.abs(losses - loss) <= 1e-12).sum() - 1) / 2
            gap = float((loss - losses.min()) / width) if width > 1e-9 else None
            found.append({**row, "rank": float(rank), "gap": gap})
    return found


def report(rows: Rows, budget: float, load: float) -> str:
    """The tables as text."""
    done = judged(rows)
    tools = list(dict.fromkeys(row["tool"] for row in rows))
    lines = ["", f"Budget {budget:g} s per tool and split; load of the machine at the start {load:.1f}.", ""]
    lines += [_line("table", [*tools, "linear"])]
    for table in dict.fromkeys(row["table"] for row in done):
        here = [row for row in done if row["table"] == table]
        cells = [_mean([row["score"] for row in here if row["tool"] == tool], 4) for tool in tools]
        lines.append(_line(table, [*cells, _mean([row["linear"] for row in here], 4)]))
    lines += [
        "",
        _line("tool", ["rank", "gap", "seconds", "longest", "MB memory", "MB model", "ms/1000", "failed"]),
    ]
    for tool in tools:
        lines.append(_line(tool, _figures(tool, rows, [row for row in done if row["tool"] == tool])))
    return "\n".join(lines)


def _figures(tool: str, rows: Rows, ours: Rows) -> list[str]:
    failed = sum(1 for row in rows if row["tool"] == tool and "score" not in row)
    longest = max((row["fit_seconds"] for row in ours), default=float("nan"))
    return [
        _mean([row["rank"] for row in ours], 2),
        _mean([row["gap"] for row in ours if row["gap"] is not None], 3),
        _mean([row["fit_seconds"] for row in ours], 1),
        f"{longest:.1f}",
        _mean([row["memory_mb"] for row in ours], 0),
        _mean([row["size_bytes"] / 1e6 for row in ours if row["size_bytes"]], 2),
        _mean([row["latency_ms"] for row in ours], 1),
        str(failed),
    ]


def _mean(values: list[float], digits: int) -> str:
    return f"{np.mean(values):.{digits}f}" if values else "-"


def _line(name: str, cells: list[str]) -> str:
    return f"{name:<16}" + "".join(f"{cell:>11}" for cell in cells)
