"""Bringing use cases from a file: sent, read in the engine's child, mapped, tried, carried out."""

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import filestore
from portal.core.job_runner import JobRun
from portal.core.models import Job, User
from portal.core.services import audit, jobs, notices, stored_files
from portal.core.services.jobs import JobFailed
from portal.core.uploads import UploadRefused
from portal.core.verdicts import require
from projects import rules
from projects.models import CaseImport
from projects.services import engine
from projects.services.datasets import keep as keep_file
from projects.services.import_rows import ERROR, NEEDED, Reader, Result, known_fields

MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 5000, 100, 5000
SECONDS = 120
PULSE = 20  # rows between two reports of progress
State = CaseImport.State


def send(*, file: File | Path, source: str, by: User) -> CaseImport:  # type: ignore[type-arg]
    """Keep a file and queue its reading. Raises `UploadRefused` for what cannot be a table."""
    require(rules.saved_views.may_import(by))
    source = slugify(source)[:40]
    if not source:
        raise ValidationError({"source": _("Say in a word where the file comes from, such as jira.")})
    shown, digest, _size = keep_file(file, by=by)
    if Path(shown).suffix.lower() == ".parquet":
        raise UploadRefused(_("Send CSV or Excel (.xlsx): people fill these."), 415)
    with transaction.atomic():
        stored_files.hold(digest)
        made = CaseImport(owner=by, original_name=shown, upload_digest=digest, source=source)
        made.job = queue(made, "cases.read", _("Reading of %(name)s") % {"name": shown}, by)
        made.save(force_insert=True)
        audit.record("import.sent", made, by=by, source=source, sha256=digest)
    return made


def queue(brought: CaseImport, kind: str, label: str, owner: User) -> Job:
    """The job of one step."""
    url = reverse("projects:import_detail", args=[brought.pk])
    return jobs.enqueue(kind, payload={"import": str(brought.pk)}, label=label, by=owner, url=url)


def subject(run: JobRun, state: str) -> CaseImport | None:
    """What the job is about, unless this step is over already."""
    found = CaseImport.objects.select_related("owner").get(pk=run.payload["import"])
    return found if found.state == state else None


def read(run: JobRun) -> None:
    """Let the child read the file; keep its cells as text. Safe to run twice."""
    brought = subject(run, State.READING)
    if brought is None:
        return
    work = settings.VAR / "work"
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as place:
        read_in(run, brought, Path(place))


def read_in(run: JobRun, brought: CaseImport, place: Path) -> None:
    """The two engine calls and what follows from them."""
    run.report(10, N_("Reading the file"))
    out = place / "out"
    out.mkdir()
    try:
        source = filestore.fetch(brought.upload_digest, place / "in" / "upload")
    except (FileNotFoundError, filestore.FileDamaged):
        raise JobFailed(N_("The uploaded file is not there any more. Send it again.")) from None
    limits = [
        "--max-rows",
        str(MOST_ROWS),
        "--max-columns",
        str(MOST_COLUMNS),
        "--max-cell",
        str(LONGEST_CELL),
    ]
    arguments = [
        "ingest",
        "--source",
        str(source),
        "--name",
        brought.original_name,
        "--out",
        str(out),
        *limits,
    ]
    ended = engine.call(run, arguments, readable=[source], writable=out, seconds=SECONDS)
    found = engine.answer(out / "ingest.json") if ended.code == 0 else None
    if found is None or not found["ok"]:
        crashed = [{"code": "unreadable", "message": engine.CRASHED, "params": {}}]
        reject(run, brought, found["errors"] if found else crashed)
        return
    keep_rows(run, brought, found, out)


def keep_rows(run: JobRun, brought: CaseImport, found: dict[str, Any], out: Path) -> None:
    """Let the child write the cells as text; the columns are known from now on."""
    run.report(60, N_("Looking at the columns"))
    rows = out / "rows.json"
    arguments = ["rows", "--table", str(out / "table.parquet"), "--out", str(rows)]
    if engine.call(run, arguments, readable=[], writable=out, seconds=SECONDS).code != 0:
        reject(run, brought, [{"code": "unreadable", "message": engine.CRASHED, "params": {}}])
        return
    content = engine.answer(rows)
    about = {name: found[name] for name in ("format", "encoding", "delimiter", "rows", "columns", "warnings")}
    digest = filestore.store(rows)
    with run.finishing(imported=str(brought.pk)):
        stored_files.hold(digest)
        CaseImport.LIFE.move(
            brought,
            "read",
            found=about,
            rows_digest=digest,
            mapping=guess(brought.owner, content["columns"]),
        )
        audit.record("import.read", brought, by=None, rows=found["rows"])


def reject(run: JobRun, brought: CaseImport, problems: list[dict[str, Any]]) -> None:
    """Say why it cannot be read."""
    with run.finishing(imported=str(brought.pk)):
        CaseImport.LIFE.move(brought, "reject", problems=problems)
        audit.record("import.rejected", brought, by=None, problems=[each["code"] for each in problems])
        tell(brought, N_("“%(name)s” could not be read. See what to change."))


def tell(brought: CaseImport, text: str) -> None:
    """Tell who sent it."""
    url = reverse("projects:import_detail", args=[brought.pk])
    notices.tell([brought.owner], text=text, url=url, icon="upload", by=None, name=brought.original_name)


