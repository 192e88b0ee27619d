"""Asking a trained candidate questions; each is answered once, by a job behind the wall."""

import hashlib
import json
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import engine_pool, filestore
from portal.core.job_runner import JobRun
from portal.core.models import Job, User
from portal.core.services import audit, jobs
from portal.core.services.jobs import JobFailed
from portal.core.verdicts import require
from projects.models import Experiment, Explanation, Trial
from projects.rules import explanations as rules
from projects.services import engine, guardrails
from projects.services.explanation_options import checked_options

FILES = ("model.skops", "recipe.json", "meta.json")
LARGEST = 2_000_000_000
SECONDS = {"learning": 240.0, "report": 180.0}
USUAL_SECONDS = 120.0
AT_ONCE = {Explanation.What.EFFECTS, Explanation.What.ROWS, Explanation.What.WHATIF, Explanation.What.CHANGE}
INTEGRITY = 3  # the engine's code for a model that is not the expected one
NOT_THE_SAME = N_("The stored model is not the one that was trained. It was not used; tell an IT engineer.")
MODEL_GONE = N_("The stored model is missing or damaged. Tell an IT engineer.")
NOT_ANSWERED = engine.LATE


@transaction.atomic
def ask(
    experiment: Experiment,
    *,
    what: str,
    options: dict[str, Any],
    by: User,
    trial: Trial | None = None,
    other: Trial | None = None,
) -> Explanation:
    """
    Put a question to a candidate, the best one unless another is named.

    The same question about the same model gets the answer that is there; one that failed is asked again.
    """
    if what not in Explanation.What.values:
        raise ValidationError(
            {"what": _("Choose one of: %(choices)s.") % {"choices": ", ".join(Explanation.What.values)}}
        )
    require(rules.may_ask(by, experiment, what))
    trial = trial or experiment.trials.filter(is_best=True).first()
    for field, each in (("trial", trial), ("other", other)):
        require_explainable(experiment, each, field, is_needed=field == "trial" or what == "compare")
    assert trial is not None  # noqa: S101  checked above
    if what == Explanation.What.COMPARE and other is not None and other.pk == trial.pk:
        raise ValidationError({"other": _("Choose two different candidates.")})
    asked = checked_options(experiment, what, options)
    other = other if what == Explanation.What.COMPARE else None
    digest = digest_of(experiment, what, asked, trial, other)
    found = Explanation.objects.filter(experiment=experiment, digest=digest).select_related("job").first()
    if found and found.job.state not in {Job.State.FAILED, Job.State.CANCELLED}:
        return found
    return queued(found, experiment, trial, other, what=what, asked=asked, digest=digest, by=by)


def queued(
    found: Explanation | None,
    experiment: Experiment,
    trial: Trial,
    other: Trial | None,
    *,
    what: str,
    asked: dict[str, Any],
    digest: str,
    by: User,
) -> Explanation:
    """A new question with its job, or a new job for one that failed."""
    explanation = found or Explanation(
        experiment=experiment, trial=trial, other=other, what=what, options=asked, digest=digest, asked_by=by
    )
    label = f"{explanation.get_what_display()}: {experiment.title}"
    queue = Job.Queue.ML if what == Explanation.What.LEARNING else Job.Queue.QUICK
    explanation.job = jobs.enqueue(
        "experiment.explain",
        payload={"explanation": str(explanation.pk)},
        label=label,
        by=by,
        queue=queue,
        url=reverse("projects:explanation_detail", args=[explanation.pk]),
        max_attempts=3,
    )
    try:
        with transaction.atomic():
            explanation.save()
    except IntegrityError:  # somebody asked the same a moment ago: one answer serves both
        jobs.cancel(explanation.job, by=by)
        return Explanation.objects.select_related("job").get(experiment=experiment, digest=digest)
    audit.record("explanation.asked", explanation, by=by, what=what, fields=sorted(asked), trial=trial.number)
    return explanation


def require_explainable(experiment: Experiment, trial: Trial | None, field: str, *, is_needed: bool) -> None:
    """The candidate belongs to the experiment and its model was kept."""
    if trial is None:
        if is_needed:
            raise ValidationError({field: _("Choose a candidate.")})
        return
    if trial.experiment_id != experiment.pk:
        raise ValidationError({field: _("This candidate belongs to another experiment.")})
    verdict = rules.can_be_explained(trial)
    if not verdict:
        raise ValidationError({field: f"{verdict.reason} {verdict.remedy}"})


