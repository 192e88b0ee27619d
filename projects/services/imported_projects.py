"""Bringing a whole use case: sent, checked behind the wall, tried without writing; nothing is made before a person says so."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock, filestore
from portal.core.job_runner import JobRun
from portal.core.models import Job, User
from portal.core.services import audit, jobs, notices, stored_files
from portal.core.services.jobs import JobFailed
from portal.core.states import IllegalMove
from portal.core.uploads import UploadRefused, too_large
from portal.core.verdicts import require
from projects import imported_plan
from projects.models import ImportedProject
from projects.rules import imported_projects as rules
from projects.services import engine, uploads
from projects.services.datasets import copied

SECONDS = 300
SUFFIX = ".zip"
State = ImportedProject.State


def examine(upload: File) -> str:  # type: ignore[type-arg]
    """Refuse what cannot be a bundle by its name, size and first bytes; only the engine's child reads further."""
    name = uploads.shown_name(upload.name or "")
    if Path(name).suffix.lower() != SUFFIX:
        raise UploadRefused(
            _("Send the zip as the other portal made it (its name ends in .zip)."), 415, "file.type"
        )
    if not upload.size:
        raise UploadRefused(_("The file is empty. Send it again as it was downloaded."), 400, "file.empty")
    if upload.size > settings.MAX_UPLOAD_BYTES:
        raise too_large()
    upload.seek(0)
    head = upload.read(4)
    upload.seek(0)
    if head[:2] not in (b"PK", "PK"):
        raise UploadRefused(
            _("The name ends in .zip but the content is something else."), 415, "file.content_mismatch"
        )
    return name


def send(*, file: File, by: User) -> tuple[ImportedProject, bool]:  # type: ignore[type-arg]
    """
    Keep a bundle and queue its checks. Returns it and whether it is new.

    The same bytes again are the import that stands already: it is given back, and read again if it was refused.
    """
    require(rules.may_import_project(by))
    shown = examine(file)
    uploads.refuse_room(file.size, by)
    with ExitStack() as stack:
        known = getattr(file, "temporary_file_path", None)
        copy = Path(known()) if known else copied(file, stack)
        with copy.open("rb") as stream:
            digest = filestore.digest_of(stream)
        standing = ImportedProject.objects.visible_to(by).filter(bundle_digest=digest).for_list().first()
        if standing and standing.status != State.REJECTED:
            return standing, False
        uploads.refuse_harmful(copy)
        was_there = filestore.holds(digest)
        filestore.store(copy)
    if standing:
        return read_again(standing, is_shared=was_there, by=by), False
    return begin(shown, digest, file.size, by, is_shared=was_there)


def begin(
    shown: str, digest: str, size: int, person: User, *, is_shared: bool
) -> tuple[ImportedProject, bool]:
    """The row with its job; of two that send the same at once one is the first."""
    try:
        with transaction.atomic():
            stored_files.hold(digest)
            made = ImportedProject(
                owner=person, original_name=shown, bundle_digest=digest, size_bytes=size, is_shared=is_shared
            )
            made.job = queue(made, "bundle.read", _("Check of %(name)s") % {"name": shown}, person)
            made.save(force_insert=True)
            audit.record("imported_project.sent", made, by=person, sha256=digest, size=size)
        return made, True
    except IntegrityError:
        return ImportedProject.objects.get(owner=person, bundle_digest=digest), False


@transaction.atomic
def read_again(brought: ImportedProject, *, is_shared: bool, by: User) -> ImportedProject:
    """Check a bundle once more that was not accepted."""
    require(rules.may_import_project(by))
    brought = locked(brought)
    if brought.status != State.REJECTED:
        return brought  # another tab was quicker
    stored_files.hold(brought.bundle_digest)
    if brought.state == State.REJECTED:
        ImportedProject.LIFE.move(brought, "read_again", problems=[], is_shared=is_shared)
    brought.job = queue(brought, "bundle.read", _("Check of %(name)s") % {"name": brought.original_name}, by)
    brought.save(update_fields=["job"])
    audit.record("imported_project.sent", brought, by=by, sha256=brought.bundle_digest)
    return brought


def locked(brought: ImportedProject) -> ImportedProject:
    """
    The row as it is now, nobody else's until the transaction ends. Raises `IllegalMove` when it was discarded.

    Its job is asked for afterwards: joined to the row it would be the one from before the wait.
    """
    found = ImportedProject.objects.select_for_update().filter(pk=brought.pk).first()
    if found is None:
        raise IllegalMove(_("This was discarded a moment ago. Send the file again if you need it."))
    return found


@transaction.atomic
def discard(brought: ImportedProject, *, by: User) -> None:
    """
    Put away what has become no use case: the row goes, then every stored file of it that nothing else needs.

    The zip goes too, whoever had stored its bytes: what another row needs stays, and only that.
    """
    standing = locked(brought)
    require(rules.may_discard(by, standing))
    digests = {standing.bundle_digest, *(each["sha256"] for each in standing.files)}
    audit.record(
        "imported_project.discarded",
        standing,
        by=by,
        sha256=standing.bundle_digest,
        state=standing.state,
        files=len(standing.files),
    )
    standing.delete()
    stored_files.forget_all(digests)


def page(brought: ImportedProject) -> str:
    """Its page."""
    return reverse("projects:imported_project_detail", args=[brought.pk])


def queue(brought: ImportedProject, kind: str, label: str, person: User) -> Job:
    """The job of one step."""
    payload = {"imported": str(brought.pk), "by": person.pk}
    return jobs.enqueue(kind, payload=payload, label=label, by=person, url=page(brought), max_attempts=3)


