"""Reads for the pages of experiments."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import Job, Right, User
from portal.core.services import credentials
from portal.core.waiting import Waiting
from projects.models import DatasetVersion, Experiment, GuardrailResult, SquadMember, Trial, UseCase
from projects.question import METRICS, digest_of


def path_of(experiment: Experiment, current: str) -> list[dict[str, str]]:
    """The steps of the guided path, as the stepper draws them."""
    asked, checked = experiment.question, bool(experiment.checked_digest)
    steps = (
        ("experiment_data", _("Data"), True),
        ("experiment_question", _("Question"), bool(asked and experiment.row_meaning)),
        ("experiment_columns", _("Columns"), bool(asked)),
        ("experiment_metric", _("What is good"), bool(asked)),
        ("experiment_validation", _("Test"), bool(asked)),
        ("experiment_budget", _("Budget"), bool(asked)),
        (
            "experiment_checks",
            _("Checks and start"),
            checked and experiment.checked_digest == digest_of(experiment),
        ),
    )
    return [
        {
            "label": label,
            "state": "current" if name == current else "done" if done else "todo",
            "url": reverse(f"projects:{name}", args=[experiment.pk]) if asked or position < 2 else "",
        }
        for position, (name, label, done) in enumerate(steps)
    ]


def next_step(experiment: Experiment, after: str) -> str:
    """Where the path goes on."""
    names = [step["url"] for step in path_of(experiment, "")]
    here = reverse(f"projects:{after}", args=[experiment.pk])
    place = names.index(here) if here in names else 0
    return names[min(place + 1, len(names) - 1)] or names[1]


@dataclass(frozen=True)
class Live:
    """What the page of a running experiment shows."""

    state: str
    words: str
    color: str
    percent: int
    elapsed: float | None
    remaining: float | None
    trials: list[Trial]
    best: float | None
    baseline: float | None
    metric: str
    chart: dict[str, Any] | None


def live(experiment: Experiment) -> Live:
    """The present state, honest about waiting and about a lost worker."""
    job = experiment.job
    assert job is not None  # noqa: S101  drafts have no live page
    trials = list(experiment.trials.order_by("number"))
    state, words = state_of(job, experiment)
    return Live(
        state=state,
        words=words,
        color={"lost": "yellow"}.get(state, Job.COLORS[job.state]),
        percent=job.percent,
        elapsed=job.step_params.get("elapsed"),
        remaining=job.step_params.get("remaining"),
        trials=trials,
        best=best_score(experiment, trials),
        baseline=next((trial.cv_score for trial in trials if trial.is_baseline), None),
        metric=metric_of(experiment),
        chart=best_over_time(experiment, trials),
    )


def state_of(job: Job, experiment: Experiment) -> tuple[str, str]:
    """In words: waiting, running, resuming after a lost worker, ending, over."""
    if job.state == Job.State.QUEUED:
        return "waiting", _("Waiting for a worker. You may leave this page; you will be told.")
    if job.state != Job.State.RUNNING:
        return job.state, str(job.get_state_display())
    if job.lease_until and job.lease_until < clock.now():
        return "lost", _(
            "The worker was lost. The search goes on from its last finished candidate as soon as another is free."
        )
    if job.cancel_requested_at:
        return "stopping", _("Stopping; the result will be thrown away.")
    if experiment.stop_requested_at:
        return "ending", _("Ending now; the best so far is kept.")
    if job.attempt > 1:
        return "running", _("Running again after a lost worker; what was finished is not done twice.")
    return "running", _("Searching. You may leave this page; you will be told.")


def gravest_first(results: Iterable[GuardrailResult]) -> list[GuardrailResult]:
    """What was found, without the checks that found nothing."""
    order = GuardrailResult.Severity.values
    return sorted((each for each in results if each.is_alerted), key=lambda each: order.index(each.severity))


def lower_is_better(metric: str) -> bool:
    """Errors and losses."""
    return metric in {"rmse", "mae", "log_loss", "brier"}


def metric_of(experiment: Experiment) -> str:
    """The name of the measure that was asked for."""
    metric = experiment.question.get("metric", "")
    return str(METRICS.get(experiment.question.get("task", ""), {}).get(metric, metric)).split(":")[0].strip()


def best_score(experiment: Experiment, trials: list[Trial]) -> float | None:
    """The best score while searching so far; the same answer for everybody counts, too."""
    scores = [trial.cv_score for trial in trials if trial.cv_score is not None]
    choose = min if lower_is_better(experiment.question.get("metric", "")) else max
    return choose(scores) if scores else None


def best_over_time(experiment: Experiment, trials: list[Trial]) -> dict[str, Any] | None:
    """The best score so far after each candidate."""
    metric = experiment.question.get("metric", "")
    scored = sorted(
        (trial for trial in trials if trial.cv_score is not None and trial.at_seconds),
        key=lambda t: t.at_seconds or 0,
    )
    if len(scored) < 2:
        return None
    words = metric_of(experiment)
    choose, best, values = (min if lower_is_better(metric) else max), None, []
    for trial in scored:
        best = trial.cv_score if best is None else choose(best, trial.cv_score)
        values.append(round(float(best), 4))
    return {
        "kind": "line",
        "step": True,
        "x": [round(trial.at_seconds or 0) for trial in scored],
        "series": [{"name": words, "values": values}],
        "x_label": _("Seconds"),
        "y_label": words,
    }


def waiting_for(user: User) -> list[Waiting]:
    """Justifications and drafts, uploads that were not accepted, experiments that ended unseen, a first one to start."""
    return [*justifications(user), *drafts(user), *rejected(user), *unseen(user), *to_start(user)]


def to_start(user: User) -> list[Waiting]:
    """Use cases of one's squads in which nobody has tried a model yet, for those who may."""
    if not credentials.holds(user, Right.LAUNCH_AUTOML):
        return []
    squads = SquadMember.objects.current().filter(user=user).values("use_case")
    bare = UseCase.objects.filter(
        pk__in=squads, phase__in=["initialisation", "development"], experiments__isnull=True
    )
    return [
        Waiting(
            title=_("Start the first experiment"),
            detail=use_case,
            url=f"{reverse('projects:experiment_new')}?use_case={use_case.pk}",
            since=use_case.phase_since,
            action=_("Start"),
            icon="flask",
        )
        for use_case in bare.order_by("phase_since")[:5]
    ]


