"""Automatic checks of a question, and the words that answer them."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock, filestore
from portal.core.job_runner import JobRun
from portal.core.models import Job, User
from portal.core.services import audit, jobs
from portal.core.services.jobs import JobFailed
from portal.core.states import IllegalMove
from portal.core.verdicts import require
from projects.models import Experiment, GuardrailResult, Trial
from projects.question import MENDS, digest_of
from projects.rules import experiments as rules
from projects.services import engine, experiments

CHECK_SECONDS = 180
SHORTEST_WORDS = 10
POLICY = "guardrail_policy.json"


@transaction.atomic
def request_checks(experiment: Experiment, *, by: User) -> Job | None:
    """
    Queue the checks of the question as it stands; returns the job that looks at it.

    A question that was checked or is being checked is not checked twice.
    """
    require(rules.may_check(by, experiment))
    pin_limits(experiment)
    digest = digest_of(experiment)
    if experiment.checked_digest == digest:
        return experiment.check_job
    running = experiment.check_job
    if running and not running.is_over and running.payload.get("digest") == digest:
        return running
    job = jobs.enqueue(
        "dataset.check",
        payload={
            "experiment": str(experiment.pk),
            "digest": digest,
            "question": experiment.question,
            "limits": experiment.limits,
        },
        label=_("Checks of %(title)s") % {"title": experiment.title},
        by=by,
        queue=Job.Queue.QUICK,
        url=reverse("projects:experiment_checks", args=[experiment.pk]),
        max_attempts=3,
    )
    if not Experiment.objects.filter(pk=experiment.pk, job__isnull=True).update(check_job=job):
        raise IllegalMove(_("This experiment was started a moment ago; its question is frozen."))
    experiment.check_job = job
    audit.record("experiment.checks_requested", experiment, by=by, digest=digest)
    return job


def pin_limits(experiment: Experiment) -> None:
    """
    Take the limits that hold for the use case now; checks and search keep to them.

    Whoever decides about policies stands above this app and is named in `settings.GUARDRAIL_LIMITS`.
    """
    source = settings.GUARDRAIL_LIMITS
    limits = dict(import_string(source)(experiment.use_case)) if source else {}
    if limits != experiment.limits:
        experiments.save(experiment, limits=limits)


def carry_out(run: JobRun) -> None:
    """The worker's half: let the engine look, keep what it found. Safe to run twice."""
    experiment = Experiment.objects.select_related("dataset_version").get(pk=run.payload["experiment"])
    run.report(10, N_("Looking at the data"))
    work = settings.VAR / "work"
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as place:
        found = looked_at(run, experiment, Path(place))
    with run.finishing(found=len(found)):
        keep(experiment, found, digest=run.payload["digest"], stage=GuardrailResult.Stage.PRE_TRAIN)
        if not experiment.job_id:
            Experiment.objects.filter(pk=experiment.pk, job__isnull=True).update(
                checked_digest=run.payload["digest"]
            )
        audit.record(
            "experiment.checked", experiment, by=None, digest=run.payload["digest"], alerts=alerts(found)
        )


def looked_at(run: JobRun, experiment: Experiment, out: Path) -> list[dict[str, Any]]:
    """The engine's findings about the question as it was when the checks were asked for."""
    table = table_of(experiment)
    question = engine.write_json(out / "question.json", run.payload["question"])
    files = policy_files(run.payload.get("limits") or {}, out) + earlier_table(experiment)
    arguments = [
        "check",
        "--table",
        str(table),
        "--question",
        str(question),
        "--out",
        str(out / "found.json"),
    ]
    for option, path in files:
        arguments += [option, str(path)]
    arguments += ["--looks", str(looks_at(experiment, run.payload["question"].get("target")))]
    failures: list[dict[str, Any]] = []
    ended = engine.call(
        run,
        arguments,
        readable=[table, *(path for _option, path in files)],
        writable=out,
        seconds=CHECK_SECONDS,
        on_event=failures.append,
    )
    if failures and failures[-1].get("event") == "failed":
        raise JobFailed(failures[-1]["message"], **failures[-1].get("params", {}))
    if ended.code != 0:
        raise JobFailed(N_("The checks could not be carried out within the limits of time and memory."))
    return list(engine.answer(out / "found.json")["guardrails"])


def policy_files(limits: dict[str, Any], place: Path) -> list[tuple[str, Path]]:
    """The organisation's stricter limits as laid down by an IT engineer, and those of the use case; both hold."""
    files = [("--policy", settings.VAR / POLICY)] if (settings.VAR / POLICY).is_file() else []
    if limits:
        files.append(("--thresholds", engine.write_json(place / "thresholds.json", limits)))
    return files


