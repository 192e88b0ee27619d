"""Receiving a file in pieces: each piece is on disk before it is acknowledged, so that sending can go on there."""

import os
import re
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.states import IllegalMove
from portal.core.uploads import UploadRefused, too_large
from portal.core.verdicts import require
from projects.models import PartialUpload
from projects.rules import datasets as rules
from projects.services import uploads

KEPT = timedelta(days=1)
MOST_WAITING = 10
MOST_PIECE = 8 * 1024 * 1024
BUNDLE_NAME = re.compile(r"\.agora( ?\(\d+\))?\.zip$", re.IGNORECASE)


def place_of(upload: PartialUpload) -> Path:
    """Where its bytes gather."""
    place: Path = settings.VAR / "incoming" / f"{upload.pk}.part"
    return place


@transaction.atomic
def begin(*, name: str, size: int, by: User) -> PartialUpload:
    """Announce a file; what can be refused by its name and size is refused now."""
    require(rules.may_upload(by))
    shown = uploads.shown_name(name)
    if not BUNDLE_NAME.search(shown):  # these are looked at by the service that takes them
        uploads.refuse_type(Path(shown).suffix.lower())
    if size < 1:
        raise UploadRefused(_("The file is empty. Export the table again and send it."), 400, "file.empty")
    if size > settings.MAX_UPLOAD_BYTES:
        raise too_large()
    uploads.refuse_room(size, by)
    if PartialUpload.objects.visible_to(by).count() >= MOST_WAITING:
        oldest = PartialUpload.objects.visible_to(by).order_by("created_at").first()
        if oldest:
            forget(oldest)
    upload = PartialUpload.objects.create(person=by, name=shown, size=size)
    audit.record("upload.begun", upload, by=by, size=size)
    return upload


@transaction.atomic
def receive(upload: PartialUpload, piece: bytes, *, offset: int, by: User) -> PartialUpload:
    """
    Add a piece that begins at `offset`.

    A piece that is here already changes nothing; one that leaves a gap is refused with 409, and the answer
    of the upload's own address says where to go on. The row is written after the bytes are on disk.
    """
    if upload.person_id != by.pk:
        raise UploadRefused(_("This file is sent by somebody else."), 403, "upload.other")
    locked = PartialUpload.objects.select_for_update().get(pk=upload.pk)
    if offset + len(piece) <= locked.received:
        return locked
    if offset != locked.received:
        raise IllegalMove(_("Go on at byte %(offset)s.") % {"offset": locked.received})
    if locked.received + len(piece) > locked.size:
        raise UploadRefused(_("More bytes came than were announced."), 400, "request.length_mismatch")
    place = place_of(locked)
    place.parent.mkdir(parents=True, exist_ok=True)
    if offset and (not place.exists() or place.stat().st_size < offset):
        # On another machine than the pieces before, or cleaned away: a hole must not pass for content.
        raise UploadRefused(_("The file is not there any more. Send it again."), 409, "upload.gone")
    with place.open("r+b" if place.exists() else "w+b") as target:
        target.truncate(offset)  # what a killed process wrote without saying so
        target.seek(offset)
        target.write(piece)
        target.flush()
        os.fsync(target.fileno())
    locked.received = offset + len(piece)
    locked.save(update_fields=["received"])
    return locked


def opened(upload: PartialUpload, *, by: User) -> File:  # type: ignore[type-arg]
    """The whole file, for a service that takes one; the caller closes it."""
    if upload.person_id != by.pk or not upload.is_complete:
        raise ValidationError({"upload": _("The file is not complete yet. Go on sending it.")})
    place = place_of(upload)
    if not place.exists() or place.stat().st_size != upload.size:
        raise ValidationError({"upload": _("The file is not there any more. Send it again.")})
    file = File(place.open("rb"), name=upload.name)
    file.temporary_file_path = lambda: str(place)  # type: ignore[attr-defined]
    return file


@transaction.atomic
def forget(upload: PartialUpload) -> None:
    """Row and bytes go. Safe to call twice."""
    place = place_of(upload)
    PartialUpload.objects.filter(pk=upload.pk).delete()
    transaction.on_commit(partial(place.unlink, missing_ok=True))


def forget_old() -> int:
    """Files whose sender never came back; returns how many."""
    old = list(PartialUpload.objects.filter(created_at__lt=clock.now() - KEPT))
    for upload in old:
        forget(upload)
    return len(old)
