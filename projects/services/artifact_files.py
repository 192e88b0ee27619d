"""Files of artifacts: examined, kept by their content, and taken along with a mark in the trail."""

import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from portal.core import filestore
from portal.core.models import User
from portal.core.services import audit
from portal.core.uploads import UploadRefused, too_large
from portal.core.verdicts import require
from projects import sniffing
from projects.models import ArtifactVersion, DatasetVersion
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
    refuse_room(upload.size, by)
    with ExitStack() as stack:
        known = getattr(upload, "temporary_file_path", None)
        copy = Path(known()) if known else copied(upload, stack)
        media_type = sniffing.fitting(kind, copy)
        uploads.refuse_harmful(copy)
        digest = filestore.store(copy)
    return {"original_name": shown, "digest": digest, "size_bytes": upload.size, "media_type": media_type}


def refuse_room(size: int, person: User) -> None:
    """Tables and artifacts of a person share one room."""
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
