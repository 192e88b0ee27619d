"""What a web process may know of an uploaded file: its name, its size and its first bytes."""

import re
import unicodedata
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core.uploads import UploadRefused, too_large

TYPES = {".csv", ".tsv", ".txt", ".xlsx", ".parquet"}
LEGACY = {".xls", ".xlsb", ".xlsm", ".ods"}
COMPRESSED = {".gz", ".zip", ".bz2", ".xz", ".7z", ".rar", ".zst"}
LONGEST_NAME = 200
MAGIC = (
    (b"\x89PNG", N_("PNG image")),
    (b"\xff\xd8\xff", N_("JPEG image")),
    (b"GIF8", N_("GIF image")),
    (b"%PDF", N_("PDF document")),
    (b"\x7fELF", N_("program")),
    (b"MZ", N_("program")),
    (b"\x1f\x8b", N_("gzip archive")),
    (b"BZh", N_("bzip2 archive")),
    (b"SQLite format 3", N_("SQLite database")),
    (b"\xd0\xcf\x11\xe0", N_("old Office document")),
)


def shown_name(name: str) -> str:
    """The last part of a file name without anything that could mislead the eye."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C").strip(" .")
    if len(kept) > LONGEST_NAME:
        raise UploadRefused(
            _("The file name is longer than %(limit)s characters. Shorten it.") % {"limit": LONGEST_NAME}
        )
    return kept or _("unnamed")


def examine(upload: File) -> str:  # type: ignore[type-arg]
    """
    Refuse what cannot be a table, in words; returns the name to show.

    Only the engine's child process reads further than these first bytes.
    """
    name = shown_name(upload.name or "")
    refuse_type(Path(name).suffix.lower())
    if not upload.size:
        raise UploadRefused(_("The file is empty. Export the table again and send it."))
    if upload.size > settings.MAX_UPLOAD_BYTES:
        raise too_large()
    upload.seek(0)
    head = upload.read(4096)
    upload.seek(0)
    refuse_content(head if isinstance(head, bytes) else head.encode(), Path(name).suffix.lower())
    return name


def refuse_type(suffix: str) -> None:
    """CSV, TSV, Excel and Parquet are tables; for the others say the way out."""
    if suffix in TYPES:
        return
    if suffix in LEGACY:
        raise UploadRefused(
            _("Workbooks of type %(type)s are not taken. Save it as .xlsx without macros, or as CSV.")
            % {"type": suffix},
            415,
        )
    if suffix in COMPRESSED:
        raise UploadRefused(_("Compressed files are not taken. Unpack it and send the table itself."), 415)
    raise UploadRefused(
        _("Only CSV, TSV, Excel (.xlsx) and Parquet files are taken, not %(type)s.")
        % {"type": suffix or _("files without a type")},
        415,
    )


def refuse_content(head: bytes, suffix: str) -> None:
    """The first bytes must fit the name."""
    looks_like = next((what for magic, what in MAGIC if head.startswith(magic)), "")
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype", b"<html", b"<svg", b"<?xml")):
        looks_like = N_("web page")
    if head.startswith(b"PK") and suffix != ".xlsx":
        looks_like = N_("Excel workbook or zip archive")
    if head.startswith(b"PAR1") and suffix != ".parquet":
        looks_like = N_("Parquet file")
    if suffix == ".xlsx" and not looks_like and not head.startswith(b"PK"):
        looks_like = N_("text file")
    if suffix == ".parquet" and not looks_like and not head.startswith((b"PAR1", b"PARE")):
        looks_like = N_("text file")
    if looks_like:
        raise UploadRefused(
            _(
                "The name ends in %(type)s but the content looks like a %(what)s. Send CSV, Excel (.xlsx) or Parquet under its own name."
            )
            % {"type": suffix, "what": _(looks_like)},
            415,
        )
