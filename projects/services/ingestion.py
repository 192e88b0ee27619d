"""The worker's half of an upload: the engine reads the file, the version is accepted or says why not."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop as N_

from portal.core import filestore
from portal.core.job_runner import JobRun
from portal.core.services import audit, notices, stored_files
from portal.core.services.jobs import JobFailed
from projects.models import DatasetVersion
from projects.services import engine, expectations

READING_SECONDS = 300


def ingest(run: JobRun) -> None:
    """Read, profile, then accept or reject one version. Safe to run twice."""
    version = DatasetVersion.objects.select_related("dataset", "uploaded_by").get(pk=run.payload["version"])
    if version.state != DatasetVersion.State.CHECKING:
        return
    work = settings.VAR / "work"
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as place:
        read(run, version, Path(place))


def read(run: JobRun, version: DatasetVersion, place: Path) -> None:
    """The two engine calls and what follows from them."""
    run.report(10, N_("Reading the file"))
    out = place / "out"
    out.mkdir()
    try:
        source = filestore.fetch(version.upload_digest, place / "in" / "upload")
    except (FileNotFoundError, filestore.FileDamaged):
        raise JobFailed(N_("The uploaded file is not there any more. Send it again.")) from None
    arguments = ["ingest", "--source", str(source), "--name", version.original_name, "--out", str(out)]
    if asked := version.reading.get("asked"):
        arguments += ["--reading", str(engine.write_json(out / "reading.json", asked))]
    ended = engine.call(run, arguments, readable=[source], writable=out, seconds=READING_SECONDS)
    if ended.code != 0:
        reject(run, version, [{"code": "unreadable", "message": engine.CRASHED, "params": {}}])
        return
    found = engine.answer(out / "ingest.json")
    if not found["ok"]:
        reject(run, version, found["errors"])
        return
    keep(run, version, found, out)


def keep(run: JobRun, version: DatasetVersion, found: dict[str, Any], out: Path) -> None:
    """Describe `table.parquet`, check what is expected of it, accept the version."""
    run.report(50, N_("Describing every column"))
    table, profile = out / "table.parquet", out / "profile.json"
    arguments = ["profile", "--table", str(table), "--out", str(profile)]
    ended = engine.call(run, arguments, readable=[], writable=out, seconds=READING_SECONDS)
    if ended.code != 0:
        reject(run, version, [{"code": "unreadable", "message": engine.CRASHED, "params": {}}])
        return
    kept = expectations.look(run, version.dataset, table, out)
    run.report(90, N_("Keeping the table"))
    accept(run, version, found, {"profile": engine.answer(profile), "kept": kept}, table)


def accept(
    run: JobRun, version: DatasetVersion, found: dict[str, Any], seen: dict[str, Any], table: Path
) -> None:
    """Keep the table and what was seen in it (profile, kept expectations); the version is ready."""
    digest = filestore.store(table)
    with run.finishing(version=str(version.pk), accepted=True):
        stored_files.hold(digest)
        DatasetVersion.LIFE.move(
            version,
            "accept",
            table_digest=digest,
            rows=found["rows"],
            columns=len(found["columns"]),
            remarks=found["warnings"],
            reading={**version.reading, "found": how_read(found)},
            **seen,
        )
        audit.record("dataset_version.accepted", version, by=None, sha256=digest, rows=version.rows)
        notices.tell(
            [version.uploaded_by],
            text=N_("“%(name)s” is ready: %(rows)s rows, %(columns)s columns."),
            url=reverse("projects:dataset_version", args=[version.pk]),
            by=None,
            name=version,
            rows=version.rows,
            columns=version.columns,
        )
        expectations.tell_broken(version, seen["kept"])


def how_read(found: dict[str, Any]) -> dict[str, Any]:
    """The way a file was read, for people to look at and correct."""
    names = ("format", "encoding", "delimiter", "decimal", "dates", "sheet", "masked")
    return {name: found[name] for name in names if found.get(name)}


def reject(run: JobRun, version: DatasetVersion, problems: list[dict[str, Any]]) -> None:
    """Keep only why the file was not accepted; its bytes go."""
    with run.finishing(version=str(version.pk), accepted=False):
        DatasetVersion.LIFE.move(version, "reject", problems=problems)
        audit.record(
            "dataset_version.rejected", version, by=None, problems=[each["code"] for each in problems]
        )
        notices.tell(
            [version.uploaded_by],
            text=N_("“%(name)s” was not accepted. See what to change."),
            url=reverse("projects:dataset_version", args=[version.pk]),
            icon="alert",
            by=None,
            name=version.original_name,
        )
        if version.upload_digest:
            stored_files.forget(version.upload_digest)
