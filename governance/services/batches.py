"""Scoring a whole table in the background."""

import csv
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from governance import bundles
from governance.models import BatchScoring, Deployment
from governance.rules import deployments as rules
from governance.services import deployments
from portal.core import clock, filestore
from portal.core.job_runner import JobRun
from portal.core.models import User
from portal.core.services import audit, jobs, notices, stored_files
from portal.core.services.jobs import JobFailed
from portal.core.verdicts import require
from projects.models import DatasetVersion
from projects.services import engine

SECONDS = 900
DAMAGED = N_("The stored model is not the approved one. It was not used; IT was told.")
# What a spreadsheet would take for a formula.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def check_table(deployment: Deployment, table: DatasetVersion) -> None:
    """The table is ready to be read."""
    if table.state != DatasetVersion.State.READY or not table.table_digest:
        raise ValidationError({"dataset_version": _("This dataset version is not ready.")})


@transaction.atomic
def request(deployment: Deployment, *, dataset_version: DatasetVersion, by: User) -> BatchScoring:
    """Queue the scoring of a table the caller may see."""
    require(rules.may_score_table(by, deployment))
    check_table(deployment, dataset_version)
    batch = BatchScoring.objects.create(
        deployment=deployment, dataset_version=dataset_version, requested_by=by
    )
    batch.job = jobs.enqueue(
        "batch.score",
        payload={"batch": str(batch.pk)},
        label=f"{deployment.version} · {dataset_version}",
        queue="ml",
        url=reverse("governance:deployment_detail", args=[deployment.pk]),
        by=by,
    )
    batch.save(update_fields=["job"])
    audit.record("batch.requested", batch, by=by, rows=dataset_version.rows)
    return batch


def carry_out(run: JobRun) -> None:
    """Score the table in an engine child and keep the file; safe to run twice."""
    batch = BatchScoring.objects.for_list().get(pk=run.payload["batch"])
    try:
        with bundles.unpacked(batch.deployment.version) as place:
            table = filestore.fetch(batch.dataset_version.table_digest, place / "rows.parquet")
            report = score_table(run, batch.deployment, place, table)
            if not report["ok"]:
                raise refusal(report)
            run.report(90, N_("Writing the file"))
            rows = neutralise(place / "work" / "scores.csv", place / "predictions.csv")
            digest = filestore.store(place / "predictions.csv")
    except bundles.ModelDamaged:
        deployments.alarm_integrity(batch.deployment, by=None)
        raise JobFailed(DAMAGED) from None
    with run.finishing(rows=rows):
        stored_files.hold(digest)
        keep(batch, rows=rows, digest=digest, warnings=report["warnings"])


def score_table(run: JobRun, deployment: Deployment, place: Path, table: Path) -> dict[str, Any]:
    """Let the engine score `table` into work/scores.csv; its report."""
    run.report(10, N_("Loading the model"))
    out = place / "work" / "scores.csv"
    outcome = engine.call(
        run,
        [
            "score",
            "--model",
            str(place / "model"),
            "--rows",
            str(table),
            "--out",
            str(out),
            "--sha256",
            deployment.version.model_sha256,
        ],
        readable=[place / "model", table],
        writable=place / "work",
        seconds=SECONDS,
    )
    if outcome.code == 3:
        raise bundles.ModelDamaged(deployment.version.bundle_digest)
    return engine.answer(out.with_name("scores.csv.report.json"))


def refusal(report: dict[str, Any]) -> JobFailed:
    """The engine's first reason, in its own words."""
    first = (report.get("errors") or [{}])[0]
    return JobFailed(first.get("message") or N_("The table could not be scored."), **first.get("params", {}))


def safe_cell(text: str) -> str:
    """
    A cell no spreadsheet takes for a formula; numbers stay numbers.

    >>> safe_cell("=1+1"), safe_cell("-0.5"), safe_cell("yes")
    ("'=1+1", '-0.5', 'yes')
    """
    if not text.startswith(DANGEROUS):
        return text
    try:
        float(text)
    except ValueError:
        return "'" + text
    return text


def neutralise(source: Path, target: Path) -> int:
    """Copy the engine's CSV with row numbers and harmless cells; returns the rows."""
    count = 0
    with (
        source.open(newline="", encoding="utf-8") as raw,
        target.open("w", newline="", encoding="utf-8") as clean,
    ):
        reader, writer = csv.reader(raw), csv.writer(clean)
        writer.writerow(["row", *map(safe_cell, next(reader))])
        for count, row in enumerate(reader, start=1):
            writer.writerow([count, *map(safe_cell, row)])
    return count


@transaction.atomic
def keep(batch: BatchScoring, *, rows: int, digest: str, warnings: list[dict[str, Any]]) -> None:
    """The file is there."""
    batch.rows, batch.output_digest, batch.warnings, batch.finished_at = (
        rows,
        digest,
        warnings[:50],
        clock.now(),
    )
    batch.save(update_fields=["rows", "output_digest", "warnings", "finished_at"])
    audit.record("batch.scored", batch, by=None, rows=rows, output=digest)
    url = reverse("governance:deployment_detail", args=[batch.deployment_id])
    notices.tell(
        [batch.requested_by],
        text=N_("%(rows)s rows are scored: %(what)s"),
        url=url,
        icon="rocket",
        by=None,
        rows=rows,
        what=batch,
    )


def download(batch: BatchScoring, *, by: User) -> Path:
    """The verified file; each download is written down."""
    require(rules.may_download(by, batch))
    path = filestore.cached(batch.output_digest, ".csv")
    with transaction.atomic():
        audit.record("batch.downloaded", batch, by=by)
    return path
