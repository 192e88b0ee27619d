"""Queueing, claiming and finishing background work."""

import logging
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_noop as N_

from portal.core import clock, rules
from portal.core.models import Job, User
from portal.core.services import audit, notices
from portal.core.verdicts import require

log = logging.getLogger(__name__)
BROKER_REST_SECONDS = 30
REST_SECONDS = 60  # until a job is tried again that found the file store silent
LONGEST_WAIT = timedelta(days=1)
broker_rest = {"until": 0.0}


class Fenced(Exception):
    """Another worker holds this job now: whatever we were about to write must not be written."""


class Cancelled(Exception):
    """The owner asked to stop."""


class JobFailed(Exception):
    """The work cannot be done; `text` is a translatable template, `params` fill it."""

    def __init__(self, text: str, **params: Any) -> None:
        super().__init__(text % params if params else text)
        self.text, self.params = text, params


@transaction.atomic
def enqueue(
    kind: str,
    *,
    payload: dict[str, Any],
    label: str,
    by: User | None,
    queue: str = Job.Queue.QUICK,
    url: str = "",
    max_attempts: int = 5,
) -> Job:
    """Write down a piece of work; after the commit ring the bell of its queue."""
    job = Job.objects.create(
        kind=kind,
        payload=payload,
        label=label[:200],
        owner=by,
        queue=queue,
        url=url,
        max_attempts=max_attempts,
    )
    audit.record("job.queued", job, by=by, kind=kind)
    transaction.on_commit(partial(ring, queue))
    return job


def ring(queue: str) -> None:
    """
    Tell the workers of a queue that there is work.

    A broker that is down is no error for the person who asked: the timetable rings again. After a
    failure this process does not try for a while, so that a broker that hangs holds up one request.
    """
    from portal.core import tasks  # tasks import this module

    if time.monotonic() < broker_rest["until"]:
        return
    bell = tasks.work_ml if queue == Job.Queue.ML else tasks.work
    try:
        bell.apply_async(expires=60, retry=False)
    except Exception:
        broker_rest["until"] = time.monotonic() + BROKER_REST_SECONDS
        log.warning("The broker does not answer; the timetable will ring for queue %s.", queue, exc_info=True)


def claimable() -> Q:
    """Jobs a worker may take now, by the clock of the database."""
    return (Q(state=Job.State.QUEUED) & (Q(not_before__isnull=True) | Q(not_before__lte=Now()))) | Q(
        state=Job.State.RUNNING, lease_until__lt=Now()
    )


def claim(queue: str) -> Job | None:
    """
    Take the next job of a queue for this worker, or nothing.

    People with fewer running jobs come first. Of two workers that reach for the same row one
    gets it (compare-and-set on the token; PostgreSQL also skips locked rows).
    """
    while True:
        with transaction.atomic():
            candidate = next_candidate(queue)
            if candidate is None:
                return None
            token = uuid.uuid4()
            taken = Job.objects.filter(claimable(), pk=candidate.pk, token=candidate.token).update(
                state=Job.State.RUNNING,
                token=token,
                attempt=F("attempt") + 1,
                lease_until=Now() + lease(),
                started_at=clock.now(),
            )
        if taken:
            return Job.objects.select_related("owner").get(pk=candidate.pk, token=token)


def next_candidate(queue: str) -> Job | None:
    """The claimable job whose owner has least running, oldest first."""
    busy = Job.objects.filter(queue=queue, state=Job.State.RUNNING, lease_until__gte=Now())
    owners = dict.fromkeys(busy.values_list("owner_id", flat=True), 1)
    waiting = Job.objects.filter(claimable(), queue=queue).order_by("created_at", "pk")
    if connection.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True, of=("self",))
    return waiting.exclude(owner_id__in=[key for key in owners if key]).first() or waiting.first()


def lease() -> timedelta:
    """How long a silent worker keeps its job."""
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


def held(job: Job) -> Any:
    """The row, if this worker still holds it."""
    return Job.objects.filter(pk=job.pk, token=job.token, state=Job.State.RUNNING)


