"""Telling what a file is by its content: format, text encoding and delimiter."""

from __future__ import annotations

import codecs
import csv
import json
import re
from pathlib import Path

from automl.ingest.bounds import Refused

BLOCK = 1 << 20
# Letters with accents, ligatures, quotation marks and the euro sign as UTF-8 writes them. Read as Windows-1252 they are
# pairs that nobody types, such as "Ã©"; the pair of a capital and a fixed space ("É :") is not among them.
UTF8_ACCENT = re.compile(
    rb"\xc3[\x80-\xbf]|\xc2[\xab\xb0\xbb]|\xc5[\x92\x93]|\xe2\x80[\x93-\x9e]|\xe2\x82\xac"
)
FOREIGN = (
    (b"\x89PNG", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"GIF8", "GIF image"),
    (b"%PDF", "PDF document"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
    (b"\x1f\x8b", "gzip archive"),
    (b"BZh", "bzip2 archive"),
    (b"7z\xbc\xaf", "7-Zip archive"),
    (b"\xfd7zXZ", "xz archive"),
    (b"Rar!", "RAR archive"),
    (b"SQLite format 3", "SQLite database"),
    (b"\x80\x04\x95", "pickled Python object"),
)
DELIMITERS = (",", ";", "\t", "|")
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def sniff_format(path: Path) -> str:
    """Name the format of a file from its first bytes: ``text``, ``json_lines``, ``xlsx`` or ``parquet``.

    Raises
    ------
    Refused
        ``empty_file``, ``encrypted_xlsx``, ``legacy_xls`` or ``binary_content`` (what it looks
        like is in the parameters).
    """
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head.strip(b"\r\n\t \xef\xbb\xbf\xff\xfe"):
        raise Refused("empty_file")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PARE"):
        raise Refused("encrypted_parquet")
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(_legacy_office(path))
    if _is_json_lines(head):
        return "json_lines"
    _refuse_foreign(head)
    return "text"


def _is_json_lines(head: bytes) -> bool:
    """One JSON object per line: the first line is one by itself, or is too long to be judged here."""
    first, end, second = head.removeprefix(codecs.BOM_UTF8).lstrip().partition(b"\n")
    if not first.startswith(b"{"):
        return False
    try:
        is_object = isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return not end and first.startswith(b'{"')
    return is_object and (not second.strip() or second.lstrip().startswith(b"{"))


def decodable(path: Path, encoding: str) -> str:
    """The encoding a person named, if the whole file is text in it.

    Raises
    ------
    Refused
        ``nul_bytes``, ``binary_content`` or ``undecodable_bytes`` with the offset.
    """
    if encoding != "utf-16":
        _refuse_control_bytes(path)
    _decode(path, encoding)
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _refuse_foreign(head: bytes) -> None:
    for magic, looks_like in FOREIGN:
        if head.startswith(magic):
            raise Refused("binary_content", looks_like=looks_like)
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<svg")):
        raise Refused("binary_content", looks_like="web page")
    if start.startswith((b"[{", b'{"', b"[\n")):
        raise Refused("binary_content", looks_like="JSON document")


def _legacy_office(path: Path) -> str:
    """An encrypted .xlsx and an old .xls share their container; its stream names differ."""
    with path.open("rb") as stream:
        content = stream.read(8 * BLOCK)
    return "encrypted_xlsx" if "EncryptedPackage".encode("utf-16-le") in content else "legacy_xls"


def sniff_encoding(path: Path) -> str:
    """Find the encoding by reading the whole file once in blocks.

    UTF-16 needs its byte order mark; then UTF-8; else Windows-1252, and Latin-1 for the five
    bytes that Windows-1252 leaves undefined only when there are no control characters.

    Raises
    ------
    Refused
        ``nul_bytes`` or ``binary_content`` or ``undecodable_bytes``, each with a byte offset;
        ``mixed_encodings`` with the first row that is not UTF-8 in a file where others are.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
    bom = next((name for mark, name in BOMS if head.startswith(mark)), None)
    if bom == "utf-16":
        _decode(path, bom)
        return bom
    _refuse_control_bytes(path)
    try:
        _decode(path, "utf-8")
        return bom or "utf-8"
    except Refused as refused:
        if bom:
            raise
        problem = refused
    if _looks_like_broken_utf8(path):
        raise problem
    if row := _row_in_another_encoding(path):
        raise Refused("mixed_encodings", row=row)
    try:
        _decode(path, "cp1252")
        return "cp1252"
    except Refused:
        return "latin-1"


def _decode(path: Path, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    offset = 0
    with path.open("rb") as stream:
        while True:
            block = stream.read(BLOCK)
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                offset += error.start
                raise Refused("undecodable_bytes", encoding=encoding, offset=offset) from error
            if not block:
                return
            offset += len(block)


def _refuse_control_bytes(path: Path) -> None:
    """NUL is refused with its place; many other control bytes mean that this is no text at all."""
    offset = control = 0
    kept = bytes(range(32, 256)) + b"\t\r\n\x0b\x0c\x1a"
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            at = block.find(b"\0")
            control += len(block.translate(None, kept))
            if control > 32 and control > 0.01 * (offset + len(block)):
                raise Refused("binary_content", looks_like="binary data")
            if at >= 0:
                raise Refused("nul_bytes", offset=offset + at)
            offset += len(block)


def _looks_like_broken_utf8(path: Path) -> bool:
    """Many valid UTF-8 sequences and few bad ones: a damaged UTF-8 file, not an older encoding."""
    content = path.open("rb").read(8 * BLOCK)
    damaged = content.decode("utf-8", errors="replace").count("�")
    good = sum(1 for character in content.decode("utf-8", errors="ignore") if ord(character) > 127)
    return good >= 10 * damaged


def _row_in_another_encoding(path: Path) -> int | None:
    """Accents in UTF-8 beside bytes that are not: tables of two programs put together. As either one, half is wrong."""
    with path.open("rb") as stream:
        content = stream.read(8 * BLOCK)
    if not UTF8_ACCENT.search(content):
        return None
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return content.count(b"\n", 0, error.start) + 1
    return None


def sniff_delimiter(lines: list[str]) -> tuple[str, int]:
    """Choose the delimiter from the first lines.

    Parameters
    ----------
    lines : list of str
        The first lines of the file (some dozens).

    Returns
    -------
    tuple of (str, int)
        The delimiter and the number of leading lines to skip (1 for Excel's ``sep=;`` line).
    """
    first = lines[0].strip() if lines else ""
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4], 1
    if first.lower() == "sep=":  # "sep=<tab>" loses its tab in strip()
        return "\t", 1
    scores = {candidate: _agreement(lines, candidate) for candidate in DELIMITERS}
    return max(DELIMITERS, key=lambda candidate: scores[candidate]), 0


def _agreement(lines: list[str], delimiter: str) -> tuple[float, int]:
    """Share of records with as many cells as the header, then the number of cells."""
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return 0.0, 0
    if not widths or widths[0] < 2:
        return 0.0, 0
    return sum(width == widths[0] for width in widths) / len(widths), widths[0]