def known_findings(experiment: Experiment) -> list[dict[str, Any]]:
    """What the checks found for exactly this question, in the engine's own terms."""
    rows = GuardrailResult.objects.filter(
        experiment=experiment,
        stage=GuardrailResult.Stage.PRE_TRAIN,
        question_digest=experiment.checked_digest,
    ).current()
    kept = ("code", "family", "certainty", "stage", "severity", "value", "threshold", "columns", "message", "why",
            "fix", "params", "lesson")  # fmt: skip
    found = [
        {name: getattr(row, name) for name in kept} | {"status": "alerted" if row.is_alerted else "passed"}
        for row in rows
    ]
    return sorted(found, key=lambda each: (each["code"], str(each["params"])))


def earlier_table(experiment: Experiment) -> list[tuple[str, Path]]:
    """The ready version before this one, to see what changed; its absence stops nothing."""
    version = experiment.dataset_version
    before = version.dataset.versions.filter(state="ready", number__lt=version.number).order_by("-number")
    try:
        return [("--earlier", filestore.cached(each.table_digest, ".parquet")) for each in before[:1]]
    except (FileNotFoundError, filestore.FileDamaged):
        return []


def looks_at(experiment: Experiment, target: str | None) -> int:
    """How many searches for the same target were already judged on the rows kept apart of this version."""
    judged = Trial.objects.filter(
        experiment__dataset_version=experiment.dataset_version_id, experiment__question__target=target
    )
    return (
        judged.exclude(experiment=experiment.pk)
        .exclude(test_metrics={})
        .values("experiment")
        .distinct()
        .count()
    )


def table_of(experiment: Experiment) -> Path:
    """A verified local copy of the table."""
    try:
        return filestore.cached(experiment.dataset_version.table_digest, ".parquet")
    except (FileNotFoundError, filestore.FileDamaged):
        raise JobFailed(
            N_("The table of this dataset version is missing or damaged. Tell an IT engineer.")
        ) from None


def alerts(found: list[dict[str, Any]]) -> list[str]:
    """Codes of what was found."""
    return [each["code"] for each in found if each["status"] == "alerted"]


def keep(experiment: Experiment, found: list[dict[str, Any]], *, digest: str, stage: str) -> None:
    """
    Write results down; earlier ones of the stage stay, marked as superseded.

    Words that answered exactly the same finding before answer it again.
    """
    earlier = GuardrailResult.objects.filter(experiment=experiment, stage=stage).current()
    said = {same(row.code, row.message, row.params): row for row in earlier.exclude(justification="")}
    results = [
        GuardrailResult(
            experiment=experiment,
            question_digest=digest,
            code=each["code"],
            family=each.get("family", ""),
            certainty=each.get("certainty", ""),
            stage=each["stage"],
            severity=each["severity"],
            is_alerted=each["status"] == "alerted",
            value=each["value"],
            threshold=each["threshold"],
            columns=each["columns"],
            message=each["message"],
            why=each.get("why", ""),
            fix=each.get("fix", ""),
            params=each["params"],
            lesson=each.get("lesson", ""),
        )
        for each in found
        if each["stage"] == stage
    ]
    for result in results:
        answered = said.get(same(result.code, result.message, result.params))
        if answered and result.is_alerted:
            result.justification = answered.justification
            result.justified_by_id = answered.justified_by_id
            result.justified_at = answered.justified_at
    earlier.update(is_current=False)
    GuardrailResult.objects.bulk_create(results)


def same(code: str, message: str, params: dict[str, Any]) -> tuple[str, str, str]:
    """What makes two findings the same finding."""
    return code, message, repr(sorted(params.items()))


@transaction.atomic
def justify(result: GuardrailResult, text: str, *, by: User) -> GuardrailResult:
    """Say why a finding is right as it is; the reviewer will read it."""
    require(rules.may_justify(by, result))
    words = text.strip()
    if len(words) < SHORTEST_WORDS:
        raise ValidationError(
            {"text": _("Explain it in at least %(count)s characters.") % {"count": SHORTEST_WORDS}}
        )
    if len(words) > 2000:
        raise ValidationError({"text": _("Use at most %(limit)s characters.") % {"limit": 2000}})
    changes = {"justification": words, "justified_by": by, "justified_at": clock.now()}
    if not GuardrailResult.objects.filter(pk=result.pk, is_current=True).update(**changes):
        raise IllegalMove(_("This result was replaced by a later check."))
    before = result.justification
    for name, value in changes.items():
        setattr(result, name, value)
    audit.record("guardrail.justified", result, by=by, text=words, before=before)
    return result


@transaction.atomic
def mend(result: GuardrailResult, *, by: User) -> Experiment:
    """Do what the finding advises - another role for its columns - and let the checks look again."""
    require(rules.may_mend(by, result))
    role, validation = MENDS[result.code]
    experiment = result.experiment
    question = experiment.question
    changes: dict[str, Any] = {"roles": question["roles"] | dict.fromkeys(result.columns, role)}
    if validation:
        changes["validation"] = {k: v for k, v in question["validation"].items() if k != "column"} | {
            "kind": validation
        }
    experiments.update_question(experiment, changes, by=by)
    audit.record("guardrail.mended", result, by=by, columns=result.columns, role=role)
    request_checks(experiment, by=by)
    return experiment
