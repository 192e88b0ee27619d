"""Asking a question of a dataset: draft, question, start, stop."""

import copy
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import Job, User
from portal.core.services import audit, jobs
from portal.core.states import IllegalMove
from portal.core.verdicts import require
from projects.models import DatasetVersion, Experiment, UseCase
from projects.question import advice_basis, digest_of
from projects.rules import experiments as rules
from projects.services.question_checks import completed

LONGEST_WORDS = 200
ADVISED = ("task", "metric", "roles", "validation")  # parts of a question that the engine has advice for


@transaction.atomic
def create_draft(*, use_case: UseCase, dataset_version: DatasetVersion, title: str, by: User) -> Experiment:
    """Begin an experiment on one ready version of a dataset."""
    require(rules.may_draft(by, use_case))
    require_usable(dataset_version, by=by)
    if not title.strip():
        raise ValidationError({"title": _("Give the experiment a title.")})
    experiment = Experiment.objects.create(
        use_case=use_case, dataset_version=dataset_version, title=title.strip()[:140], author=by
    )
    audit.record("experiment.drafted", experiment, by=by, version=str(dataset_version.pk))
    return experiment


@transaction.atomic
def draft_with_question(
    *,
    use_case: UseCase,
    dataset_version: DatasetVersion,
    title: str,
    question: dict[str, Any] | None,
    words: dict[str, str],
    by: User,
) -> Experiment:
    """A draft and its question in one step: both are kept or neither."""
    draft = create_draft(use_case=use_case, dataset_version=dataset_version, title=title, by=by)
    if question:
        return update_question(draft, question, by=by, **words)
    save(draft, **words)
    return draft


def require_usable(version: DatasetVersion, *, by: User) -> None:
    """The version is ready and the person may use it."""
    if not DatasetVersion.objects.usable_by(by).filter(pk=version.pk).exists():
        raise ValidationError({"dataset_version": _("There is no such dataset version that you may use.")})
    if version.state != DatasetVersion.State.READY:
        raise ValidationError(
            {
                "dataset_version": _("This version is not ready: %(state)s.")
                % {"state": version.get_state_display()}
            }
        )


@transaction.atomic
def choose_version(experiment: Experiment, dataset_version: DatasetVersion, *, by: User) -> Experiment:
    """Ask another version of the data; what still fits of the question stays, the rest is asked again."""
    require(rules.may_edit(by, experiment))
    require_usable(dataset_version, by=by)
    if dataset_version.pk == experiment.dataset_version_id:
        return experiment
    experiment.dataset_version = dataset_version
    try:
        question = completed(dataset_version, experiment.question)
    except ValidationError:
        question = {}
    save(experiment, dataset_version=dataset_version, question=question)
    audit.record("experiment.version_chosen", experiment, by=by, version=str(dataset_version.pk))
    return experiment


@transaction.atomic
def update_question(
    experiment: Experiment,
    question: dict[str, Any],
    *,
    by: User,
    row_meaning: str | None = None,
    predicted_when: str | None = None,
) -> Experiment:
    """
    Change parts of the question; what was not said so far is filled with what the profile recommends.

    Every wrong field is named by one `ValidationError` and nothing is kept then.
    """
    require(rules.may_edit(by, experiment))
    words = {"row_meaning": row_meaning, "predicted_when": predicted_when}
    too_long = [name for name, value in words.items() if value is not None and len(value) > LONGEST_WORDS]
    if too_long:
        raise ValidationError(
            {too_long[0]: _("Use at most %(limit)s characters.") % {"limit": LONGEST_WORDS}}
        )
    before = experiment.question
    asked = {**renewed(copy.deepcopy(before), question), **copy.deepcopy(question)}
    said = {name: value.strip() for name, value in words.items() if value is not None}
    save(experiment, question=completed(experiment.dataset_version, asked), **said)
    changed = sorted(name for name, value in experiment.question.items() if before.get(name) != value)
    audit.record("experiment.question_changed", experiment, by=by, fields=changed)
    return experiment


