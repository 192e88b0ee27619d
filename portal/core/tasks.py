"""Celery tasks of the floor: doorbells and the timetable."""

import multiprocessing
import time
from datetime import UTC, datetime

from celery import shared_task
from celery.signals import worker_shutting_down
from django.db import close_old_connections

from portal.core import bells, job_runner, sweeping
from portal.core.job_runner import JobRun
from portal.core.models import Job, JobEffect
from portal.core.services import audit_heads, digests, jobs, notices, stored_files

# Made before the pool forks, so that its children see what only the worker's main process is told. Without a
# lock (as an Event has): a child killed while it looks would leave it locked for all the others.
closing = multiprocessing.RawValue("b", 0)


@worker_shutting_down.connect
def close_the_doors(**_kwargs: object) -> None:
    """The worker was asked to end: jobs that run are finished, none is begun."""
    closing.value = 1


@shared_task
def work() -> None:
    """The bell of the quick queue: do jobs until none is left or ten minutes have passed."""
    drain(Job.Queue.QUICK)


@shared_task
def work_ml() -> None:
    """The bell of the training queue."""
    drain(Job.Queue.ML)


def drain(queue: str) -> None:
    """Claim and run, again and again; a job that waits longer gets its own bell from the timetable."""
    until = time.monotonic() + 600
    while time.monotonic() < until and not closing.value:
        close_old_connections()
        job = jobs.claim(queue)
        if job is None:
            return
        job_runner.run(job)


@shared_task
def reap() -> None:
    """Bury what cannot be done and ring for what waits (never one bell per job)."""
    jobs.bury_exhausted()
    for queue in Job.Queue.values:
        bells.ring_for_waiting(queue)


@shared_task
def send_mail() -> None:
    """Mail the notices that wait."""
    notices.send_waiting_mail()


@shared_task
def send_digests() -> None:
    """Write the digests whose hour has come."""
    digests.send_due_digests()


@shared_task
def export_audit_head() -> None:
    """Append the head of the audit trail to a file outside the database."""
    audit_heads.export()


@shared_task
def sweep_folders() -> None:
    """Keep this machine's copies within their bound and remove what killed processes left."""
    sweeping.sweep()


@shared_task(ignore_result=True)
def sweep_orphans() -> None:
    """Remove stored files that no row names, because a process was killed before it wrote one."""
    stored_files.sweep_orphans()


def forget_file(run: JobRun) -> None:
    """Remove stored files that nothing refers to, once the store answers."""
    stored_files.carry_out(run)


def probe(run: JobRun) -> None:
    """A job that does nothing but take time and leave one mark (fault tests, soak)."""
    time.sleep(float(run.payload.get("seconds", 0)))
    with run.finishing():
        JobEffect.objects.create(job=run.job, at=datetime.now(UTC))
