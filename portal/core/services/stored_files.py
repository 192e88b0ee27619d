"""Letting go of stored files: only what nothing refers to, and never so that a done act fails for it."""

import logging
from collections.abc import Callable
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from portal.core import filestore
from portal.core.job_runner import JobRun
from portal.core.services import jobs

log = logging.getLogger(__name__)
holders: list[Callable[[str], bool]] = []


def register(holder: Callable[[str], bool]) -> None:
    """An app says, in its `ready()`, whether a row of its own still needs the file with a digest."""
    if holder not in holders:
        holders.append(holder)


def is_needed(digest: str) -> bool:
    """Whether any app still refers to it."""
    return any(holder(digest) for holder in holders)


def forget(digest: str) -> None:
    """Remove a file once the transaction is kept, unless something else still needs it then."""
    transaction.on_commit(partial(let_go, digest))


def let_go(digest: str) -> None:
    """At once, or by a job while the store does not answer: what was decided is decided."""
    try:
        discard(digest)
    except filestore.StoreUnreachable:
        jobs.enqueue("files.forget", payload={"digest": digest}, label=_("Removal of a stored file"), by=None)


def discard(digest: str) -> None:
    """From the store and from this machine's copies; other machines drop theirs in time. Safe to call twice."""
    if is_needed(digest):
        return
    filestore.discard(digest)
    for copy in filestore.copies().glob(f"{digest}*"):
        copy.unlink(missing_ok=True)


def carry_out(run: JobRun) -> None:
    """The worker's half; it is tried again until the store answers."""
    discard(run.payload["digest"])
