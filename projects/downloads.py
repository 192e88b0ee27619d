"""Files of people as answers of the portal, so that no browser runs what is in them."""

from pathlib import Path

from django.http import FileResponse

from projects import sniffing
from projects.models import ArtifactVersion

# What may be shown by a browser as it is; everything else only leaves as an attachment.
SHOWN = (*sniffing.IMAGES, sniffing.PDF)
STRICT = "default-src 'none'; sandbox; frame-ancestors 'none'"
# The viewer of a PDF needs its own styles, and no sandbox, to work at all.
VIEWER = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def attached(version: ArtifactVersion, path: Path) -> FileResponse:
    """A file to be saved under its name, that no browser opens by itself, whatever it is."""
    response = FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=version.original_name,
        content_type="application/octet-stream",
    )
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
