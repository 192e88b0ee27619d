"""Letting go of stored files: only what nothing refers to, and never so that a done act fails for it."""

import logging
import time
from collections.abc import Callable, Iterable
from functools import partial

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from portal.core import filestore
from portal.core.job_runner import JobRun
from portal.core.lock_waits import is_wait
from portal.core.services import jobs

log = logging.getLogger(__name__)
FILES_LOCK = 4_201_002  # the first of two numbers; the second is taken from the digest
ORPHAN_SECONDS, WATCHED_SECONDS = 86400, 8 * 86400
REPORTED = 50  # files between two reports of a job
holders: list[Callable[[str], bool]] = []


def register(holder: Callable[[str], bool]) -> None:
    """An app says, in its `ready()`, whether a row of its own still needs the file with a digest."""
    if holder not in holders:
        holders.append(holder)


def is_needed(digest: str) -> bool:
    """Whether any app still refers to it."""
    return any(holder(digest) for holder in holders)


def lock(digest: str, how: str) -> None:
    """
    Until the transaction ends, nobody removes these bytes (`how` is "_shared"), or nobody names them anew (it is empty).

    On SQLite the transaction itself has the database for its own.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Files are held inside a transaction.")
    if connection.vendor == "postgresql":
        number = int(digest[:7], 16)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_xact_lock{how}(%s, %s)", [FILES_LOCK, number])  # nosec B608


def hold(digest: str) -> None:
    """
    In the transaction that writes a row which names stored bytes: they are there, and stay until the row is seen.

    Raises `JustRemoved` when somebody let go of the same bytes since they were stored: pages and API ask
    to try again, jobs do so by themselves.
    """
    lock(digest, "_shared")
    if not filestore.holds(digest):
        raise filestore.JustRemoved(digest)


def forget(digest: str) -> None:
    """Remove a file once the transaction is kept, unless something else still needs it then."""
    transaction.on_commit(partial(let_go, digest))


def let_go(digest: str) -> None:
    """At once, or by a job while the store does not answer: what was decided is decided."""
    try:
        discard(digest)
    except OperationalError as problem:
        level = logging.WARNING if is_wait(problem) else logging.ERROR
        log.log(level, "File %s is left to the sweep.", digest, exc_info=True)
    except filestore.StoreUnreachable:
        forget_all([digest])


def forget_all(digests: Iterable[str]) -> None:
    """
    Have a job remove what nothing else needs then: for many files at once, so that nobody waits for them.

    The job is written down with the rows that named them, so that none is left behind by a process that ends.
    """
    jobs.enqueue(
        "files.forget",
        payload={"digests": sorted(set(digests))},
        label=_("Removal of stored files"),
        by=None,
    )


def discard(digest: str) -> bool:
    """
    From the store and from this machine's copies; other machines drop theirs in time. Safe to call twice.

    Question and removal are one act: whoever writes a row that names the same bytes comes before or after it.
    """
    with transaction.atomic():
        lock(digest, "")
        if is_needed(digest):
            return False
        filestore.discard(digest)
    for copy in filestore.copies().glob(f"{digest}*"):
        copy.unlink(missing_ok=True)
    return True


def sweep_orphans() -> int:
    """
    Remove what was stored for a row that never came, because its process was killed; returns how many.

    Looks at files from the second day to the eighth, each day anew: the cost does not grow with the store.
    """
    now = time.time()
    old = [digest for digest, at in filestore.written() if ORPHAN_SECONDS < now - at < WATCHED_SECONDS]
    return sum(discard(digest) for digest in old)


def carry_out(run: JobRun) -> None:
    """
    The worker's half; it is tried again until the store answers and whoever names the same bytes is through.

    Whatever else the database has to say ends the job, which tells so.
    """
    digests = run.payload["digests"]
    for number, digest in enumerate(digests):
        if number % REPORTED == 0:
            run.report(100 * number // len(digests))
        try:
            discard(digest)
        except OperationalError as problem:
            if not is_wait(problem):
                raise
            raise filestore.StoreUnreachable(digest) from problem