def asking_for_words() -> QuerySet[GuardrailResult]:
    """Findings of an experiment that its author must answer."""
    return GuardrailResult.objects.filter(experiment=OuterRef("pk"), severity="justify").open()


def drafts(user: User) -> list[Waiting]:
    """Questions of one's own that were never started and ask for nothing else."""
    mine = Experiment.objects.real().filter(
        ~Exists(asking_for_words()), author=user, job__isnull=True, use_case__phase__in=UseCase.ACTIVE
    )
    return [
        Waiting(
            title=_("Finish your question"),
            detail=experiment.title,
            url=reverse("projects:experiment_detail", args=[experiment.pk]),
            since=experiment.created_at,
            action=_("Go on"),
            icon="edit",
        )
        for experiment in mine.for_list()[:5]
    ]


def justifications(user: User) -> list[Waiting]:
    """One entry per experiment of one's own in which a finding asks for words."""
    mine = (
        Experiment.objects.real()
        .filter(Exists(asking_for_words()), author=user)
        .exclude(job__state__in=["failed", "cancelled"])
    )
    return [
        Waiting(
            title=_("Write a justification"),
            detail=experiment.title,
            url=reverse(
                "projects:experiment_detail" if experiment.job_id else "projects:experiment_checks",
                args=[experiment.pk],
            ),
            since=experiment.created_at,
            action=_("Answer"),
            icon="shield",
        )
        for experiment in mine.for_list()[:20]
    ]


def rejected(user: User) -> list[Waiting]:
    """Uploads of one's own that were not accepted and were not followed by a better one."""
    later = DatasetVersion.objects.filter(dataset=OuterRef("dataset"), number__gt=OuterRef("number"))
    versions = DatasetVersion.objects.filter(
        ~Exists(later), uploaded_by=user, state=DatasetVersion.State.REJECTED
    )
    return [
        Waiting(
            title=_("Mend a file and send it again"),
            detail=version.original_name,
            url=reverse("projects:dataset_version", args=[version.pk]),
            since=version.created_at,
            action=_("See why"),
            icon="data",
        )
        for version in versions.for_list()[:20]
    ]


def unseen(user: User) -> list[Waiting]:
    """Experiments of one's own that ended and were not looked at."""
    ended = Experiment.objects.real().filter(
        author=user, seen_at__isnull=True, job__state__in=["done", "failed"]
    )
    return [
        Waiting(
            title=_("See the result") if experiment.status == "done" else _("An experiment failed"),
            detail=experiment.title,
            url=reverse("projects:experiment_detail", args=[experiment.pk]),
            since=experiment.job.finished_at if experiment.job else None,
            action=_("Open"),
            icon="experiment",
        )
        for experiment in ended.for_list()[:20]
    ]
