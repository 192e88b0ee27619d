"""Files by content: stored under their SHA-256, verified whenever they are read."""

import hashlib
import os
import shutil
import uuid
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage


class FileDamaged(Exception):
    """The stored bytes are not those that were stored; nothing may be done with them."""


def digest_of(stream: Any) -> str:
    """SHA-256 of a stream from where it stands."""
    return hashlib.file_digest(stream, "sha256").hexdigest()


def address(digest: str) -> str:
    """Where the bytes with this digest lie. No user text ever enters a path."""
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError("not a SHA-256 digest")
    return f"blobs/{digest[:2]}/{digest}"


def store(path: Path) -> str:
    """Keep the content of a file and return its digest; storing the same content twice keeps it once."""
    with path.open("rb") as source:
        digest = digest_of(source)
        name = address(digest)
        if not default_storage.exists(name):
            source.seek(0)
            put(source, name)
    return digest


def put(source: BinaryIO, name: str) -> None:
    """
    Write whole or not at all: a process killed in the middle must leave nothing at the final address.

    Object stores do so by themselves; on a file system the last step is a rename.
    """
    try:
        final = Path(default_storage.path(name))
    except NotImplementedError:
        default_storage.save(name, File(source))
        return
    final.parent.mkdir(parents=True, exist_ok=True)
    part = final.with_name(f".{uuid.uuid4().hex}.part")
    with part.open("wb") as target:
        shutil.copyfileobj(source, target)
        target.flush()
        os.fsync(target.fileno())
    part.replace(final)


def fetch(digest: str, to: Path) -> Path:
    """Copy stored content to `to`. Raises `FileDamaged` when it is not what was stored."""
    to.parent.mkdir(parents=True, exist_ok=True)
    part = to.with_name(f".{uuid.uuid4().hex}.part")
    with default_storage.open(address(digest), "rb") as source, part.open("wb") as target:
        shutil.copyfileobj(source, target)
    with part.open("rb") as written:
        if digest_of(written) != digest:
            part.unlink()
            raise FileDamaged(digest)
    part.replace(to)
    return to


def cached(digest: str, suffix: str = "") -> Path:
    """A verified local copy, fetched once per machine and verified again at each use."""
    path = Path(settings.VAR) / "cache" / f"{digest}{suffix}"
    if path.exists():
        with path.open("rb") as copy:
            if digest_of(copy) == digest:
                return path
        path.unlink(missing_ok=True)
    return fetch(digest, path)


def holds(digest: str) -> bool:
    """Whether something with this digest is stored."""
    return default_storage.exists(address(digest))


def discard(digest: str) -> None:
    """Forget stored content that nothing refers to any more; the caller has made sure of that."""
    default_storage.delete(address(digest))
