"""Pinned requirements: the versions the model was trained with."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

SCORING = ("numpy", "pandas", "pyarrow", "scikit-learn", "scipy", "skops")


def versions(names: tuple[str, ...], environment: dict[str, Any] | None) -> dict[str, str]:
    """Versions of packages, as recorded at training where known, else as installed now."""
    known = (environment or {}).get("packages", {})
    found = {}
    for name in names:
        try:
            found[name] = known.get(name) or version(name)
        except PackageNotFoundError:
            continue
    return found


def names_for(pipeline: Any) -> tuple[str, ...]:
    """The packages that loading and asking this pipeline needs."""
    return (*SCORING, "lightgbm") if "LGBM" in repr(shown(pipeline)) else SCORING


def shown(pipeline: Any) -> str:
    """All class names inside a pipeline, joined."""
    seen, waiting, names = set(), [pipeline], []
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        names.append(type(value).__name__)
        if isinstance(value, (list, tuple)):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
        elif hasattr(value, "get_params"):
            waiting += vars(value).values()
    return " ".join(names)


def requirements(found: dict[str, str]) -> bytes:
    """requirements.txt."""
    return "".join(f"{name}=={number}\n" for name, number in sorted(found.items())).encode()


def python(environment: dict[str, Any] | None) -> str:
    """The Python version the model was trained with."""
    return str((environment or {}).get("python") or platform.python_version())
