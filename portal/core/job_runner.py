"""What a worker does with a job: hold it alive, run its handler, end it once."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.module_loading import import_string
from django.utils.translation import gettext_noop as N_

from portal.core.filestore import StoreUnreachable
from portal.core.models import Job
from portal.core.services import jobs

log = logging.getLogger(__name__)


class JobRun:
    """A claimed job in the hands of its handler."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.payload: dict[str, Any] = job.payload
        self._lost = threading.Event()
        self._stop_asked = threading.Event()
        self._over = threading.Event()

    def report(self, percent: int, step: str = "", **params: Any) -> None:
        """Show progress; `step` is marked with `gettext_noop`. Raises when the job must end."""
        self.check()
        jobs.report(self.job, percent=percent, step=step, **params)

    def note_isolation(self, degree: str) -> None:
        """Keep with the job how well its child was walled in."""
        jobs.note_isolation(self.job, degree)

    def check(self) -> None:
        """Raise `Fenced` or `Cancelled` as soon as the heartbeat has noticed."""
        if self._lost.is_set():
            raise jobs.Fenced(str(self.job.pk))
        if self._stop_asked.is_set():
            raise jobs.Cancelled

    @property
    def must_stop(self) -> bool:
        """Whether a child process should be ended now."""
        return self._lost.is_set() or self._stop_asked.is_set()

    def finishing(self, **result: Any) -> AbstractContextManager[None]:
        """`with run.finishing():` write the results and end the job in one transaction."""
        self.check()
        return jobs.finishing(self.job, **result)

    def keep_alive(self) -> None:
        """Renew the lease until the work is over: own thread, own connection."""
        renewed = time.monotonic()
        while not self._over.wait(settings.JOB_HEARTBEAT_SECONDS):
            try:
                if jobs.heartbeat(self.job):
                    self._stop_asked.set()
                renewed = time.monotonic()
            except jobs.Fenced:
                self._lost.set()
                break
            except DatabaseError:
                # A database that restarts is no reason to give up before the lease is over.
                log.warning("The heartbeat of job %s found no database.", self.job.pk, exc_info=True)
                connection.close()
                if time.monotonic() - renewed > settings.JOB_LEASE_SECONDS:
                    self._lost.set()
                    break
        connection.close()

    def __enter__(self) -> "JobRun":
        threading.Thread(target=self.keep_alive, name=f"heartbeat-{self.job.pk}", daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._over.set()


def run(job: Job) -> None:
    """Carry out one claimed job and end it exactly once, whatever happens."""
    if job.attempt > job.max_attempts:
        jobs.fail(
            job,
            text=N_("The worker stopped %(times)s times while doing this. Ask an IT engineer to look at it."),
            params={"times": job.attempt - 1},
        )
        return
    handler: Callable[[JobRun], None] = import_string(settings.JOB_HANDLERS[job.kind])
    try:
        with JobRun(job) as running:
            handler(running)
            job.refresh_from_db(fields=["state"])  # not the token: it may be another worker's by now
            if not job.is_over:
                with jobs.finishing(job):
                    pass
    except jobs.Fenced:
        log.warning("Job %s was taken over by another worker.", job.pk)
    except jobs.Cancelled:
        jobs.stop(job)
    except jobs.JobFailed as problem:
        jobs.fail(job, text=problem.text, params=problem.params)
    except StoreUnreachable:
        log.warning("Job %s (%s) found the file store silent; it is tried again.", job.pk, job.kind)
        jobs.postpone(job)
    except Exception:
        log.exception("Job %s (%s) failed.", job.pk, job.kind)
        jobs.fail(
            job,
            text=N_("Something went wrong on our side. It is written in the log under %(key)s."),
            params={"key": str(job.pk)[:8]},
        )


def run_until_idle(queue: str, limit: int = 1000) -> int:
    """Do the jobs of a queue one after the other until none is left; returns how many (tests, demo)."""
    for done in range(limit):
        job = jobs.claim(queue)
        if job is None:
            return done
        run(job)
    return limit