@transaction.atomic
def take_advice(experiment: Experiment, parts: list[str], *, by: User) -> Experiment:
    """Ask what the engine recommends for these parts of the question; all of it when none is named."""
    require(rules.may_edit(by, experiment))
    if set(parts) - set(ADVISED):
        raise ValidationError({"parts": _("Choose from: %(choices)s.") % {"choices": ", ".join(ADVISED)}})
    advised = experiment.advice.get("question") or {}
    if experiment.advice.get("basis") != advice_basis(experiment):
        raise ValidationError(
            {"parts": _("There is no advice for this question yet. Ask for it, then wait a few seconds.")}
        )
    taken = {name: advised[name] for name in ADVISED if name in (parts or ADVISED)}
    update_question(experiment, taken, by=by)
    audit.record("experiment.advice_taken", experiment, by=by, parts=sorted(taken))
    return experiment


def renewed(kept: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """Another target or task makes what was recommended for the old one void."""
    if asked.get("target") and asked["target"] != kept.get("target"):
        return {name: kept[name] for name in ("budget_seconds", "max_trials", "seed") if name in kept}
    if asked.get("task") and asked["task"] != kept.get("task"):
        for name in ("metric", "validation", "positive_label"):
            kept.pop(name, None)
    return kept


def save(experiment: Experiment, **changes: Any) -> None:
    """Change a draft unless somebody started it a moment ago."""
    if changes and not Experiment.objects.filter(pk=experiment.pk, job__isnull=True).update(**changes):
        raise IllegalMove(_("This experiment was started a moment ago; its question is frozen."))
    for name, value in changes.items():
        setattr(experiment, name, value)


@transaction.atomic
def start(experiment: Experiment, *, by: User) -> Job:
    """Freeze the question and queue the search."""
    require(rules.may_start(by, experiment))
    job = jobs.enqueue(
        "experiment.run",
        payload={"experiment": str(experiment.pk)},
        label=experiment.title,
        by=by,
        queue=Job.Queue.ML,
        url=reverse("projects:experiment_detail", args=[experiment.pk]),
    )
    unchanged = Experiment.objects.filter(
        pk=experiment.pk, job__isnull=True, checked_digest=digest_of(experiment)
    )
    if not unchanged.filter(question=experiment.question).update(job=job):
        raise IllegalMove(_("Somebody changed or started this experiment a moment ago. Reload the page."))
    experiment.job = job
    audit.record(
        "experiment.started",
        experiment,
        by=by,
        question=experiment.question,
        digest=experiment.checked_digest,
    )
    return job


@transaction.atomic
def cancel(experiment: Experiment, *, by: User) -> None:
    """End the search and throw its result away."""
    require(rules.may_cancel(by, experiment))
    assert experiment.job is not None  # noqa: S101  the rule asked
    jobs.cancel(experiment.job, by=by)
    audit.record("experiment.cancelled", experiment, by=by)


@transaction.atomic
def stop_early(experiment: Experiment, *, by: User) -> None:
    """Ask the search to end now and to keep the best it has found."""
    require(rules.may_stop_early(by, experiment))
    running = Experiment.objects.filter(
        pk=experiment.pk, job__state=Job.State.RUNNING, stop_requested_at__isnull=True
    )
    if not running.update(stop_requested_at=clock.now()):
        raise IllegalMove(_("The search ended a moment ago."))
    experiment.refresh_from_db(fields=["stop_requested_at"])
    audit.record("experiment.stop_requested", experiment, by=by)


@transaction.atomic
def copy_draft(experiment: Experiment, *, by: User) -> Experiment:
    """A new draft with the same question, to change one thing and compare."""
    draft = create_draft(
        use_case=experiment.use_case,
        dataset_version=experiment.dataset_version,
        title=_("%(title)s (again)") % {"title": experiment.title},
        by=by,
    )
    if experiment.question:
        save(
            draft,
            question=experiment.question,
            row_meaning=experiment.row_meaning,
            predicted_when=experiment.predicted_when,
        )
    return draft


def mark_seen(experiment: Experiment, *, by: User) -> None:
    """Note that the author has looked at the end of an experiment; nobody else's look counts."""
    if (
        by.pk == experiment.author_id
        and experiment.seen_at is None
        and experiment.job
        and experiment.job.is_over
    ):
        Experiment.objects.filter(pk=experiment.pk, seen_at__isnull=True).update(seen_at=clock.now())


def workdir(experiment: Experiment) -> Any:
    """Where a search keeps its checkpoints, so that it goes on after its worker died."""
    return settings.VAR / "experiments" / str(experiment.pk)
