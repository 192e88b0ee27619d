"""Taking a model out of the portal: built and checked by a job behind the wall, each download written down."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock, filestore
from portal.core.job_runner import JobRun
from portal.core.models import Job, User
from portal.core.services import audit, jobs, notices, stored_files
from portal.core.services.jobs import JobFailed
from portal.core.verdicts import require
from projects.models import Experiment, Export, Trial
from projects.rules import exports as rules
from projects.services import engine, explanations, guardrails

SECONDS = 600
MOST_OTHERS = 6
LARGEST_FILE = 2_000_000_000
NOT_BUILT = N_(
    "The file could not be built within the limits of time and memory. Take a smaller candidate of the experiment."
)


def request(trial: Trial, *, format: str, by: User) -> Export:
    """
    Have a candidate built in one format.

    What is built, or being built, already is given back; what failed is built again.
    """
    if format not in Export.Format.values:
        raise ValidationError(
            {"format": _("Choose one of: %(choices)s.") % {"choices": ", ".join(Export.Format.values)}}
        )
    require(rules.may_export(by, trial))
    with transaction.atomic():
        Trial.objects.select_for_update().get(pk=trial.pk)  # two who ask at once get one file
        found = Export.objects.select_related("job").filter(trial=trial, format=format).first()
        if found and found.job.state not in {Job.State.FAILED, Job.State.CANCELLED}:
            return found
        export = found or Export(trial=trial, format=format)
        export.requested_by = by
        export.job = jobs.enqueue(
            "model.export",
            payload={"trial": str(trial.pk), "format": format},
            label=f"{export.get_format_display()}: {trial.experiment.title}",
            by=by,
            url=page(trial),
            max_attempts=3,
        )
        export.save()
        audit.record("export.requested", export, by=by, format=format, model=trial.model_sha256)
        return export


def page(trial: Trial) -> str:
    """Where the formats of a candidate stand."""
    return reverse("projects:export_list", args=[trial.pk])


def carry_out(run: JobRun) -> None:
    """The worker's half: build, check, keep. Safe to run twice."""
    export = Export.objects.for_list().get(trial=run.payload["trial"], format=run.payload["format"])
    run.report(10, N_("Loading the model"))
    work = settings.VAR / "work"
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as name:
        report, file = built(run, export, Path(name))
        digest = filestore.store(file) if file else ""
        size = file.stat().st_size if file else 0
    with run.finishing(format=export.format, ok=bool(digest)):
        if digest:
            stored_files.hold(digest)
        keep(export, report, digest, size)


def built(run: JobRun, export: Export, place: Path) -> tuple[dict[str, Any], Path | None]:
    """The engine's report, and the file when there is one."""
    trial, experiment = export.trial, Experiment.objects.get(pk=export.trial.experiment_id)
    model = explanations.lay_out(trial, place / "model")
    table = guardrails.table_of(export.trial.experiment)
    result = engine.write_json(place / "result.json", experiment.result)
    others = lay_out_others(trial, place) if export.format == Export.Format.ONNX else []
    out = place / "out"
    out.mkdir()
    run.report(30, N_("Building and checking the file"))
    ended = engine.call(
        run,
        ["export", "--model", str(model), "--sha256", trial.model_sha256, "--format", export.format]
        + ["--result", str(result), "--table", str(table)]
        + ["--others", ",".join(map(str, others)), "--out", str(out / "export.zip")],
        readable=[model, table, result, *others],
        writable=out,
        seconds=SECONDS,
    )
    if ended.code == 3:
        raise JobFailed(
            N_("The stored model is not the one that was trained. It was not used; tell an IT engineer.")
        )
    if ended.code != 0:
        raise JobFailed(NOT_BUILT)
    report = engine.answer(out / "export.zip.report.json")
    file = out / "export.zip"
    if not report.get("ok"):
        return report, None
    if file.is_symlink() or not file.is_file() or file.stat().st_size > LARGEST_FILE:
        raise JobFailed(NOT_BUILT)
    return report, file


def lay_out_others(trial: Trial, place: Path) -> list[Path]:
    """The other candidates with a model, the best first: one of them may convert when this one does not."""
    experiment = trial.experiment
    rest = experiment.trials.exclude(pk=trial.pk).exclude(bundle_digest="").exclude(is_baseline=True)
    metric = Experiment.objects.values_list("result__metric__direction", flat=True).get(pk=experiment.pk)
    sign = 1 if metric == "minimize" else -1
    known = [each for each in rest if each.cv_score is not None]
    ranked = sorted(known, key=lambda each: (sign * (each.cv_score or 0), each.number))
    return [explanations.lay_out(each, place / f"trial_{each.number}") for each in ranked[:MOST_OTHERS]]


@transaction.atomic
def keep(export: Export, report: dict[str, Any], digest: str, size: int) -> None:
    """The file and what was checked; the person who asked is told."""
    export.report, export.file_digest, export.size_bytes = report, digest, size
    export.finished_at = clock.now()
    export.save(update_fields=["report", "file_digest", "size_bytes", "finished_at"])
    reason = (report.get("reason") or {}).get("code", "")
    audit.record(
        "export.built" if digest else "export.not_possible", export, by=None, file=digest, reason=reason
    )
    text = N_("Ready to take along: %(what)s") if digest else N_("Not possible in this form: %(what)s")
    notices.tell(
        [export.requested_by], text=text, url=page(export.trial), icon="download", by=None, what=export
    )


def download(export: Export, *, by: User) -> Path:
    """The verified file; each download is written down."""
    require(rules.may_download(by, export))
    path = filestore.cached(export.file_digest, ".zip")
    with transaction.atomic():
        audit.record("export.downloaded", export, by=by, format=export.format, file=export.file_digest)
    return path


def file_name(export: Export) -> str:
    """The name a browser saves it under."""
    return f"{export.report.get('name') or 'model'}.zip"