def digest_of(
    experiment: Experiment, what: str, asked: dict[str, Any], trial: Trial, other: Trial | None
) -> str:
    """What makes two questions the same question."""
    parts = [
        what, asked, trial.model_sha256, other.model_sha256 if other else "", experiment.dataset_version.table_digest,
        experiment.question,
    ]  # fmt: skip
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def carry_out(run: JobRun) -> None:
    """The worker's half: the engine answers, the answer is kept. Safe to run twice."""
    explanation = Explanation.objects.select_related("experiment__dataset_version", "trial", "other").get(
        pk=run.payload["explanation"]
    )
    run.report(10, N_("Loading the model"))
    work = settings.VAR / "work"
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as name:
        result = answered(run, explanation, Path(name))
    with run.finishing():
        Explanation.objects.filter(pk=explanation.pk).update(result=result)


def answered(run: JobRun, explanation: Explanation, place: Path) -> dict[str, Any]:
    """What the engine says; a refusal in its own words is an answer too."""
    if explanation.what in AT_ONCE:
        return answered_at_once(run, explanation)
    table = guardrails.table_of(explanation.experiment)
    model = lay_out(explanation.trial, place / "model")
    out = place / "out"
    out.mkdir()
    question = engine.write_json(out / "question.json", explanation.experiment.question)
    arguments = [
        "--model", str(model), "--sha256", explanation.trial.model_sha256, "--table", str(table),
        "--question", str(question), "--out", str(out / "answer.json"),
    ]  # fmt: skip
    readable = [table, model]
    if explanation.other:
        other = lay_out(explanation.other, place / "other")
        arguments = ["compare", *arguments, "--other", str(other)]
        arguments += ["--other-sha256", explanation.other.model_sha256]
        readable.append(other)
    else:
        options = engine.write_json(out / "options.json", explanation.options)
        arguments = ["explain", *arguments, "--what", explanation.what, "--options", str(options)]
    run.report(30, N_("Asking the model"))
    seconds = SECONDS.get(explanation.what, USUAL_SECONDS)
    ended = engine.call(run, arguments, readable=readable, writable=out, seconds=seconds)
    if ended.code == INTEGRITY:
        raise JobFailed(NOT_THE_SAME)
    if ended.code not in (0, 2):
        raise JobFailed(NOT_ANSWERED)
    return engine.answer(out / "answer.json")


def answered_at_once(run: JobRun, explanation: Explanation) -> dict[str, Any]:
    """By a child of this worker that holds model and rows in memory since the question before."""
    experiment, trial = explanation.experiment, explanation.trial
    table = guardrails.table_of(experiment)
    asked = json.dumps(experiment.question, sort_keys=True)
    key = trial.bundle_digest, trial.model_sha256, experiment.dataset_version.table_digest, asked

    def layout(place: Path) -> tuple[list[str], list[Path]]:
        model = lay_out(trial, place / "model")
        question = engine.write_json(place / "question.json", experiment.question)
        arguments = ["answer", "--model", str(model), "--sha256", trial.model_sha256]
        return [*arguments, "--table", str(table), "--question", str(question)], [table, model, question]

    bundle_of(trial)  # a file that was damaged since then is not answered for
    run.report(30, N_("Asking the model"))
    try:
        return engine.ask(run, key, layout, {"what": explanation.what, "options": explanation.options})
    except engine_pool.NotReady as refused:
        if refused.said.get("code") == INTEGRITY:
            raise JobFailed(NOT_THE_SAME) from None
        return {"ok": False, "problem": refused.said["problem"]}


def bundle_of(trial: Trial) -> Path:
    """A verified local copy of the files of a stored candidate."""
    try:
        return filestore.cached(trial.bundle_digest, ".zip")
    except (filestore.FileDamaged, OSError):
        raise JobFailed(MODEL_GONE) from None


def lay_out(trial: Trial, folder: Path) -> Path:
    """Unpack the three files of a stored candidate; names inside the archive are never paths."""
    archive = bundle_of(trial)
    try:
        folder.mkdir(parents=True)
        with zipfile.ZipFile(archive) as bundle:
            if sum(bundle.getinfo(name).file_size for name in FILES) > LARGEST:
                raise ValueError("too large")
            for name in FILES:
                with bundle.open(name) as source, (folder / name).open("wb") as target:
                    shutil.copyfileobj(source, target)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        raise JobFailed(MODEL_GONE) from None
    return folder
