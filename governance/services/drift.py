"""Measuring how far new rows are from those a model learned from."""

import json
from pathlib import Path
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from governance import bundles
from governance.models import Deployment, DriftReport, Finding
from governance.rules import deployments as rules
from governance.services import batches, comparisons, deployments, findings
from portal.core import clock, filestore
from portal.core.job_runner import JobRun
from portal.core.models import User
from portal.core.services import audit, jobs, notices
from portal.core.services.jobs import JobFailed
from portal.core.verdicts import require
from projects.models import DatasetVersion
from projects.services import engine


@transaction.atomic
def request(deployment: Deployment, *, dataset_version: DatasetVersion, by: User) -> DriftReport:
    """Queue the comparison of a table the caller may see with the training data."""
    require(rules.may_score_table(by, deployment))
    batches.check_table(deployment, dataset_version)
    report = DriftReport.objects.create(
        deployment=deployment, dataset_version=dataset_version, requested_by=by
    )
    report.job = jobs.enqueue(
        "drift.measure",
        payload={"report": str(report.pk)},
        label=f"{deployment.version} · {dataset_version}",
        queue="ml",
        url=page(deployment),
        by=by,
    )
    report.save(update_fields=["job"])
    audit.record("drift.requested", report, by=by)
    return report


def page(deployment: Deployment) -> str:
    """Where the reports of a deployment are shown."""
    return reverse("governance:deployment_detail", args=[deployment.pk])


def about(report: DriftReport) -> dict[str, Any]:
    """What the engine must know to compare predictions with what came true."""
    version = report.deployment.version
    result, trial = version.trial.experiment.result, version.trial
    roles = version.question.get("roles") or {}
    own: dict[str, Any] = next(
        (each for each in result.get("trials", []) if each["number"] == trial.number), {}
    )
    if not trial.test_metrics:
        return {}
    return {
        "task": result["task"],
        "target": result["target"],
        "classes": result["classes"],
        "metric": result["metric"]["name"],
        "test": trial.test_metrics,
        "threshold": own.get("threshold"),
        "time": next((name for name, role in roles.items() if role == "time"), None),
        "sensitive": [name for name, role in roles.items() if role == "sensitive"],
        "seed": result.get("seed", 0),
    }


def carry_out(run: JobRun) -> None:
    """Score the rows where that is possible, compare, keep; an alert becomes a finding. Safe to run twice."""
    report = DriftReport.objects.for_list().get(pk=run.payload["report"])
    version = report.deployment.version
    reference = (version.trial.experiment.result or {}).get("reference")
    if not reference:
        raise JobFailed(N_("The experiment left no summary of its training data to compare with."))
    try:
        with bundles.unpacked(version) as place:
            table = filestore.fetch(report.dataset_version.table_digest, place / "rows.parquet")
            figures = compare(run, report, place, table, reference)
    except bundles.ModelDamaged:
        deployments.alarm_integrity(report.deployment, by=None)
        raise JobFailed(batches.DAMAGED) from None
    with run.finishing(alert=figures["dataset_drift"]):
        keep(report, figures)


def compare(
    run: JobRun, report: DriftReport, place: Path, table: Path, reference: dict[str, Any]
) -> dict[str, Any]:
    """The engine's figures, with those of the predictions when the rows can be scored."""
    known = place / "reference.json"
    known.write_text(json.dumps({"reference": reference, "about": about(report)}))
    command = [
        "drift",
        "--reference",
        str(known),
        "--rows",
        str(table),
        "--out",
        str(place / "work" / "drift.json"),
    ]
    readable = [known, table]
    # The reference of predictions is about the best trial only.
    if (
        report.deployment.version.trial.is_best
        and batches.score_table(run, report.deployment, place, table)["ok"]
    ):
        scores = (place / "work" / "scores.csv").rename(place / "scores.csv")
        command += ["--scores", str(scores)]
        readable.append(scores)
    run.report(60, N_("Comparing with the training data"))
    outcome = engine.call(run, command, readable=readable, writable=place / "work", seconds=batches.SECONDS)
    if outcome.code != 0:
        raise JobFailed(N_("These rows could not be compared with the training data."))
    return engine.answer(place / "work" / "drift.json")


@transaction.atomic
def keep(report: DriftReport, figures: dict[str, Any]) -> None:
    """Figures and verdict; drift of the whole table is somebody's task from now on."""
    message = figures.get("message", {})
    predicted = figures.get("prediction") or {}
    report.figures, report.rows, report.finished_at = figures, figures["rows"], clock.now()
    report.share_drifted = figures["share_drifted"]
    came = figures.get("outcomes") or {}
    worse = came.get("verdict") == "worse"
    report.is_alert = bool(figures["dataset_drift"]) or predicted.get("level") == "major" or worse
    if worse:  # that the model errs more matters more than that its data moved
        message = came["note"]
    report.message, report.params = message.get("message", ""), message.get("params", {})
    if report.is_alert:
        report.finding = raise_alert(report)
    report.save()
    comparisons.follow(report)
    audit.record("drift.measured", report, by=None, share=report.share_drifted, alert=report.is_alert)
    use_case = report.deployment.model.use_case
    notices.tell(
        [report.requested_by, use_case.monitoring_owner, use_case.product_owner],
        text=N_("Drift was measured: %(what)s"),
        url=reverse("governance:drift_detail", args=[report.pk]),
        icon="drift",
        by=None,
        what=report,
    )


def raise_alert(report: DriftReport) -> Finding:
    """One finding per deployment while it is open: the owner of monitoring looks at it."""
    version, use_case = report.deployment.version, report.deployment.model.use_case
    standing = Finding.objects.unsettled().filter(version=version, source=Finding.Source.MONITOR).first()
    if standing:
        return standing
    owner = use_case.monitoring_owner or use_case.product_owner or version.registered_by
    title = str(_("New data is unlike the training data of %(version)s") % {"version": version})[:200]
    return findings.add(
        use_case=use_case,
        version=version,
        source=Finding.Source.MONITOR,
        severity=Finding.Severity.MEDIUM,
        title=title,
        detail=report.sentence,
        owner=owner,
        url=reverse("governance:drift_detail", args=[report.pk]),
        by=None,
    )