def read(run: JobRun) -> None:
    """Have the child check and unpack it, say what would be made. Safe to run twice."""
    brought = ImportedProject.objects.select_related("owner").get(pk=run.payload["imported"])
    if brought.state != State.READING:
        return
    work = settings.VAR / "work"
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as place, translation.override(brought.owner.language):
        read_in(run, brought, Path(place))


def read_in(run: JobRun, brought: ImportedProject, place: Path) -> None:
    """The engine's answer, and what follows from it."""
    run.report(10, N_("Checking every file"))
    out = place / "out"
    out.mkdir()
    try:
        source = filestore.fetch(brought.bundle_digest, place / "in" / "bundle.zip")
    except (FileNotFoundError, filestore.FileDamaged):
        raise JobFailed(N_("The uploaded file is not there any more. Send it again.")) from None
    ended = engine.call(
        run,
        ["unpack", "--source", str(source), "--out", str(out)],
        readable=[source],
        writable=out,
        seconds=SECONDS,
    )
    if ended.code != 0:
        reject(run, brought, [{"code": "unreadable", "message": UNPACKED, "params": {}}])
        return
    found = engine.answer(out / "unpack.json")
    if not found["ok"]:
        reject(run, brought, found["errors"])
        return
    try:
        plan = imported_plan.plan_of(found["manifest"], imported_plan.reader(found["manifest"], out))
    except imported_plan.Unfit as unfit:
        reject(run, brought, [{"code": "unfit", "message": "%(text)s", "params": {"text": str(unfit)}}])
        return
    keep(run, brought, found["manifest"], plan, out)


UNPACKED = N_("The file could not be unpacked within the limits of time and memory.")


def keep(
    run: JobRun, brought: ImportedProject, manifest: dict[str, Any], plan: dict[str, Any], out: Path
) -> None:
    """Every file goes into the store under its digest; then the row says that it is read. The zip itself goes."""
    run.report(60, N_("Keeping the files"))
    try:
        uploads.refuse_room(sum(each["size"] for each in manifest["files"]), brought.owner)
    except UploadRefused as full:
        raise JobFailed(N_("It could not be kept: %(why)s"), why=str(full)) from None
    for each in manifest["files"]:
        if filestore.store(out / each["sha256"]) != each["sha256"]:
            raise JobFailed(UNPACKED)
    with run.finishing(imported=str(brought.pk)):
        for digest in sorted({each["sha256"] for each in manifest["files"]}):
            stored_files.hold(digest)
        ImportedProject.LIFE.move(
            brought, "read", manifest=described(manifest), plan=plan, problems=[], read_at=clock.now()
        )
        audit.record("imported_project.read", brought, by=None, files=len(manifest["files"]))
        tell(brought, N_("“%(name)s” is checked. See what would be made; nothing is made yet."))
        forget_zip(brought)


def described(manifest: dict[str, Any]) -> dict[str, Any]:
    """What the page tells of a manifest, as plain words."""
    use_case = manifest.get("use_case") if isinstance(manifest.get("use_case"), dict) else {}
    told = {
        name: imported_plan.text(manifest.get(name), 150)
        for name in ("exported_at", "exported_by", "language")
    }
    told |= {name: imported_plan.text(use_case.get(name), 150) for name in ("ref", "title", "id")}  # type: ignore[union-attr]
    left_out = [
        {name: imported_plan.text(row.get(name), 300) for name in ("what", "reason")}
        for row in imported_plan.rows(manifest.get("left_out"))[:500]
    ]
    files = [{name: each[name] for name in ("path", "size", "sha256")} for each in manifest["files"]]
    return {**told, "left_out": left_out, "files": files}


def reject(run: JobRun, brought: ImportedProject, problems: list[dict[str, Any]]) -> None:
    """Keep only why it cannot be used; its bytes go."""
    with run.finishing(imported=str(brought.pk)):
        ImportedProject.LIFE.move(brought, "reject", problems=problems)
        codes = [each["code"] for each in problems]
        audit.record("imported_project.rejected", brought, by=None, problems=codes)
        tell(brought, N_("“%(name)s” was not accepted. See why."))
        forget_zip(brought)


def forget_zip(brought: ImportedProject) -> None:
    """Once that is certain; never what the store had for another reason, nor what somebody else is having read."""
    if not brought.is_shared:
        stored_files.forget(brought.bundle_digest)


def tell(brought: ImportedProject, text: str) -> None:
    """Tell who brought it."""
    notices.tell(
        [brought.owner], text=text, url=page(brought), icon="upload", by=None, name=brought.original_name
    )


def path_of(brought: ImportedProject, sha256: str) -> str:
    """
    Where a file stood in the zip; empty where there is none to hand out. Tables are not: they become datasets here,
    which have an owner and a class.
    """
    found = next((each["path"] for each in brought.files if each["sha256"] == sha256), "")
    return "" if found.endswith(".parquet") else found


def file_of(brought: ImportedProject, sha256: str, *, by: User) -> Path:
    """The verified bytes of one file, to read elsewhere; each is written down."""
    path = path_of(brought, sha256)
    if not path or not ImportedProject.objects.visible_to(by).filter(pk=brought.pk).exists():
        raise FileNotFoundError(sha256)
    kept = filestore.cached(sha256)
    with transaction.atomic():
        audit.record("imported_project.file_taken", brought, by=by, path=path, file=sha256)
    return kept


def refuse_unknown(choices: dict[str, Any]) -> None:
    """A product owner is named; the rest is nobody unless chosen."""
    if not choices.get("product_owner"):
        raise ValidationError({"product_owner": _("Say who is to own it here.")})
