"""Keeps the folders of one machine small: copies nobody used lately, and what a killed process left behind."""

import os
import shutil
import time
from pathlib import Path

from django.conf import settings

from portal.core import filestore

IN_USE_SECONDS = 6 * 3600  # longer than any child process reads a copy it was given
LEFT_SECONDS = 86400  # no work lasts so long: its folder was left by a killed process


def sweep() -> int:
    """Bound the copies, then remove leftovers; returns how many things went."""
    return shrink_copies() + remove_leftovers()


def shrink_copies() -> int:
    """While the copies take more than AGORA_COPIES_MB, those used longest ago go; never one that may be in use."""
    known = sorted(
        (found.st_mtime, found.st_size, path)
        for path in listed(filestore.copies())
        if (found := stat(path)) is not None
    )
    taken = sum(size for _used, size, _path in known)
    gone = 0
    for used, size, path in known:
        if taken <= settings.COPIES_BYTES or time.time() - used < IN_USE_SECONDS:
            break
        path.unlink(missing_ok=True)
        taken, gone = taken - size, gone + 1
    return gone


def remove_leftovers() -> int:
    """Work folders, uploads cut off in the middle and half-written files older than a day."""
    root = Path(settings.VAR)
    parts = [*filestore.copies().glob(".*.part"), *(root / "files" / "blobs").glob("??/.*.part")]
    left = [*listed(root / "work"), *listed(root / "incoming"), *parts]
    gone = 0
    for path in left:
        found = stat(path)
        if found is None or time.time() - found.st_mtime < LEFT_SECONDS:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        gone += 1
    return gone


def listed(folder: Path) -> list[Path]:
    """What lies in a folder, if it is there."""
    return list(folder.iterdir()) if folder.is_dir() else []


def stat(path: Path) -> os.stat_result | None:
    """Age and size, unless another process was faster to remove it."""
    try:
        return path.lstat()
    except FileNotFoundError:
        return None
