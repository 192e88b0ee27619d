"""The folders of a machine stay small, and what is in use stays."""

import os
import time

from portal.core import filestore, sweeping

OLD = 2 * 86400


def aged(path, seconds, content=b"x" * 100):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (time.time() - seconds,) * 2)
    return path


def test_the_copies_used_longest_ago_go_until_the_bound_holds(settings):
    settings.COPIES_BYTES = 250
    oldest, older, old, new = (
        aged(filestore.copies() / str(age), age) for age in (OLD, OLD - 100, OLD - 200, 60)
    )

    assert sweeping.sweep() == 2
    assert [path.exists() for path in (oldest, older, old, new)] == [False, False, True, True]


def test_a_copy_that_may_be_in_use_stays_above_the_bound(settings):
    settings.COPIES_BYTES = 0
    used = aged(filestore.copies() / "a", 3600)

    assert sweeping.sweep() == 0 and used.exists()


def test_using_a_copy_keeps_it(settings, tmp_path):
    settings.COPIES_BYTES = 0
    (tmp_path / "table").write_bytes(b"rows")
    copy = filestore.cached(filestore.store(tmp_path / "table"))
    os.utime(copy, (time.time() - OLD,) * 2)

    filestore.cached(copy.name)

    assert sweeping.sweep() == 0 and copy.read_bytes() == b"rows"


def test_what_a_killed_process_left_goes_after_a_day(settings):
    left = aged(settings.VAR / "work" / "tmpleft" / "table", 0).parent
    at_work = aged(settings.VAR / "work" / "tmpbusy" / "table", 0).parent
    part = aged(filestore.copies() / ".abc.part", OLD)
    os.utime(left, (time.time() - OLD,) * 2)

    assert sweeping.sweep() == 2
    assert not left.exists() and not part.exists() and at_work.exists()
