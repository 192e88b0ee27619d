"""
What the page shows of an artifact without anything in it being able to act.

Read with the standard library alone, up to a limit; an image or a PDF is never opened here but sent to the
browser as it is (see the view), and everything else is only offered for download.
"""

import base64
import binascii
import csv
import io
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.core import filestore
from portal.core.api.errors import STORE_SILENT
from portal.core.markdown import note_html
from projects import sniffing
from projects.models import ArtifactVersion

LONGEST_TEXT, LONGEST_NOTE = 200_000, 60_000
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 20, 30, 200
MOST_CELLS, LONGEST_OUTPUT = 200, 20_000
PNG = b"\x89PNG\r\n\x1a\n"
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True)
class Output:
    """What a cell printed or drew; `picture` is a data address of a PNG."""

    text: str = ""
    picture: str = ""
    is_error: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook."""

    html: SafeString | str = ""
    code: str = ""
    outputs: list[Output] = field(default_factory=list)


@dataclass(frozen=True)
class Preview:
    """`look` says how the page shows it: note, text, notebook, table, image, pdf, link or nothing; `note` says why not."""

    look: str
    html: SafeString | str = ""
    text: str = ""
    cells: list[Cell] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    note: str = ""


def preview(version: ArtifactVersion) -> Preview:
    """What can be shown of a version."""
    if version.link:
        return Preview("link")
    found = version.media_type
    if found in sniffing.IMAGES:
        return Preview("image")
    if found == sniffing.PDF:
        return Preview("pdf")
    readers = {
        sniffing.NOTEBOOK: notebook, sniffing.MARKDOWN: note, sniffing.CSV: table, sniffing.TEXT: plain,
    }  # fmt: skip
    if found not in readers:
        return Preview("nothing", note=_("Files of this kind are not shown here. Take it along to open it."))
    try:
        return readers[found](filestore.cached(version.digest))
    except (filestore.FileDamaged, OSError):
        return Preview("nothing", note=_("The stored file is missing or damaged; IT must look at it."))
    except filestore.StoreUnreachable:
        return Preview("nothing", note=str(STORE_SILENT))


def beginning(path: Path, limit: int = LONGEST_TEXT) -> tuple[str, str]:
    """The text up to the limit, and a remark where it goes on."""
    with path.open("rb") as source:
        text = source.read(limit + 1)
    is_cut = len(text) > limit
    shown = text[:limit].decode("utf-8", errors="ignore" if is_cut else "replace").removeprefix("\ufeff")
    return shown, _("Only the beginning is shown. Take the file along to read all of it.") if is_cut else ""


def note(path: Path) -> Preview:
    """Markdown, cleaned."""
    text, remark = beginning(path, LONGEST_NOTE)
    return Preview("note", html=note_html(text), note=remark)


def plain(path: Path) -> Preview:
    """Text as it is."""
    text, remark = beginning(path)
    return Preview("text", text=text, note=remark)


def table(path: Path) -> Preview:
    """The first rows; the separator is the one that the first line holds most of."""
    text, _remark = beginning(path)
    first = text.partition("\n")[0]
    separator = max(",;\t|", key=first.count)
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if row:
                rows.append([each[:LONGEST_CELL] for each in row[:MOST_COLUMNS]])
            if len(rows) > MOST_ROWS:
                break
    except csv.Error:
        return Preview(
            "text", text=text[:LONGEST_OUTPUT], note=_("This cannot be read as a table; here is its text.")
        )
    if not rows:
        return Preview("nothing", note=_("There are no rows in it."))
    width = max(len(row) for row in rows)
    names, *body = [row + [""] * (width - len(row)) for row in rows]
    return Preview("table", names=names, rows=body, note=_("The first rows of the table.") if body else "")


def notebook(path: Path) -> Preview:
    """Cells as text and code, what they printed as text, what they drew as PNG. HTML of a notebook is never shown."""
    if path.stat().st_size > sniffing.NOTEBOOK_LIMIT:
        return Preview("nothing", note=_("This notebook is larger than 2 MB. Take it along to open it."))
    try:
        found = json.loads(path.read_bytes())
        cells = [cell(each) for each in found["cells"][:MOST_CELLS]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        said = _(
            "This notebook is damaged and cannot be shown. Save it again in Jupyter and bring a new version."
        )
        return Preview("nothing", note=said)
    if not cells:
        return Preview("nothing", note=_("This notebook has no cells yet."))
    remark = _("Only the beginning is shown. Take the file along to read all of it.")
    return Preview("notebook", cells=cells, note=remark if len(found["cells"]) > MOST_CELLS else "")


def cell(raw: dict[str, Any]) -> Cell:
    """One cell; a kind that is not known is shown as its text."""
    source = joined(raw.get("source", ""))[:LONGEST_OUTPUT]
    match raw.get("cell_type"):
        case "markdown":
            return Cell(html=note_html(source))
        case "code":
            return Cell(
                code=source, outputs=[out for each in raw.get("outputs", [])[:50] if (out := output(each))]
            )
    return Cell(outputs=[Output(text=source)])


def output(raw: dict[str, Any]) -> Output | None:
    """A picture where there is a true PNG, otherwise its text; nothing of what is neither."""
    if raw.get("output_type") == "error":
        trace = "\n".join(str(each) for each in raw.get("traceback", []))
        return Output(text=ESCAPES.sub("", trace)[:LONGEST_OUTPUT], is_error=True)
    data = raw.get("data") or {}
    if picture := png(joined(data.get("image/png", ""))):
        return Output(picture=picture)
    text = joined(raw.get("text") or data.get("text/plain") or "")
    return Output(text=ESCAPES.sub("", text)[:LONGEST_OUTPUT]) if text.strip() else None


def png(text: str) -> str:
    """A data address for what is a PNG in base64; nothing for anything else."""
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return f"data:image/png;base64,{base64.b64encode(content).decode()}" if content.startswith(PNG) else ""


def joined(text: Any) -> str:
    """The text of a field that is a string or a list of lines."""
    if isinstance(text, list):
        return "".join(str(each) for each in text)
    return text if isinstance(text, str) else ""
