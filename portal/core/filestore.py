"""Files by content: stored under their SHA-256, on a disk or in an object store, verified whenever they are read."""

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage


class FileDamaged(Exception):
    """The stored bytes are not those that were stored; nothing may be done with them."""


class StoreUnreachable(Exception):
    """
    The object store does not answer: nothing is known about the file, so nobody may call it missing or damaged.

    Pages and API answer 503, jobs are tried again later.
    """


class JustRemoved(StoreUnreachable):
    """Somebody let go of the same bytes between their arrival and the row that names them: trying again stores them."""


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
        if not stands(name, path.stat().st_size):
            source.seek(0)
            put(source, name)
    return digest


def stands(name: str, size: int) -> bool:
    """Whether something of this size lies there; what was cut off is written anew when somebody sends it again."""
    try:
        return default_storage.size(name) == size
    except FileNotFoundError:
        return False


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


def pull(name: str, target: BinaryIO) -> None:
    """The bytes at an address as they are, block by block. Raises `FileNotFoundError` when nothing is there."""
    if download := getattr(default_storage, "download", None):
        download(name, target)
        return
    with default_storage.open(name, "rb") as source:
        shutil.copyfileobj(source, target)


def fetch(digest: str, to: Path) -> Path:
    """Copy stored content to `to`. Raises `FileDamaged` when it is not what was stored; then nothing is left there."""
    to.parent.mkdir(parents=True, exist_ok=True)
    part = to.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with part.open("wb") as target:
            pull(address(digest), target)
        with part.open("rb") as written:
            if digest_of(written) != digest:
                raise FileDamaged(digest)
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)
    return to


def copies() -> Path:
    """Where this machine keeps verified copies; `sweeping` keeps the folder within its bound."""
    return Path(settings.VAR) / "cache"


def cached(digest: str, suffix: str = "") -> Path:
    """A verified local copy, fetched once per machine and verified again at each use."""
    path = copies() / f"{digest}{suffix}"
    try:
        os.utime(path)  # in use: not the one to go when the folder is full
        with path.open("rb") as copy:
            if digest_of(copy) == digest:
                return path
        path.unlink(missing_ok=True)
    except FileNotFoundError:
        pass
    return fetch(digest, path)


def holds(digest: str) -> bool:
    """Whether something with this digest is stored."""
    return default_storage.exists(address(digest))


def written() -> Iterator[tuple[str, float]]:
    """Every stored digest with the time (seconds since 1970) at which its bytes were written."""
    if listed := getattr(default_storage, "written", None):
        yield from ((name.rsplit("/", 1)[-1], at) for name, at in listed() if name.startswith("blobs/"))
        return
    for path in Path(default_storage.path("blobs")).glob("??/*"):
        if not path.name.startswith("."):
            with suppress(FileNotFoundError):
                yield path.name, path.stat().st_mtime


def answers() -> bool:
    """Whether an object store can be reached; a disk always can."""
    try:
        ask = getattr(default_storage, "ask", None)
        if ask:
            ask()
    except StoreUnreachable:
        return False
    return True


def discard(digest: str) -> None:
    """Remove stored content, whoever refers to it; services use `stored_files.forget`, which asks first."""
    default_storage.delete(address(digest))
