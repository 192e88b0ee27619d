"""Writing and reading the engine's small files so that a killed process leaves none half written."""

from __future__ import annotations

import hashlib
import json
import math
import os
from pathlib import Path
from typing import Any


def plain(value: Any) -> Any:
    """Turn numpy and pandas scalars, NaN and dates into values that JSON can hold.

    Parameters
    ----------
    value : Any
        A scalar, or lists, tuples and dicts of them.

    Returns
    -------
    Any
        Only dict, list, str, int, finite float, bool and None; NaN and infinities become None.
    """
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if hasattr(value, "isoformat"):
        text = value.isoformat()
        return None if text == "NaT" else text
    return str(value)


def canonical(value: Any) -> str:
    """Write a value as JSON that is the same for the same content (sorted keys, no blanks)."""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256_of(path: Path) -> str:
    """Hash a file in blocks of 1 MB; returns 64 hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a temporary neighbour, flushed, then renamed over it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with partial.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)  # a full disk keeps no half of it


def write_json(path: Path, value: Any) -> None:
    """Write JSON atomically, UTF-8, without NaN."""
    text = json.dumps(plain(value), ensure_ascii=False, indent=1, allow_nan=False)
    write_bytes(path, text.encode("utf-8"))


def read_json(path: Path) -> Any:
    """Read a UTF-8 JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))
