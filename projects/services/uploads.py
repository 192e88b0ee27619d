"""What a web process may know of an uploaded file: its name, its size and its first bytes."""

import re
import shutil
import unicodedata
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.db.models import Sum
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core.models import User
from portal.core.uploads import UploadRefused, too_large
from projects.models import ArtifactVersion, DatasetVersion

TYPES = {".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".jsonl", ".ndjson"}
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
            _("The file name is longer than %(limit)s characters. Shorten it.") % {"limit": LONGEST_NAME},
            400,
            "file.name",
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
        raise UploadRefused(_("The file is empty. Export the table again and send it."), 400, "file.empty")
    if upload.size > settings.MAX_UPLOAD_BYTES:
        raise too_large()
    upload.seek(0)
    head = upload.read(4096)
    upload.seek(0)
    refuse_content(head if isinstance(head, bytes) else head.encode(), Path(name).suffix.lower())
    return name


def refuse_room(size: int, person: User) -> None:
    """A person's share of the storage, for tables and artifacts together, and a reserve of the disk stay free."""
    tables = DatasetVersion.objects.filter(uploaded_by=person).exclude(upload_digest="")
    files = ArtifactVersion.objects.filter(made_by=person)
    taken = sum(each.aggregate(sum=Sum("size_bytes"))["sum"] or 0 for each in (tables, files))
    if taken + size > settings.UPLOAD_QUOTA_BYTES:
        shown = {"used": taken >> 20, "limit": settings.UPLOAD_QUOTA_BYTES >> 20, "size": -(-size >> 20)}
        raise UploadRefused(
            _("Your files use %(used)s of %(limit)s MB; this one needs %(size)s MB more. Ask for more room.")
            % shown,
            409,
            "quota.storage",
        )
    settings.VAR.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(settings.VAR).free - size < settings.DISK_RESERVE_BYTES:
        raise UploadRefused(
            _("The storage is full. Nothing was kept; an IT engineer must make room."), 507, "storage.full"
        )


def refuse_harmful(place: Path) -> None:
    """Ask the scanner of the settings, where there is one: a function that names what it found, or nothing."""
    if settings.UPLOAD_SCANNER and (found := import_string(settings.UPLOAD_SCANNER)(place)):
        raise UploadRefused(
            _("The virus scanner refuses this file (%(found)s). Nothing of it was kept.") % {"found": found},
            422,
            "file.malware",
        )


def refuse_other_digest(digest: str, declared: str) -> None:
    """What arrived must be what the sender says it sent."""
    if declared and declared.lower() != digest:
        raise UploadRefused(
            _("The file changed on its way: its SHA-256 is not the one you gave. Send it again."),
            422,
            "upload.digest",
        )


def refuse_type(suffix: str) -> None:
    """CSV, TSV, Excel and Parquet are tables; for the others say the way out."""
    if suffix in TYPES:
        return
    if suffix in LEGACY:
        raise UploadRefused(
            _("Workbooks of type %(type)s are not taken. Save it as .xlsx without macros, or as CSV.")
            % {"type": suffix},
            415,
            "xlsx.macros" if suffix == ".xlsm" else "xlsx.legacy",
        )
    if suffix in COMPRESSED:
        raise UploadRefused(
            _("Compressed files are not taken. Unpack it and send the table itself."), 415, "file.compressed"
        )
    raise UploadRefused(
        _("Only CSV, TSV, Excel (.xlsx), Parquet and JSON lines files are taken, not %(type)s.")
        % {"type": suffix or _("files without a type")},
        415,
        "file.type",
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
            "file.content_mismatch",
        )
