"""Taking a whole use case along: collected and zipped by a job, kept for some days, each download written down."""

import hashlib
import shutil
import tempfile
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock, filestore
from portal.core.job_runner import JobRun
from portal.core.models import Job, User
from portal.core.services import audit, jobs, notices, stored_files
from portal.core.services.jobs import JobFailed
from portal.core.verdicts import require
from projects import bundle_pages
from projects.bundle_sections import FORMAT, FORMAT_VERSION, Collector, Piece, collect
from projects.models import ProjectBundle, UseCase
from projects.rules import bundles as rules
from projects.selectors.bundle_data import may_take_bundle

KEPT = timedelta(days=7)
BLOCK = 1 << 20
LARGEST = 8 * 1024**3
EPOCH = (1980, 1, 1, 0, 0, 0)  # no hour of ours in the zip: the same content gives the same bytes
PACKED = (".parquet", ".zip")
BUSY = (Job.State.QUEUED, Job.State.RUNNING)


def page(use_case: UseCase) -> str:
    """Where one's bundles of a use case stand."""
    return reverse("projects:bundle_list", args=[use_case.pk])


@transaction.atomic
def request(use_case: UseCase, *, by: User) -> ProjectBundle:
    """Have a use case zipped with all one may take; what is being made for the same person is given back."""
    require(rules.may_export_project(by, use_case))
    UseCase.objects.select_for_update().get(pk=use_case.pk)  # two clicks make one
    busy = ProjectBundle.objects.filter(use_case=use_case, requested_by=by, job__state__in=BUSY)
    if found := busy.select_related("job").first():
        return found
    bundle = ProjectBundle(use_case=use_case, requested_by=by)
    bundle.job = jobs.enqueue(
        "bundle.export",
        payload={"bundle": str(bundle.pk)},
        label=_("Bundle of %(title)s") % {"title": use_case},
        by=by,
        url=page(use_case),
        max_attempts=3,
    )
    bundle.save(force_insert=True)
    audit.record("bundle.requested", use_case, by=by, bundle=bundle.pk)
    return bundle


def carry_out(run: JobRun) -> None:
    """The worker's half: collect, zip, keep. Safe to run twice."""
    bundle = ProjectBundle.objects.for_list().get(pk=run.payload["bundle"])
    person = bundle.requested_by
    verdict = rules.may_export_project(person, bundle.use_case)
    if not verdict or not UseCase.objects.visible_to(person).filter(pk=bundle.use_case_id).exists():
        raise JobFailed(N_("You may no longer take this project along."))
    run.report(5, N_("Gathering what belongs to it"))
    with translation.override(person.language):
        found = collect(bundle.use_case, person)
        manifest = begin_manifest(bundle, found)
    work = settings.VAR / "work"
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as place:
        file = Path(place) / "bundle.zip"
        with translation.override(person.language):
            write(run, file, found, manifest)
        digest, size = filestore.store(file), file.stat().st_size
        contents = {"files": len(manifest["files"]), "left_out": found.left_out, "ruled": found.ruled}
        with run.finishing(bundle=str(bundle.pk)):
            stored_files.hold(digest)
            keep(bundle, contents, digest, size)


def begin_manifest(bundle: ProjectBundle, found: Collector) -> dict[str, Any]:
    """What the manifest says besides the files."""
    use_case = bundle.use_case
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "use_case": {"ref": use_case.ref, "title": use_case.title, "id": str(use_case.pk)},
        "exported_at": clock.now().isoformat(),
        "exported_by": str(bundle.requested_by),
        "language": translation.get_language(),
        "left_out": found.left_out,
        "files": [],
    }


