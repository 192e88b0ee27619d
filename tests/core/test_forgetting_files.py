"""The job that removes many files waits where somebody else is at work, and for nothing else."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from portal.core import clock, filestore, job_runner
from portal.core.models import Job
from portal.core.services import stored_files

pytestmark = pytest.mark.django_db


def stored(tmp_path, *contents):
    """Digests of files that no row names."""
    found = []
    for content in contents:
        (tmp_path / "one").write_bytes(content)
        found.append(filestore.store(tmp_path / "one"))
    return found


def said(problem, code=None):
    """As the database says it: the driver's error with its code behind Django's."""
    made = problem("no")
    if code:
        made.__cause__ = Exception("no")
        setattr(made.__cause__, "sqlstate" if isinstance(code, str) else "sqlite_errorcode", code)
    return made


def unwilling(monkeypatch, broken, problem):
    """The removal of one file fails so."""
    real = stored_files.discard

    def discard(digest):
        if digest == broken:
            raise problem
        return real(digest)

    return monkeypatch.setattr(stored_files, "discard", discard)


@pytest.mark.parametrize(
    "problem",
    [
        said(filestore.StoreUnreachable),
        *(said(OperationalError, code) for code in (5, 6, 517, "55P03", "40P01", "40001")),
    ],
    ids=str,
)
def test_a_store_that_is_silent_or_a_lock_that_is_not_had_delays_the_removal(tmp_path, monkeypatch, problem):
    digests = stored(tmp_path, b"a", b"b", b"c")
    broken = sorted(digests)[1]

    stored_files.forget_all(digests)
    with monkeypatch.context() as patched:
        unwilling(patched, broken, problem)
        job_runner.run_until_idle("quick")
    job = Job.objects.get(kind="files.forget")
    assert job.state == "queued" and job.not_before and filestore.holds(broken)
    Job.objects.update(not_before=clock.now() - timedelta(minutes=5))
    job_runner.run_until_idle("quick")
    assert Job.objects.get(pk=job.pk).state == "done" and not any(filestore.holds(each) for each in digests)


@pytest.mark.parametrize("code", [None, 1, 10, 13, "57014", "53100", "08006"])
def test_what_does_not_pass_by_itself_ends_the_removal_and_is_seen(tmp_path, monkeypatch, caplog, code):
    digests = stored(tmp_path, b"a", b"b", b"c")
    broken = sorted(digests)[1]
    stored_files.forget_all(digests)
    unwilling(monkeypatch, broken, said(OperationalError, code))

    job_runner.run_until_idle("quick")

    job = Job.objects.get(kind="files.forget")
    assert job.state == "failed" and "written in the log" in job.error and filestore.holds(broken)
    assert "OperationalError" in caplog.text


@pytest.mark.parametrize(("code", "level"), [("55P03", "WARNING"), ("53100", "ERROR")])
def test_a_done_act_does_not_fail_for_a_file_that_stays_and_the_log_tells_how_bad_it_is(
    tmp_path, monkeypatch, caplog, code, level
):
    [digest] = stored(tmp_path, b"a")
    unwilling(monkeypatch, digest, said(OperationalError, code))
    stored_files.let_go(digest)
    assert filestore.holds(digest) and [each.levelname for each in caplog.records] == [level]
