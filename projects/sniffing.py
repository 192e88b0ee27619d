"""
What a file is, told from its bytes and never from its name, and whether that fits the kind of artifact it is brought as.

Nothing is decoded here: first bytes are compared, text is read as text, and a notebook of bearable size as JSON.
"""

import json
import re
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core.uploads import UploadRefused
from projects.models import Artifact

Kind = Artifact.Kind
HEAD = 65_536
NOTEBOOK_LIMIT = 2 * 1024 * 1024
MARKS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x7fELF", "application/x-executable"),
    (b"MZ", "application/x-executable"),
    (b"#!", "application/x-executable"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
)
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
NOTEBOOK, PDF, TEXT = "application/x-ipynb+json", "application/pdf", "text/plain"
MARKDOWN, CSV = "text/markdown", "text/csv"
MARKUP = re.compile(r"<(!doctype|html|head|body|script|iframe|svg|\?xml)\b|<!--", re.IGNORECASE)
WANTED = {
    Kind.NOTEBOOK: N_("a Jupyter notebook (.ipynb)"),
    Kind.IMAGE: N_("a PNG, JPEG, WebP or GIF image"),
    Kind.REPORT: N_("a PDF"),
    Kind.NOTE: N_("plain text in UTF-8"),
    Kind.EXTRACT: N_("a CSV or TSV table in UTF-8"),
}


def media_type(path: Path) -> str:
    """What the bytes are; `application/octet-stream` where nothing is known."""
    with path.open("rb") as source:
        head = source.read(HEAD)
    for mark, found in MARKS:
        if head.startswith(mark):
            return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    text = as_text(head)
    if text is None:
        return "application/octet-stream"
    if MARKUP.match(text.lstrip("\ufeff \t\r\n")):
        return "image/svg+xml" if "<svg" in text[:4096].lower() else "text/html"
    if text.lstrip("\ufeff \t\r\n").startswith("{") and is_notebook(path):
        return NOTEBOOK
    return TEXT


def as_text(head: bytes) -> str | None:
    """The beginning as UTF-8, or nothing where it is none; a letter cut in two at its end is no harm."""
    if b"\x00" in head:
        return None
    for cut in range(4):
        try:
            return head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
    return None


def is_notebook(path: Path) -> bool:
    """Whether it has cells and the number of a notebook format; of a large one the beginning and the end must say so."""
    if path.stat().st_size > NOTEBOOK_LIMIT:
        with path.open("rb") as source:
            head = source.read(HEAD)
            source.seek(-HEAD, 2)
            ends = head + source.read()
        return b'"cells"' in ends and b'"nbformat"' in ends
    found = read_json(path)
    return isinstance(found, dict) and isinstance(found.get("cells"), list) and "nbformat" in found


def read_json(path: Path) -> Any:
    """The content as JSON, or nothing where it is none, also where it is nested without end."""
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return None


def fitting(kind: str, path: Path) -> str:
    """The media type of a file brought as this kind. Raises `UploadRefused` where the content is something else."""
    found = media_type(path)
    if kind == Kind.DOCUMENT:
        return found
    if kind == Kind.NOTE and found in {TEXT, NOTEBOOK}:
        return MARKDOWN
    if kind == Kind.EXTRACT and found == TEXT:
        return CSV
    if (
        (kind == Kind.NOTEBOOK and found == NOTEBOOK)
        or (kind == Kind.IMAGE and found in IMAGES)
        or (kind == Kind.REPORT and found == PDF)
    ):
        return found
    raise UploadRefused(
        _(
            "This is not %(wanted)s: its content looks like %(found)s. Choose the kind that fits, or “Document”."
        )
        % {"wanted": _(WANTED[Kind(kind)]), "found": found},
        415,
        "file.content_mismatch",
    )
