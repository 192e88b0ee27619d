"""Comparing versions of a model on the same rows, by the engine, in the background."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from governance import bundles
from governance.models import Deployment, DriftReport, Model, ModelVersion, VersionComparison
from governance.rules import versions as rules
from governance.version_checks import asked_of, base_of
from portal.core import clock, filestore
from portal.core.job_runner import JobRun
from portal.core.models import Job, User
from portal.core.services import audit, jobs
from portal.core.services.jobs import JobFailed
from portal.core.verdicts import require
from projects.models import DatasetVersion
from projects.services import engine

SECONDS = 240
DAMAGED = N_("The stored file of a version is not the registered one. It was not used; tell an IT engineer.")
NO_ROWS = N_(
    "The rows to compare on are missing or damaged. Choose another version as the base, or a table whose answers are known."
)
NOT_COMPARED = N_("The engine could not compare these versions within its limits.")


@transaction.atomic
def ask(
    model: Model,
    *,
    base: ModelVersion,
    others: Sequence[ModelVersion],
    by: User,
    table: DatasetVersion | None = None,
) -> VersionComparison:
    """
    Compare up to four versions on the hold-out of `base`, or on the rows of `table` whose answers are known.

    The same question gets the answer that is there; one that failed is asked again.
    """
    require(rules.may_compare(by, model))
    return begin(model, base, others, table, by=by)


@transaction.atomic
def begin(
    model: Model,
    base: ModelVersion,
    others: Sequence[ModelVersion],
    table: DatasetVersion | None,
    *,
    by: User,
) -> VersionComparison:
    """Queue it, or find the same one."""
    chosen = sorted({each.pk: each for each in others if each.pk != base.pk}.values(), key=lambda v: v.number)
    check(model, base, chosen, table)
    digest = digest_of(base, chosen, table)
    found = VersionComparison.objects.filter(model=model, digest=digest).select_related("job").first()
    if found and found.job and found.job.state not in {Job.State.FAILED, Job.State.CANCELLED}:
        return found
    keys = [str(each.pk) for each in chosen]
    comparison = found or VersionComparison(
        model=model, base=base, others=keys, table=table, digest=digest, asked_by=by
    )
    comparison.job = jobs.enqueue(
        "versions.compare",
        payload={"comparison": str(comparison.pk)},
        label=f"{model}: v{base.number} ↔ " + ", ".join(f"v{each.number}" for each in chosen),
        queue=Job.Queue.QUICK,
        url=reverse("governance:comparison_detail", args=[comparison.pk]),
        by=by,
    )
    try:
        with transaction.atomic():
            comparison.save()
    except IntegrityError:  # somebody asked the same a moment ago: one answer serves both
        jobs.cancel(comparison.job, by=by)
        return VersionComparison.objects.select_related("job").get(model=model, digest=digest)
    audit.record(
        "versions.compare_asked", model, by=by, base=str(base.pk), others=keys,
        table=str(table.pk) if table else "",
    )  # fmt: skip
    return comparison


def against_the_champion(version: ModelVersion, *, by: User) -> VersionComparison | None:
    """A version handed in is compared with the champion it would replace, so that nobody need ask; else nothing."""
    serving = Deployment.objects.beside(version).first()
    if serving is None or asked_of(serving.version) != asked_of(version):
        return None
    base = base_of(serving.version, version)
    if base is None:
        return None
    other = version if base == serving.version else serving.version
    return begin(version.model, base, [other], None, by=by)


def follow(report: DriftReport) -> VersionComparison | None:
    """
    After a champion was measured on rows whose answers are known, its challengers are scored on the same rows.

    Called when a drift report is kept; nothing happens without challengers or without answers.
    """
    deployment = report.deployment
    came = report.figures.get("outcomes") or {}
    if deployment.role != Deployment.Role.CHAMPION or came.get("verdict") in {None, "too_few"}:
        return None
    beside = Deployment.objects.current().filter(model=deployment.model).exclude(pk=deployment.pk)
    others = [each.version for each in beside.select_related("version__model").order_by("-started_at")]
    alike = [each for each in others if asked_of(each) == asked_of(deployment.version)][
        : VersionComparison.MOST - 1
    ]
    if not alike:
        return None
    return begin(deployment.model, deployment.version, alike, report.dataset_version, by=report.requested_by)


def check(
    model: Model, base: ModelVersion, chosen: Sequence[ModelVersion], table: DatasetVersion | None
) -> None:
    """Two to four versions of one model that answer the same question."""
    if any(each.model_id != model.pk for each in (base, *chosen)):
        raise ValidationError({"others": _("Choose versions of this model.")})
    if not 1 <= len(chosen) < VersionComparison.MOST:
        raise ValidationError({"others": _("Choose two to four different versions.")})
    if table is not None and (table.state != DatasetVersion.State.READY or not table.table_digest):
        raise ValidationError({"table": _("This dataset version is not ready.")})
    if table is None and not base.table_digest:
        raise ValidationError(
            {
                "base": _(
                    "The table of this version is not there any more. Choose another version as the base, or a table whose answers are known."
                )
            }
        )
    strange = [each for each in chosen if asked_of(each) != asked_of(base)]
    if strange:
        words = {"version": strange[0], "base": base}
        raise ValidationError(
            {
                "others": _(
                    "%(version)s answers another question than %(base)s; their figures mean different things."
                )
                % words
            }
        )


def digest_of(base: ModelVersion, chosen: Sequence[ModelVersion], table: DatasetVersion | None) -> str:
    """What makes two comparisons the same: the rows and the versions, which never change."""
    rows = table.table_digest if table else base.table_digest
    keys = [str(base.pk), [str(each.pk) for each in chosen]]
    return hashlib.sha256(json.dumps([rows, bool(table), keys]).encode()).hexdigest()


def carry_out(run: JobRun) -> None:
    """Let the engine test each pair; keep what it said. Safe to run twice."""
    comparison = VersionComparison.objects.for_list().get(pk=run.payload["comparison"])
    others = list(ModelVersion.objects.filter(pk__in=comparison.others).order_by("number"))
    figures = {}
    try:
        with bundles.unpacked(comparison.base) as place:
            digest = comparison.table.table_digest if comparison.table else comparison.base.table_digest
            table = filestore.fetch(digest, place / "rows.parquet")
            for done, other in enumerate(others):
                run.report(10 + 80 * done // len(others), N_("Scoring both on the same rows"))
                figures[str(other.pk)] = pair(run, comparison, other, place, table)
    except bundles.ModelDamaged:
        raise JobFailed(DAMAGED) from None
    except (filestore.FileDamaged, FileNotFoundError):
        raise JobFailed(NO_ROWS) from None
    with run.finishing():
        VersionComparison.objects.filter(pk=comparison.pk).update(figures=figures, finished_at=clock.now())


def pair(
    run: JobRun, comparison: VersionComparison, other: ModelVersion, place: Path, table: Path
) -> dict[str, Any]:
    """The engine's answer about two models; its refusal in its own words is an answer too."""
    base = comparison.base
    folder = place / f"other-{other.number}"
    bundles.lay_out(other, folder)
    out = place / "work"
    question = engine.write_json(out / "question.json", base.question)
    answer = out / f"answer-{other.number}.json"
    command = [
        "compare", "--model", str(place / "model"), "--sha256", base.model_sha256, "--other", str(folder), "--other-sha256",
        other.model_sha256, "--table", str(table), "--question", str(question), "--out", str(answer),
        "--whole", "1" if comparison.table else "0",
    ]  # fmt: skip
    ended = engine.call(
        run, command, readable=[table, place / "model", folder], writable=out, seconds=SECONDS
    )
    if ended.code == 3:
        raise bundles.ModelDamaged(other.bundle_digest)
    if ended.code not in (0, 2):
        raise JobFailed(NOT_COMPARED)
    return engine.answer(answer)