def write(run: JobRun, file: Path, found: Collector, manifest: dict[str, Any]) -> None:
    """Zip piece by piece in the order of their paths, then the manifest: nothing is held in memory as a whole."""
    for path, text in bundle_pages.pages(manifest, found).items():
        found.words(path, text)
    pieces = [found.pieces[path] for path in sorted(found.pieces)]
    with zipfile.ZipFile(file, "w", allowZip64=True) as archive:
        for number, piece in enumerate(pieces):
            run.report(10 + 80 * number // len(pieces), N_("Packing %(number)s files"), number=len(pieces))
            manifest["files"].append(pack(archive, piece))
            if file.stat().st_size > LARGEST:
                raise JobFailed(
                    N_("This project is larger than a bundle may be. Take its tables one by one.")
                )
        listing = Collector()
        listing.facts("manifest.json", manifest)
        pack(archive, listing.pieces["manifest.json"])


def pack(archive: zipfile.ZipFile, piece: Piece) -> dict[str, Any]:
    """One entry, with its size and SHA-256 as they were written."""
    entry = zipfile.ZipInfo(piece.path, date_time=EPOCH)
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_STORED if piece.path.endswith(PACKED) else zipfile.ZIP_DEFLATED
    if piece.stored:
        return pack_stored(archive, entry, piece)
    archive.writestr(entry, piece.content)
    return {
        "path": piece.path,
        "size": len(piece.content),
        "sha256": hashlib.sha256(piece.content).hexdigest(),
    }


def pack_stored(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, piece: Piece) -> dict[str, Any]:
    """A file of the store, verified before it is copied block by block."""
    try:
        source = filestore.cached(piece.stored, Path(piece.path).suffix)
    except (filestore.FileDamaged, OSError, ValueError):
        raise JobFailed(
            N_("A stored file is missing or damaged (%(path)s). Tell an IT engineer."), path=piece.path
        ) from None
    entry.file_size = source.stat().st_size
    with source.open("rb") as stream, archive.open(entry, "w", force_zip64=True) as target:
        shutil.copyfileobj(stream, target, BLOCK)
    return {"path": piece.path, "size": entry.file_size, "sha256": piece.stored}


def keep(bundle: ProjectBundle, contents: dict[str, Any], digest: str, size: int) -> None:
    """The file and until when it is kept; the person who asked is told."""
    bundle.contents, bundle.file_digest, bundle.size_bytes = contents, digest, size
    bundle.finished_at = clock.now()
    bundle.expires_at = bundle.finished_at + KEPT
    bundle.save(update_fields=["contents", "file_digest", "size_bytes", "finished_at", "expires_at"])
    audit.record(
        "bundle.built",
        bundle.use_case,
        by=None,
        bundle=bundle.pk,
        file=digest,
        files=contents["files"],
        size=size,
    )
    notices.tell(
        [bundle.requested_by],
        text=N_("Ready to take along: %(what)s"),
        url=page(bundle.use_case),
        icon="download",
        by=None,
        what=bundle,
    )


def download(bundle: ProjectBundle, *, by: User) -> Path:
    """The verified file; each download is written down. Raises `Refused` when a right to any part was lost since."""
    require(may_take_bundle(by, bundle))
    path = filestore.cached(bundle.file_digest, ".zip")
    with transaction.atomic():
        audit.record("bundle.downloaded", bundle.use_case, by=by, bundle=bundle.pk, file=bundle.file_digest)
    return path


def file_name(bundle: ProjectBundle) -> str:
    """The name a browser saves it under."""
    return f"{slugify(bundle.use_case.ref)}-{slugify(bundle.use_case.title)[:60]}.agora.zip"


def forget_old() -> int:
    """Files whose days are over go, here and in the cache; the rows stay. Returns how many."""
    old = list(ProjectBundle.objects.over().select_related("use_case"))
    for bundle in old:
        forget(bundle)
    return len(old)


@transaction.atomic
def forget(bundle: ProjectBundle) -> None:
    """The row first, the bytes once that is certain. Safe to call twice."""
    digest = bundle.file_digest
    if not ProjectBundle.objects.filter(pk=bundle.pk, file_digest=digest).update(file_digest=""):
        return
    audit.record("bundle.expired", bundle.use_case, by=None, bundle=bundle.pk, file=digest)
    stored_files.forget(digest)
