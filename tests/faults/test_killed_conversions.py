"""A worker that is killed while it converts a table: nothing half is seen, nothing is lost, the next one does it whole."""

import json
import subprocess
import sys
import time

import pytest
from django.conf import settings

from portal.core.management.commands.soak import TIMETABLE

pytestmark = pytest.mark.faults
ROWS = 400_000


def act(yard, *words):
    """One command of table_process in this portal."""
    command = [sys.executable, "-m", "tests.faults.table_process", *words]
    ended = subprocess.run(command, cwd=settings.ROOT, env=yard.variables, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr[-3000:]
    return ended.stdout


def look(yard):
    return json.loads(act(yard, "look").splitlines()[-1])


def kill_at(yard, percent, attempt):
    """The worker dies, with all its processes, while the job is at this step."""
    yard.start_worker("one")
    if TIMETABLE not in yard.workers:
        yard.start_timetable()
    act(yard, "wait", str(percent), str(attempt))
    yard.kill_group("one")
    return look(yard)


def finish(yard):
    """A new worker; what stands when the job is over."""
    yard.start_worker("one")
    end = time.monotonic() + 120
    while (seen := look(yard))["job"] in {"queued", "running"} and time.monotonic() < end:
        time.sleep(1)
    return seen


@pytest.fixture
def file(tmp_path_factory):
    """A table that takes some seconds to read and to describe."""
    path = tmp_path_factory.mktemp("brought") / "long.csv"
    rows = "".join(f"{n},{n * 7 % 1000 / 10},place {n % 97},{n % 2}\n" for n in range(ROWS))
    path.write_text("n,size,place,kind\n" + rows)
    return path


def assert_nothing_half(seen):
    assert (seen["job"], seen["state"], seen["has_table"]) == ("running", "checking", False), seen
    assert (seen["accepted"], seen["told"], seen["rows"]) == (0, 0, 0), seen


def assert_done_once(seen, rows, attempt):
    assert (seen["job"], seen["state"], seen["rows"], seen["has_table"]) == ("done", "ready", rows, True), (
        seen
    )
    assert (seen["accepted"], seen["told"], seen["attempt"]) == (1, 1, attempt), seen
    assert seen["audit_sound"] and not seen["parts"], seen


def test_an_upload_whose_worker_dies_while_reading_and_while_describing_is_read_whole_by_the_third(
    yard, file
):
    act(yard, "bring", str(file))

    assert_nothing_half(kill_at(yard, 10, 1))
    assert_nothing_half(kill_at(yard, 50, 2))

    assert_done_once(finish(yard), ROWS, 3)


def test_a_recipe_whose_worker_dies_while_it_plays_is_played_whole_by_the_next(yard, file):
    act(yard, "recipe", str(file))

    assert_nothing_half(kill_at(yard, 10, 1))

    assert_done_once(finish(yard), ROWS - 100, 2)


def test_an_upload_whose_workers_die_each_time_fails_in_words_and_is_not_tried_for_ever(yard, file):
    act(yard, "bring", str(file))
    for attempt in (1, 2, 3):
        kill_at(yard, 10, attempt)

    end = time.monotonic() + 60
    while (seen := look(yard))["job"] == "running" and time.monotonic() < end:
        yard.keep_workers()
        time.sleep(1)

    assert (seen["job"], seen["attempt"]) == ("failed", 3), seen
    assert not seen["has_table"] and seen["accepted"] == 0 and seen["told"] == 1 and seen["audit_sound"], seen
