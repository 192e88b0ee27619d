"""Files of people as answers of the portal, so that no browser runs what is in them; and the answer when one is gone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from portal.core import filestore
from portal.core.states import IllegalMove
from projects import sniffing
from projects.models import ArtifactVersion

# What may be shown by a browser as it is; everything else only leaves as an attachment.
SHOWN = (*sniffing.IMAGES, sniffing.PDF)
STRICT = "default-src 'none'; sandbox; frame-ancestors 'none'"
# The viewer of a PDF needs its own styles, and no sandbox, to work at all.
VIEWER = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
BYTES, ZIP, PARQUET, CSV = (
    "application/octet-stream", "application/zip", "application/vnd.apache.parquet", "text/csv",
)  # fmt: skip
DAMAGED = _("The stored file is missing or damaged. Tell an IT engineer.")
MAKE_AGAIN = _("The stored file is missing or damaged. Have it made again.")


def on_page(
    request: HttpRequest,
    take: Callable[[], Path],
    *,
    name: str,
    back: str,
    kind: str = BYTES,
    damaged: Any = DAMAGED,
) -> HttpResponseBase:
    """The file that `take` verifies and writes down; where it is not what was stored, `back` with the reason."""
    try:
        return saved(take(), name=name, kind=kind)
    except (filestore.FileDamaged, OSError):
        messages.error(request, damaged)
        return redirect(back)


def by_code(
    take: Callable[[], Path], *, name: str, kind: str = BYTES, damaged: Any = DAMAGED
) -> FileResponse:
    """The same for a program: 409 with the reason where the file is not what was stored."""
    try:
        return saved(take(), name=name, kind=kind)
    except (filestore.FileDamaged, OSError):
        raise IllegalMove(str(damaged)) from None


def saved(path: Path, *, name: str, kind: str) -> FileResponse:
    """A file to be saved under its name, that no browser opens by itself, whatever it is."""
    response = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=kind)
    return hardened(response, STRICT)


def inline(version: ArtifactVersion, path: Path) -> FileResponse:
    """An image or a PDF for the page and the viewer of the browser."""
    response = FileResponse(path.open("rb"), filename=version.original_name, content_type=version.media_type)
    return hardened(response, VIEWER if version.media_type == sniffing.PDF else STRICT)


def hardened(response: FileResponse, policy: str) -> FileResponse:
    """Nothing in it may run, load or be taken for another type, and no cache between keeps it."""
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response
