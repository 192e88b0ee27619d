"""The worker's half of an experiment: the search runs in a child, its result is kept once."""

import shutil
import time
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as N_

from portal.core import filestore, scheduler_relay
from portal.core.job_runner import JobRun
from portal.core.services import audit, notices, stored_files
from portal.core.services.jobs import Cancelled, JobFailed
from projects.models import Experiment, GuardrailResult, Trial
from projects.services import engine, guardrails
from projects.services.experiments import workdir

OVERTIME_SECONDS = 90  # beyond the budget: start of the child and the report at the end
REPORT_SECONDS = 60  # from a request to stop until the report must stand
POLL_SECONDS = 2.0
BUNDLE = ("meta.json", "model.skops", "recipe.json")
EPOCH = (1980, 1, 1, 0, 0, 0)
LAST_STEPS = {
    "second_layer": N_("Trying trees above the answers of the best models"),
    "report": N_("Writing the report"),
}


class Listener:
    """Turns what the engine says into rows and progress that the page shows."""

    def __init__(self, run: JobRun, experiment: Experiment) -> None:
        self.run, self.experiment = run, experiment
        self.failure: dict[str, Any] | None = None
        self.elapsed = 0.0
        self.trials = 0

    def __call__(self, event: dict[str, Any]) -> None:
        """One line of the engine."""
        match event.get("event"):
            case "started":
                self.elapsed = float(event.get("spent_seconds") or 0)
                self.run.report(1, N_("Preparing the data"))
            case "trial":
                self.run.check()
                self.trials += 1
                record_trial(self.experiment, event)
            case "progress":
                self.progress(event)
            case "failed":
                self.failure = event

    def progress(self, event: dict[str, Any]) -> None:
        """How far the search is; the newest trial learns when it was known."""
        self.elapsed = float(event["elapsed"])
        unknown = Trial.objects.filter(experiment=self.experiment, at_seconds__isnull=True)
        unknown.update(at_seconds=self.elapsed)
        step = LAST_STEPS.get(event["step"], N_("Last model tried: %(name)s"))
        self.run.report(
            int(100 * event["fraction"]),
            step,
            name=event["step"],
            elapsed=event["elapsed"],
            remaining=event["remaining"],
            trials=self.trials,
        )


class StopRequest:
    """Whether somebody asked to end early; looks at most every two seconds, from the watching thread."""

    def __init__(self, run: JobRun, experiment: Experiment) -> None:
        self.run, self.experiment = run, experiment
        self.asked = False
        self.next_look = 0.0

    def __call__(self) -> bool:
        if self.run.must_stop or self.asked:
            return True
        if time.monotonic() >= self.next_look:
            self.next_look = time.monotonic() + POLL_SECONDS
            asked = Experiment.objects.filter(pk=self.experiment.pk, stop_requested_at__isnull=False)
            self.asked = asked.exists()
            connection.close()  # of this thread
        return self.asked


def record_trial(experiment: Experiment, event: dict[str, Any]) -> None:
    """A candidate as the engine announces it; a restarted search announces the same again."""
    Trial.objects.update_or_create(
        experiment=experiment,
        number=event["number"],
        defaults={
            "name": event["name"][:120],
            "family": event["family"][:40],
            "is_baseline": event["is_baseline"],
            "is_simple": event["is_simple"],
            "status": event["status"],
            "cv_score": event["score"],
            "cv_std": event["score_std"],
        },
    )


def carry_out(run: JobRun) -> None:
    """Search, then keep result, models and findings in one transaction. Safe to run twice."""
    experiment = Experiment.objects.select_related(
        "dataset_version__dataset", "use_case__product_owner", "author"
    ).get(pk=run.payload["experiment"])
    place = workdir(experiment)
    place.mkdir(parents=True, exist_ok=True)
    try:
        search(run, experiment, place)
    except Cancelled:
        shutil.rmtree(place, ignore_errors=True)
        raise
    result = engine.answer(place / "result.json")
    bundles = {
        record["number"]: bundle(place, record) for record in result["trials"] if record.get("artifact")
    }
    with run.finishing(best_trial=result["best_trial"]):
        keep(experiment, result, bundles)
        transaction.on_commit(partial(shutil.rmtree, place, ignore_errors=True))