def guess(owner: User, columns: list[str]) -> dict[str, str]:
    """Columns that bear the name of a field in any language, or were mapped so by this person before."""
    before = CaseImport.objects.filter(owner=owner).exclude(mapping={}).order_by("-created_at").first()
    known = {column.casefold(): name for name, column in (before.mapping if before else {}).items()}
    fields = known_fields()
    for language in ("fr", "en"):
        with translation.override(language):
            known |= {str(label).casefold(): name for name, label in fields.items()}
    known |= {name.casefold(): name for name in fields} | {name.replace("_", " "): name for name in fields}
    known |= {"id": "external_id", "key": "external_id", "summary": "title", "description": "problem"}
    found: dict[str, str] = {}
    for column in columns:
        name = known.get(column.casefold())
        if name and name not in found:
            found[name] = column
    return found


@transaction.atomic
def try_out(brought: CaseImport, *, mapping: dict[str, str], options: dict[str, Any], by: User) -> CaseImport:
    """Say what the columns are and queue a trial that writes nothing."""
    require(rules.saved_views.may_import(by))
    check_mapping(brought, mapping)
    unstick(brought)
    kept = {name: bool(options.get(name)) for name in ("submit", "skip_unknown_people")}
    CaseImport.LIFE.move(brought, "try", mapping=mapping, options=kept, report={})
    brought.job = queue(brought, "cases.try", _("Trial of %(name)s") % {"name": brought.original_name}, by)
    brought.save(update_fields=["job"])
    audit.record("import.tried", brought, by=by, mapping=mapping)
    return brought


def check_mapping(brought: CaseImport, mapping: dict[str, str]) -> None:
    """Columns of the file, each for one field, and the three without which nothing can be done."""
    problems: dict[str, str] = {}
    twice, fields = Counter(mapping.values()), known_fields()
    for name, column in mapping.items():
        if name not in fields:
            problems[f"map_{name}"] = _("This field is not known here.")
        elif column not in brought.found.get("columns", []):
            problems[f"map_{name}"] = _("The file has no column “%(column)s”.") % {"column": column[:80]}
        elif twice[column] > 1:
            problems[f"map_{name}"] = _("“%(column)s” is named twice.") % {"column": column}
    for name in NEEDED:
        if not mapping.get(name):
            problems[f"map_{name}"] = _("Say which column this is.")
    if problems:
        raise ValidationError(problems)


def unstick(brought: CaseImport) -> None:
    """A step whose job failed or was cancelled can be asked for again."""
    job = brought.job
    if brought.state in (State.TRYING, State.RUNNING) and (job is None or job.is_over):
        CaseImport.LIFE.move(brought, "give_up")


@transaction.atomic
def carry_out(brought: CaseImport, *, by: User) -> CaseImport:
    """Queue the import as it was tried."""
    require(rules.saved_views.may_import(by))
    unstick(brought)
    CaseImport.LIFE.move(brought, "run")
    brought.job = queue(
        brought, "cases.import", _("Import of %(name)s") % {"name": brought.original_name}, by
    )
    brought.save(update_fields=["job"])
    return brought


def go_through(run: JobRun, *, keep: bool) -> None:
    """
    Every row, in the language of the person. A worker that died leaves rows that are found again by
    their number: going through twice changes nothing more.
    """
    brought = subject(run, State.RUNNING if keep else State.TRYING)
    if brought is None:
        return
    content = engine.answer(filestore.cached(brought.rows_digest))
    with translation.override(brought.owner.language):
        results = list(each_row(run, brought, content, keep=keep))
    counts = Counter(result.outcome for result in results)
    report = {"counts": counts, "rows": [each.plain() for each in results], "is_trial": not keep}
    with run.finishing(imported=str(brought.pk), **counts):
        CaseImport.LIFE.move(brought, "finish" if keep else "show", report=report)
        if keep:
            audit.record("import.done", brought, by=brought.owner, source=brought.source, **counts)
            tell(brought, N_("“%(name)s” is imported. See the report."))


def each_row(run: JobRun, brought: CaseImport, content: dict[str, Any], *, keep: bool) -> list[Result]:
    """Results by row; a number that stands twice in the file is refused both times."""
    reader = Reader(source=brought.source, mapping=brought.mapping, options=brought.options, by=brought.owner)
    columns, rows = content["columns"], content["rows"]
    place = columns.index(brought.mapping["external_id"])
    seen = Counter(row[place].strip() for row in rows)
    results = []
    for number, cells in enumerate(rows, start=2):
        if (number - 2) % PULSE == 0:
            step = N_("Row %(row)s of %(all)s")
            run.check()
            jobs.report(
                run.job, percent=int(95 * (number - 2) / len(rows)), step=step, row=number, all=len(rows) + 1
            )
        key = cells[place].strip()
        if key and seen[key] > 1:
            words = _("“%(key)s” stands on %(times)s rows of the file.") % {
                "key": key[:80],
                "times": seen[key],
            }
            note = {"column": columns[place], "text": words}
            results.append(Result(number, ERROR, key=key, messages=[note]))
            continue
        results.append(reader.take(number, dict(zip(columns, cells, strict=True)), keep=keep))
    return results
