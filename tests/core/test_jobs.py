"""Jobs: claimed once, finished once, honest when they cannot be done."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from portal.core import clock, job_runner
from portal.core.models import AuditEvent, Job, JobEffect, Notice
from portal.core.services import jobs
from portal.core.verdicts import Refused
from tests.people import person

pytestmark = pytest.mark.django_db


def queue_probe(by=None, **payload):
    return jobs.enqueue("demo.probe", payload=payload, label="Probe", by=by)


def lose(job):
    """The worker that holds the job has died: its lease is over."""
    Job.objects.filter(pk=job.pk).update(lease_until=datetime.now(UTC) - timedelta(seconds=1))


def test_a_job_runs_once_and_leaves_its_effect():
    job = queue_probe()

    assert job_runner.run_until_idle("quick") == 1

    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert JobEffect.objects.filter(job=job).count() == 1
    assert job_runner.run_until_idle("quick") == 0


def test_a_held_job_is_not_claimed_twice():
    queue_probe()

    assert jobs.claim("quick") is not None
    assert jobs.claim("quick") is None


def test_a_job_whose_worker_died_is_claimed_again_and_the_first_worker_is_fenced():
    queue_probe()
    first = jobs.claim("quick")
    lose(first)
    second = jobs.claim("quick")

    assert second is not None and second.attempt == 2
    with pytest.raises(jobs.Fenced), jobs.finishing(first):
        JobEffect.objects.create(job=first, at=clock.now())
    assert not JobEffect.objects.exists()
    job_runner.run(second)
    assert JobEffect.objects.count() == 1


def test_a_heartbeat_without_the_token_is_refused():
    queue_probe()
    job = jobs.claim("quick")
    job.token = uuid.uuid4()

    with pytest.raises(jobs.Fenced):
        jobs.heartbeat(job)


def test_a_job_that_cannot_be_done_says_why_to_its_owner(settings):
    anna = person("Anna")
    settings.JOB_HANDLERS = {"demo.probe": "tests.core.test_jobs.refuse"}
    job = queue_probe(by=anna)

    job_runner.run_until_idle("quick")

    job.refresh_from_db()
    assert (job.state, job.error_text) == (Job.State.FAILED, "No rows in clients.csv.")
    assert "Probe" in str(Notice.objects.get(user=anna))
    assert AuditEvent.objects.filter(verb="job.failed").exists()


def refuse(run):
    raise jobs.JobFailed("No rows in %(name)s.", name="clients.csv")


def test_a_crash_is_told_without_its_inner_words(settings):
    settings.JOB_HANDLERS = {"demo.probe": "tests.core.test_jobs.crash"}
    job = queue_probe()

    job_runner.run_until_idle("quick")

    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "ZeroDivisionError" not in job.error_text


def crash(run):
    return 1 / 0


def test_a_queued_job_is_cancelled_at_once_and_a_stranger_is_refused():
    anna, bo = person("Anna"), person("Bo")
    job = queue_probe(by=anna)

    with pytest.raises(Refused, match="Only the person who started"):
        jobs.cancel(job, by=bo)
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED

    jobs.cancel(job, by=anna)
    assert job.state == Job.State.CANCELLED
    assert job_runner.run_until_idle("quick") == 0
    assert not JobEffect.objects.exists()


def test_a_job_whose_workers_keep_dying_ends_as_failed():
    job = queue_probe()
    for _attempt in range(job.max_attempts):
        lose(jobs.claim("quick"))

    assert jobs.bury_exhausted() == 1

    job.refresh_from_db()
    assert job.state == Job.State.FAILED and "5 times" in job.error_text


def test_somebody_with_one_job_does_not_wait_behind_somebody_with_many():
    anna, bo = person("Anna"), person("Bo")
    for _number in range(3):
        queue_probe(by=anna)
    last = queue_probe(by=bo)

    jobs.claim("quick")
    assert jobs.claim("quick").pk == last.pk
