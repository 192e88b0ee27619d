"""The part of the engine that an export needs, found by following imports; copied unchanged."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parent.parent  # the folder of the package automl


def place_of(module: str) -> Path | None:
    """The file of ``automl`` or ``automl.x.y``; None when there is none (a name inside a module)."""
    below = ROOT.joinpath(*module.split(".")[1:])
    for path in (below.with_suffix(".py"), below / "__init__.py"):
        if path.is_file():
            return path
    return None


def imports_of(path: Path) -> set[str]:
    """Modules of the engine that a file imports, at its top or inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name == "automl" or name.startswith("automl.")}


def engine_files(roots: Iterable[str]) -> dict[str, bytes]:
    """Source files that the given modules need.

    Parameters
    ----------
    roots : iterable of str
        Module names such as ``automl.scoring``.

    Returns
    -------
    dict of str to bytes
        Path below the folder that holds ``automl`` (``automl/scoring.py``) to source.
    """
    waiting, seen, files = list(roots), set(), {}
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        path = place_of(module)
        if path is None:
            continue
        files[path.relative_to(ROOT.parent).as_posix()] = path.read_bytes()
        waiting += imports_of(path)
        if "." in module:
            waiting.append(module.rpartition(".")[0])  # its package is run on import
    return files


def classes_of_engine(trusted: Iterable[str]) -> set[str]:
    """Modules of the engine whose classes stand inside stored models."""
    return {name.rpartition(".")[0] for name in trusted if name.startswith("automl.")}