def search(run: JobRun, experiment: Experiment, place: Path) -> None:
    """The engine's work; raises `JobFailed` in the engine's own words when there is no result."""
    table = guardrails.table_of(experiment)
    question = engine.write_json(place / "question.json", experiment.question)
    files = guardrails.policy_files(experiment.limits, place)
    if found := guardrails.known_findings(experiment):  # the same checks are not run a second time
        files.append(("--checked", engine.write_json(place / "checked.json", {"guardrails": found})))
    arguments = ["fit", "--table", str(table), "--question", str(question), "--workdir", str(place)]
    for option, path in files:
        arguments += [option, str(path)]
    listener = Listener(run, experiment)
    with scheduler_relay.opened() as (cluster, opening):
        ended = engine.call(
            run,
            [*arguments, *cluster],
            readable=[table, *(path for _option, path in files if path.parent != place), *opening],
            writable=place,
            seconds=experiment.question["budget_seconds"] + OVERTIME_SECONDS,
            on_event=listener,
            must_stop=StopRequest(run, experiment),
            grace=REPORT_SECONDS,
        )
    if listener.failure:
        raise JobFailed(listener.failure["message"], **listener.failure.get("params", {}))
    if ended.code != 0 or not (place / "result.json").exists():
        raise JobFailed(
            N_(
                "The training process ended unexpectedly. Try a smaller table or a smaller budget; nothing of your question is lost."
            )
        )


def bundle(place: Path, record: dict[str, Any]) -> str:
    """Model, recipe and description of one candidate as one file, the same bytes each time; its digest."""
    folder = place / "models" / f"trial_{int(record['number'])}"
    target = place / f"trial_{int(record['number'])}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in BUNDLE:
            archive.writestr(zipfile.ZipInfo(name, EPOCH), (folder / name).read_bytes())
    return filestore.store(target)


def keep(experiment: Experiment, result: dict[str, Any], bundles: dict[int, str]) -> None:
    """Write the result down and tell those who wait for it."""
    for record in result["trials"]:
        keep_trial(
            experiment,
            record,
            bundles.get(record["number"], ""),
            is_best=record["number"] == result["best_trial"],
        )
    Experiment.objects.filter(pk=experiment.pk).update(result=result)
    guardrails.keep(
        experiment,
        result["guardrails"],
        digest=experiment.checked_digest,
        stage=GuardrailResult.Stage.POST_TRAIN,
    )
    metric = result["metric"]["name"]
    best = next(record for record in result["trials"] if record["number"] == result["best_trial"])
    audit.record(
        "experiment.finished",
        experiment,
        by=None,
        best_trial=best["number"],
        metric=metric,
        score=best["test_metrics"][metric]["value"],
        trials=len(result["trials"]),
        table=result["table_digest"],
    )
    notices.tell(
        [experiment.author, experiment.use_case.product_owner],
        text=N_("The experiment “%(title)s” has a result."),
        url=reverse("projects:experiment_detail", args=[experiment.pk]),
        icon="experiment",
        by=None,
        title=experiment.title,
    )


def keep_trial(experiment: Experiment, record: dict[str, Any], digest: str, *, is_best: bool) -> None:
    """The final figures of one candidate."""
    if digest:
        stored_files.hold(digest)
    Trial.objects.update_or_create(
        experiment=experiment,
        number=record["number"],
        defaults={
            "name": record["name"][:120],
            "family": record["family"][:40],
            "is_baseline": record["is_baseline"],
            "is_simple": record["is_simple"],
            "is_best": is_best,
            "status": record["status"],
            "cv_score": record["cv_score"],
            "cv_std": record["cv_std"],
            "test_metrics": record["test_metrics"],
            "fit_seconds": record["fit_seconds"],
            "predict_ms_per_1000": record["predict_ms_per_1000"],
            "size_bytes": record["size_bytes"],
            "bundle_digest": digest,
            "model_sha256": (record.get("artifact") or {}).get("sha256", ""),
        },
    )
