"""Measuring every column of a version against a target a person chose; the engine reads the table."""

import tempfile
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import filestore
from portal.core.job_runner import JobRun
from portal.core.models import Job, User
from portal.core.services import audit, jobs
from portal.core.services.jobs import JobFailed
from portal.core.verdicts import require
from projects.models import DatasetVersion
from projects.rules import datasets as rules
from projects.selectors.relations import job_of
from projects.services import engine

SECONDS = 180
KIND = "dataset.relate"


@transaction.atomic
def ask(version: DatasetVersion, target: str, *, by: User) -> Job | None:
    """
    Have the columns measured against `target`. Nothing is queued when the answer is there or on its way.

    Returns the job, or nothing when the answer is there.
    """
    require(rules.may_prepare(by, version.dataset))
    locked = DatasetVersion.objects.select_for_update().get(pk=version.pk)
    if locked.state != DatasetVersion.State.READY:
        raise ValidationError({"target": _("Choose a version that is ready.")})
    if target not in {each["name"] for each in locked.columns_described}:
        raise ValidationError({"target": _("Choose a column of this version.")})
    if target in locked.relations:
        return None
    running = job_of(locked, target)
    if running and not running.is_over:
        return running
    job = jobs.enqueue(
        KIND, payload={"version": str(version.pk), "target": target}, by=by, max_attempts=2,
        label=_("Columns of %(name)s against %(target)s") % {"name": version, "target": target},
        url=reverse("projects:dataset_version", args=[version.pk]),
    )  # fmt: skip
    audit.record("dataset_version.related", version, by=by, target=target)
    return job


def carry_out(run: JobRun) -> None:
    """One look by the engine. Safe to run twice."""
    version = DatasetVersion.objects.get(pk=run.payload["version"])
    target = run.payload["target"]
    if target in version.relations:
        return
    work = settings.VAR / "work"
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as folder:
        out = Path(folder) / "out"
        out.mkdir()
        run.report(20, N_("Measuring every column"))
        try:
            table = filestore.fetch(version.table_digest, Path(folder) / "in" / "table.parquet")
        except (FileNotFoundError, filestore.FileDamaged):
            raise JobFailed(N_("The table is not there any more. Ask its owner to send it again.")) from None
        arguments = ["relate", "--table", str(table), "--target", target, "--out", str(out / "relate.json")]
        ended = engine.call(run, arguments, readable=[table], writable=out, seconds=SECONDS)
        if ended.code != 0:
            raise JobFailed(N_("The columns could not be measured within the limits of time and memory."))
        found = engine.answer(out / "relate.json")
    with run.finishing(version=str(version.pk)):
        locked = DatasetVersion.objects.select_for_update().get(pk=version.pk)
        DatasetVersion.objects.filter(pk=version.pk).update(relations={**locked.relations, target: found})
