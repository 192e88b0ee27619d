"""Unpacks a bundle of a whole project: nothing of it is used unless every entry is the one its manifest names."""

from __future__ import annotations

import hashlib
import json
import math
import re
import stat
import zipfile
from pathlib import Path
from typing import Any

from automl.files import write_json
from automl.texts import note

FORMAT, VERSION = "agora-project-bundle", 1
# The same as the portal writes: plain words, at most three folders, no way up or out.
NAME = re.compile(r"[A-Za-z0-9_]+(/[a-z0-9_]+){0,3}(\.[a-z0-9]+){1,2}")
MOST_ENTRIES = 5_000
MOST_BYTES = 2 * 1024**3
MOST_RATIO, SMALL = 200, 1 << 20
MOST_JSON = 32 * 1024**2
DEEPEST = 60
BLOCK = 1 << 20


class Unusable(Exception):
    """The zip cannot be used; `problem` says why, naming the entry."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.problem = note(code, **params)


def unpack_files(source: Path, out: Path) -> int:
    """
    Check and unpack a bundle.

    Parameters
    ----------
    source : Path
        The zip as it was sent.
    out : Path
        A folder. Gets `unpack.json` (`ok`, `errors`, `manifest`, `files`) and one file per entry, whose
        name is its SHA-256: no name from the zip ever becomes a path.

    Returns
    -------
    int
        0, also for a zip that cannot be used.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            report = unpacked(archive, out)
    except Unusable as problem:
        report = {"ok": False, "errors": [problem.problem]}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, UnicodeError):
        report = {"ok": False, "errors": [note("bundle_no_zip")]}
    write_json(out / "unpack.json", report)
    return 0


def unpacked(archive: zipfile.ZipFile, out: Path) -> dict[str, Any]:
    """Every check in turn, the cheap ones first."""
    entries = named_entries(archive)
    manifest = read_manifest(archive, entries)
    listed = {each["path"]: each for each in manifest["files"]}
    if missing := sorted(set(listed) - set(entries)):
        raise Unusable("bundle_missing", entry=missing[0])
    if extra := sorted(set(entries) - set(listed) - {"manifest.json"}):
        raise Unusable("bundle_extra", entry=extra[0][:200])
    for path, each in listed.items():
        copy_out(archive, entries[path], each, out)
        if path.endswith(".json"):
            read_as_json(out / each["sha256"], path)
    return {"ok": True, "errors": [], "manifest": manifest}


def named_entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The entries by name; names, number, declared size and ratio are what a bundle has."""
    found: dict[str, zipfile.ZipInfo] = {}
    infos = archive.infolist()
    if len(infos) > MOST_ENTRIES:
        raise Unusable("bundle_too_many", limit=MOST_ENTRIES)
    for info in infos:
        shown = info.orig_filename[:200]
        kind = stat.S_IFMT(info.external_attr >> 16)
        is_plain = kind in (0, stat.S_IFREG) and not info.flag_bits & 1
        if not NAME.fullmatch(info.orig_filename) or not is_plain:
            raise Unusable("bundle_name", entry=shown)
        if info.filename in found:
            raise Unusable("bundle_twice", entry=shown)
        if info.file_size > max(SMALL, MOST_RATIO * info.compress_size):
            raise Unusable("bundle_ratio", entry=shown)
        found[info.filename] = info
    if sum(info.file_size for info in infos) > MOST_BYTES:
        raise Unusable("bundle_too_large", limit=MOST_BYTES >> 20)
    return found


def read_manifest(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> dict[str, Any]:
    """What the zip says of itself: our format, our version, a well-formed list of files."""
    info = entries.get("manifest.json")
    if info is None or info.file_size > MOST_JSON:
        raise Unusable("bundle_foreign")
    try:
        with archive.open(info) as stream:
            content = stream.read(MOST_JSON + 1)
        manifest = json.loads(content)
        refuse_odd(manifest)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, RecursionError):
        raise Unusable("bundle_json", entry="manifest.json") from None
    if len(content) > MOST_JSON or not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Unusable("bundle_foreign")
    if manifest.get("format_version") != VERSION:
        raise Unusable("bundle_version", found=str(manifest.get("format_version"))[:20], known=VERSION)
    files = manifest.get("files")
    if not isinstance(files, list) or not all(is_listed(each) for each in files):
        raise Unusable("bundle_json", entry="manifest.json")
    if len({each["path"] for each in files}) < len(files):
        raise Unusable("bundle_json", entry="manifest.json")
    return manifest


def is_listed(row: Any) -> bool:
    """Whether one row of the list has path, size and digest."""
    return (
        isinstance(row, dict)
        and isinstance(row.get("path"), str)
        and type(row.get("size")) is int
        and isinstance(row.get("sha256"), str)
        and re.fullmatch(r"[0-9a-f]{64}", row["sha256"]) is not None
    )


def copy_out(archive: zipfile.ZipFile, info: zipfile.ZipInfo, listed: dict[str, Any], out: Path) -> None:
    """One entry, counted and hashed while it is written; never a byte more than the manifest says."""
    digest, written = hashlib.sha256(), 0
    target = out / listed["sha256"]
    part = out / f".{listed['sha256']}.part"
    try:
        with archive.open(info) as stream, part.open("wb") as copy:
            while block := stream.read(BLOCK):
                written += len(block)
                if written > listed["size"]:
                    raise Unusable("bundle_damaged", entry=info.filename)
                digest.update(block)
                copy.write(block)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError):
        raise Unusable("bundle_damaged", entry=info.filename) from None
    except Exception as problem:
        if type(problem).__module__ not in ("zlib", "lzma", "bz2"):
            raise
        raise Unusable("bundle_damaged", entry=info.filename) from None
    if written != listed["size"] or digest.hexdigest() != listed["sha256"]:
        raise Unusable("bundle_damaged", entry=info.filename)
    part.replace(target)


def read_as_json(file: Path, path: str) -> None:
    """A JSON entry is of a bearable size and depth, so that whoever reads it later is safe."""
    try:
        if file.stat().st_size > MOST_JSON:
            raise ValueError
        refuse_odd(json.loads(file.read_bytes()))
    except (ValueError, RecursionError):
        raise Unusable("bundle_json", entry=path) from None


def refuse_odd(value: Any) -> None:
    """
    Raise ValueError for what no database holds or no program should walk: too deep, figures that are none,
    words with NUL or half a character. Walked without recursion.
    """
    waiting = [(value, 1)]
    while waiting:
        each, level = waiting.pop()
        if level > DEEPEST or (isinstance(each, float) and not math.isfinite(each)):
            raise ValueError
        if isinstance(each, str) and "\x00" in str(each.encode(), "utf-8"):
            raise ValueError
        inner = [*each, *each.values()] if isinstance(each, dict) else each if isinstance(each, list) else ()
        waiting.extend((one, level + 1) for one in inner)
