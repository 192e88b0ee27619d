"""Files of artifacts: examined, kept by their content, and taken along with a mark in the trail."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core import filestore
from portal.core.models import User
from portal.core.services import audit
from portal.core.uploads import UploadRefused, too_large
from portal.core.verdicts import require
from projects import sniffing
from projects.models import ArtifactVersion
from projects.rules import artifacts as rules
from projects.services import uploads
from projects.services.datasets import copied

Upload = File  # type: ignore[type-arg]


def keep(kind: str, upload: Upload, *, by: User) -> dict[str, Any]:
    """Examine a file for this kind and store its bytes; what a version holds of it. Nothing stays of a refused one."""
    shown = uploads.shown_name(upload.name or "")
    if not upload.size:
        raise UploadRefused(_("The file is empty. Save it again and send it."), 400, "file.empty")
    if upload.size > settings.MAX_UPLOAD_BYTES:
        raise too_large()
    uploads.refuse_room(upload.size, by)
    with ExitStack() as stack:
        known = getattr(upload, "temporary_file_path", None)
        copy = Path(known()) if known else copied(upload, stack)
        media_type = sniffing.fitting(kind, copy)
        uploads.refuse_harmful(copy)
        digest = filestore.store(copy)
    return {"original_name": shown, "digest": digest, "size_bytes": upload.size, "media_type": media_type}


def take(version: ArtifactVersion, *, by: User) -> Path:
    """
    The verified file of a version, to be saved elsewhere. Raises `Refused`, and `FileDamaged` or `OSError` when
    what is stored is not what was brought.
    """
    require(rules.may_take(by, version))
    path = filestore.cached(version.digest)
    with transaction.atomic():
        audit.record("artifact_version.downloaded", version, by=by, file=version.digest)
    return path
