"""What the engine recommends to ask of a column: task, measure, roles and test, each with its reason."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core.job_runner import JobRun
from portal.core.models import Job, User
from portal.core.services import audit, jobs
from portal.core.services.jobs import JobFailed
from portal.core.states import IllegalMove
from portal.core.verdicts import require
from projects.models import Experiment
from projects.question import COSTS, DEFAULTS, advice_basis
from projects.rules import experiments as rules
from projects.services import engine, guardrails

SECONDS = 120


@transaction.atomic
def request_advice(experiment: Experiment, *, by: User) -> Job | None:
    """
    Queue the look at the table; returns its job.

    What was looked at already, or is being looked at, is not looked at twice.
    """
    require(rules.may_check(by, experiment))
    basis = advice_basis(experiment)
    known = experiment.advice_job
    if experiment.advice.get("basis") == basis or (
        known and not known.is_over and known.payload.get("basis") == basis
    ):
        return known
    asked = {**DEFAULTS, **experiment.question}
    job = jobs.enqueue(
        "question.advise",
        payload={
            "experiment": str(experiment.pk),
            "basis": basis,
            "target": asked["target"],
            "costs": [asked[name] for name in COSTS],
        },
        label=_("Advice for %(title)s") % {"title": experiment.title},
        by=by,
        queue=Job.Queue.QUICK,
        url=reverse("projects:experiment_columns", args=[experiment.pk]),
        max_attempts=3,
    )
    if not Experiment.objects.filter(pk=experiment.pk, job__isnull=True).update(advice_job=job):
        raise IllegalMove(_("This experiment was started a moment ago; its question is frozen."))
    experiment.advice_job = job
    audit.record("experiment.advice_requested", experiment, by=by, target=asked["target"])
    return job


def carry_out(run: JobRun) -> None:
    """The worker's half: the engine looks at the table, what it recommends is kept. Safe to run twice."""
    experiment = Experiment.objects.select_related("dataset_version").get(pk=run.payload["experiment"])
    run.report(10, N_("Looking at the data"))
    work = settings.VAR / "work"
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as place:
        found = recommended(run, experiment, Path(place))
    with run.finishing():
        unstarted = Experiment.objects.filter(pk=experiment.pk, job__isnull=True)
        unstarted.update(advice={**found, "basis": run.payload["basis"]})
        audit.record("experiment.advised", experiment, by=None, target=run.payload["target"])


def recommended(run: JobRun, experiment: Experiment, out: Path) -> dict[str, Any]:
    """The engine's recommendation; raises `JobFailed` in its own words where the column cannot be predicted."""
    table = guardrails.table_of(experiment)
    answer = out / "advice.json"
    false_alarm, missed = run.payload["costs"]
    arguments = ["frame", "--table", str(table), "--target", run.payload["target"], "--out", str(answer)]
    arguments += ["--false-positive", str(float(false_alarm)), "--false-negative", str(float(missed))]
    ended = engine.call(run, arguments, readable=[table], writable=out, seconds=SECONDS)
    if ended.code not in (0, 2):
        raise JobFailed(N_("The table could not be looked at within the limits of time and memory."))
    found = engine.answer(answer)
    if not found.pop("ok"):
        raise JobFailed(found["message"], **found.get("params", {}))
    return found