def heartbeat(job: Job) -> bool:
    """Renew the lease; raises `Fenced` when it was lost; returns whether a stop was asked for."""
    if not held(job).update(lease_until=Now() + lease()):
        raise Fenced(str(job.pk))
    return Job.objects.filter(pk=job.pk, cancel_requested_at__isnull=False).exists()


def report(job: Job, *, percent: int, step: str = "", **params: Any) -> None:
    """Show how far the work is. Raises `Fenced` when another worker holds it."""
    changes: dict[str, Any] = {"percent": max(0, min(100, percent))}
    if step:
        changes |= {"step": step, "step_params": params}
    if not held(job).update(**changes):
        raise Fenced(str(job.pk))


def note_isolation(job: Job, degree: str) -> None:
    """Keep with the job which wall stood around its child process."""
    held(job).update(isolation=degree)


@contextmanager
def finishing(job: Job, **result: Any) -> Iterator[None]:
    """
    Commit results and the end of the job together.

    What is written inside is kept only if this worker still holds the job; otherwise `Fenced`
    rolls it all back. Do the long work before entering: this is one short transaction.
    """
    with transaction.atomic():
        ended = held(job).update(
            state=Job.State.DONE,
            percent=100,
            finished_at=clock.now(),
            lease_until=None,
            result=result,
            step="",
        )
        if not ended:
            raise Fenced(str(job.pk))
        yield
        audit.record("job.done", job, by=None, kind=job.kind, attempt=job.attempt)
    job.refresh_from_db()


@transaction.atomic
def fail(job: Job, *, text: str, params: dict[str, Any] | None = None) -> None:
    """End a job that cannot be done, with the reason in words; tell its owner."""
    ended = held(job).update(
        state=Job.State.FAILED,
        error=text[:500],
        error_params=params or {},
        finished_at=clock.now(),
        lease_until=None,
    )
    if ended:
        audit.record("job.failed", job, by=None, kind=job.kind, error=text)
        notices.tell(
            [job.owner],
            text=N_("“%(label)s” did not finish. See why."),
            url=job.url,
            icon="alert",
            by=None,
            label=job.label,
        )


def postpone(job: Job) -> None:
    """
    Give a job back that could not reach the files: it waits a minute and is begun again, for a day at most.

    Waiting is no failed attempt. A stop asked for meanwhile holds.
    """
    if clock.now() - job.created_at > LONGEST_WAIT:
        fail(
            job, text=N_("The file store did not answer for a day. Ask an IT engineer, then start it again.")
        )
        return
    if held(job).filter(cancel_requested_at__isnull=False).exists():
        stop(job)
        return
    held(job).update(
        state=Job.State.QUEUED,
        attempt=F("attempt") - 1,
        lease_until=None,
        not_before=Now() + timedelta(seconds=REST_SECONDS),
        step=N_("The file store does not answer. It is tried again every minute."),
        step_params={},
    )


@transaction.atomic
def stop(job: Job) -> None:
    """End a job whose owner asked to cancel it."""
    if held(job).update(state=Job.State.CANCELLED, finished_at=clock.now(), lease_until=None):
        audit.record("job.cancelled", job, by=None, kind=job.kind)


@transaction.atomic
def cancel(job: Job, *, by: User) -> None:
    """Ask for a stop: a queued job ends at once, a running one at its next heartbeat."""
    require(rules.may_cancel_job(by, job))
    waiting = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED)
    if not waiting.update(state=Job.State.CANCELLED, finished_at=clock.now()):
        Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_requested_at=clock.now())
    job.refresh_from_db()
    audit.record("job.cancel_requested", job, by=by)


@transaction.atomic
def bury_exhausted() -> int:
    """Fail jobs whose workers died as often as allowed; returns how many."""
    exhausted = Job.objects.filter(
        state=Job.State.RUNNING, lease_until__lt=Now(), attempt__gte=F("max_attempts")
    )
    count = 0
    for job in exhausted.select_related("owner"):
        fail(
            job,
            text=N_("The worker stopped %(times)s times while doing this. Ask an IT engineer to look at it."),
            params={"times": job.attempt},
        )
        count += 1
    return count


def waiting_count(queue: str) -> int:
    """How many jobs of a queue a worker could take now."""
    return Job.objects.filter(claimable(), queue=queue).count()
