"""Zip files with the same bytes for the same content."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)
FILES = Path(__file__).parent / "files"

Content = dict[str, bytes]


def write_zip(path: Path, folder: str, content: Content) -> None:
    """Write files below one folder of a zip, in order of their names, whole or not at all.

    Parameters
    ----------
    path : Path
        The zip to write.
    folder : str
        Name of the one folder that everything unpacks into.
    content : dict of str to bytes
        Relative path to bytes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for name in sorted(content):
                entry = zipfile.ZipInfo(f"{folder}/{name}", EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, content[name])
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def unfold(content: Content, folder: Path) -> Path:
    """Lay the files out on disk."""
    for name, data in content.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return folder


def ready_made(name: str) -> bytes:
    """A file of ``automl/export/files`` that goes into an export as it is."""
    return (FILES / name).read_bytes()
