"""Bringing tables and describing them."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core import filestore
from portal.core.models import User
from portal.core.services import audit, jobs, stored_files
from portal.core.verdicts import require
from projects import readings
from projects.models import Dataset, DatasetVersion, UseCase
from projects.rules import datasets as rules
from projects.services import uploads

Upload = File | Path  # type: ignore[type-arg]


def create(
    *,
    name: str,
    file: Upload,
    by: User,
    description: str = "",
    classification: str = Dataset.Classification.INTERNAL,
    use_case: UseCase | None = None,
    source: str = "",
    steward: User | None = None,
    sha256: str = "",
    reading: dict[str, Any] | None = None,
) -> tuple[Dataset, DatasetVersion]:
    """Make a dataset from a first file; nothing is made when the file cannot be taken."""
    require(rules.may_upload(by, use_case))
    if not name.strip():
        raise ValidationError({"name": _("Give the dataset a name.")})
    if classification not in Dataset.Classification.values:
        raise ValidationError({"classification": _("Choose one of the classes of the list.")})
    asked = readings.clean(reading or {})
    shown, digest, size = keep(file, by=by, sha256=sha256)
    with transaction.atomic():
        dataset = Dataset.objects.create(
            name=name.strip(),
            description=description,
            classification=classification,
            use_case=use_case,
            source=source,
            owner=by,
            steward=steward,
        )
        audit.record("dataset.created", dataset, by=by, classification=classification)
        version = new_version(dataset, shown=shown, digest=digest, size=size, by=by, asked=asked)
    return dataset, version


def add_version(
    dataset: Dataset, upload: Upload, *, by: User, sha256: str = "", reading: dict[str, Any] | None = None
) -> tuple[DatasetVersion, bool]:
    """
    Bring a new state of a dataset. Returns the version and whether it is new.

    The same bytes read in the same way are the version that stands already.
    """
    require(rules.may_add_version(by, dataset))
    asked = readings.clean(reading or {})
    shown, digest, size = keep(upload, by=by, sha256=sha256)
    return place(dataset, shown=shown, digest=digest, size=size, by=by, asked=asked)


def read_again(version: DatasetVersion, reading: dict[str, Any], *, by: User) -> tuple[DatasetVersion, bool]:
    """Read the file of a version in another way; what stands stays, the other reading is a version of its own."""
    require(rules.may_add_version(by, version.dataset))
    if not version.upload_digest or version.state != DatasetVersion.State.READY:
        raise ValidationError(_("Its file is not there any more. Send it again."))
    kept = {"digest": version.upload_digest, "size": version.size_bytes, "shown": version.original_name}
    return place(version.dataset, **kept, by=by, asked=readings.clean(reading))  # type: ignore[arg-type]


@transaction.atomic
def place(
    dataset: Dataset, *, shown: str, digest: str, size: int, by: User, asked: dict[str, Any]
) -> tuple[DatasetVersion, bool]:
    """The version that stands for these bytes read in this way, or a new one."""
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    same = dataset.versions.filter(upload_digest=digest).exclude(state=DatasetVersion.State.REJECTED)
    for version in same.select_related("job"):
        if version.status != "rejected" and version.reading.get("asked", {}) == asked:
            return version, False
    return new_version(dataset, shown=shown, digest=digest, size=size, by=by, asked=asked), True


def keep(upload: Upload, *, by: User, sha256: str = "") -> tuple[str, str, int]:
    """Examine a file and store its bytes; returns shown name, digest and size."""
    with ExitStack() as stack:
        if isinstance(upload, Path):
            upload = File(stack.enter_context(upload.open("rb")), name=upload.name)
        shown = uploads.examine(upload)
        uploads.refuse_room(upload.size, by)
        known = getattr(upload, "temporary_file_path", None)
        copy = Path(known()) if known else copied(upload, stack)
        with copy.open("rb") as stream:
            uploads.refuse_other_digest(filestore.digest_of(stream), sha256)
        uploads.refuse_harmful(copy)
        return shown, filestore.store(copy), upload.size


def copied(upload: File, stack: ExitStack) -> Path:  # type: ignore[type-arg]
    """The bytes of a small file that is only in memory, on disk until the stack ends."""
    copy = stack.enter_context(tempfile.NamedTemporaryFile())  # noqa: SIM115  the stack closes it
    for chunk in upload.chunks():
        copy.write(chunk if isinstance(chunk, bytes) else chunk.encode())
    copy.flush()
    return Path(copy.name)


def new_version(
    dataset: Dataset, *, shown: str, digest: str, size: int, by: User, asked: dict[str, Any] | None = None
) -> DatasetVersion:
    """Number a version and queue its check; inside a transaction of the caller."""
    if digest:
        stored_files.hold(digest)
    last = dataset.versions.aggregate(last=Max("number"))["last"] or 0
    version = DatasetVersion(
        dataset=dataset,
        number=last + 1,
        uploaded_by=by,
        original_name=shown,
        upload_digest=digest,
        size_bytes=size,
        preparers=[str(by.pk)],
        reading={"asked": asked} if asked else {},
    )
    version.job = jobs.enqueue(
        "dataset.ingest",
        payload={"version": str(version.pk)},
        label=_("Check of %(name)s") % {"name": shown},
        by=by,
        url=reverse("projects:dataset_version", args=[version.pk]),
        max_attempts=3,
    )
    version.save(force_insert=True)
    audit.record("dataset_version.uploaded", version, by=by, file=shown, sha256=digest, size=size)
    return version


@transaction.atomic
def describe(
    dataset: Dataset,
    *,
    by: User,
    description: str | None = None,
    source: str | None = None,
    dictionary: dict[str, str] | None = None,
    units: dict[str, str] | None = None,
) -> Dataset:
    """Change the words about a dataset: its description, source, the meaning and the unit of columns."""
    require(rules.may_describe(by, dataset))
    changes = {
        "description": description,
        "source": source,
        "dictionary": cleaned(dictionary),
        "units": cleaned(units, "units", 40),
    }
    changed = [
        name for name, value in changes.items() if value is not None and value != getattr(dataset, name)
    ]
    for name in changed:
        setattr(dataset, name, changes[name])
    if changed:
        dataset.save(update_fields=changed)
        audit.record("dataset.described", dataset, by=by, fields=changed)
    return dataset


def cleaned(
    words: dict[str, str] | None, field: str = "dictionary", longest: int = 500
) -> dict[str, str] | None:
    """Words about columns without blanks, each of a bearable length."""
    if words is None:
        return None
    too_long = [column for column, said in words.items() if len(str(said)) > longest]
    if too_long:
        problem = _("What is said about %(column)s is longer than %(limit)s characters.") % {
            "column": too_long[0],
            "limit": longest,
        }
        raise ValidationError({field: problem})
    return {column: str(said).strip() for column, said in words.items() if str(said).strip()}
