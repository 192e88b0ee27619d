"""Between "nothing needs these bytes" and their removal nobody loses bytes that he has just stored."""

import os
import threading
import time
from contextlib import suppress

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction

from portal.core import filestore
from portal.core.models import User
from portal.core.services import stored_files
from tests.people import person

pytestmark = pytest.mark.django_db(transaction=True)


def kept(tmp_path, content=b"rows"):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    return filestore.store(path)


@pytest.fixture
def named(monkeypatch):
    """A kind of row that names files: somebody whose job title is a digest."""
    monkeypatch.setattr(
        stored_files, "holders", [lambda digest: User.objects.filter(job_title=digest[:50]).exists()]
    )
    return person("Nora")


def beside(act):
    """In a thread of its own, with a connection of its own."""

    def whole():
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=whole, daemon=True)
    thread.start()
    return thread


def name(user, digest):
    User.objects.filter(pk=user.pk).update(job_title=digest[:50])


def test_who_lets_go_waits_for_who_names_the_bytes_and_then_keeps_them(named, tmp_path):
    digest = kept(tmp_path)
    with transaction.atomic():
        stored_files.hold(digest)
        going = beside(lambda: stored_files.let_go(digest))
        going.join(0.5)
        assert going.is_alive() and filestore.holds(digest)
        name(named, digest)
    going.join(20)

    assert not going.is_alive() and filestore.holds(digest)


def test_who_names_the_bytes_waits_for_who_lets_go_and_then_hears_that_they_went(
    named, tmp_path, monkeypatch
):
    digest, removing, heard = kept(tmp_path), threading.Event(), []
    remove = filestore.discard

    def slowly(digest):
        removing.set()
        time.sleep(0.5)
        remove(digest)

    monkeypatch.setattr(filestore, "discard", slowly)
    going = beside(lambda: stored_files.discard(digest))
    assert removing.wait(20)
    with pytest.raises(filestore.JustRemoved), transaction.atomic():
        heard.append(filestore.holds(digest))
        stored_files.hold(digest)
    going.join(20)

    User.objects.get(pk=named.pk, job_title="")  # nothing was written
    assert kept(tmp_path) == digest and filestore.holds(digest)


def test_of_many_who_store_and_let_go_at_once_no_named_bytes_are_lost(named, tmp_path):
    digest, until, enough, lost, done = kept(tmp_path), time.monotonic() + 60, threading.Event(), [], []

    def let_go():
        while not enough.is_set() and time.monotonic() < until:
            stored_files.discard(digest)
            time.sleep(0.002)  # or the database is never free for who keeps

    def keep():
        while len(done) < 20 and time.monotonic() < until:
            kept(tmp_path)
            with suppress(filestore.JustRemoved):
                with transaction.atomic():
                    stored_files.hold(digest)
                    name(named, digest)
                time.sleep(0.005)
                if not filestore.holds(digest):
                    lost.append(digest)
                done.append(digest)
                name(named, "")
        enough.set()

    threads = [beside(let_go), beside(let_go), beside(keep)]
    for thread in threads:
        thread.join(90)
    assert len(done) == 20 and not lost


def test_bytes_that_no_row_names_go_on_the_second_day_and_those_of_a_row_stay(named, tmp_path):
    orphan, new, held = kept(tmp_path, b"orphan"), kept(tmp_path, b"new"), kept(tmp_path, b"held")
    name(named, held)
    for digest in (orphan, held):
        os.utime(default_storage.path(filestore.address(digest)), (time.time() - 2 * 86400,) * 2)

    assert stored_files.sweep_orphans() == 1
    assert [filestore.holds(digest) for digest in (orphan, new, held)] == [False, True, True]


def test_bytes_are_held_only_inside_a_transaction(named, tmp_path):
    with pytest.raises(transaction.TransactionManagementError):
        stored_files.hold(kept(tmp_path))
