"""No job is lost and none is done twice, whatever dies (quality rules 1, 6 and 10)."""

import json
import socket
import subprocess
import sys
import time

import pytest
from django.conf import settings

from portal.core.management.commands.soak import Yard, soak, verdict

pytestmark = pytest.mark.faults


def test_twenty_random_kills_lose_and_double_nothing(tmp_path, database):
    count = soak(Yard(tmp_path, database), number=100, kills=20, seed=7)

    print(count)
    assert verdict(count, 100) == []
    assert count["begun_again"] > 0, "no kill struck a running job: the test showed nothing"


def test_the_verdict_notices_a_lost_and_a_doubled_job():
    exact = dict.fromkeys(("done", "effects", "queued_events", "done_events", "jobs_with_done_event"), 10)
    exact |= {"unfinished": 0, "audit_sound": True, "audit_problem": ""}

    assert verdict(exact, 10) == []
    assert verdict(exact | {"done": 9, "unfinished": 1}, 10)
    assert verdict(exact | {"done_events": 11}, 10)
    assert verdict(exact | {"audit_sound": False}, 10)


def test_five_deliveries_of_each_bell_have_one_effect(yard):
    yard.manage("soak", "seed", "--jobs", "10", "--seconds", "0.05")
    waiting = yard.folder / "queue" / "waiting"
    bells = list(waiting.glob("*.quick.msg"))
    for bell in bells:
        for copy in range(4):
            bell.with_name(f"{copy}{bell.name}").write_text(bell.read_text())

    yard.start_worker("one")
    count = yard.wait_until_done(60)

    assert len(bells) == 10
    assert verdict(count, 10) == []


def test_a_queue_that_lost_every_message_is_rung_again(yard):
    yard.manage("soak", "seed", "--jobs", "5", "--seconds", "0.05")
    for bell in (yard.folder / "queue" / "waiting").glob("*.msg"):
        bell.unlink()

    yard.start_worker("one")
    count = yard.wait_until_done(60)

    assert verdict(count, 5) == []


def test_a_worker_that_is_asked_to_end_finishes_its_jobs_and_begins_no_more(yard):
    yard.manage("soak", "seed", "--jobs", "40", "--seconds", "0.5")
    yard.start_worker("one")
    while yard.account()["done"] < 2:
        time.sleep(0.2)

    yard.workers["one"].terminate()
    yard.workers["one"].wait(20)
    count = yard.account()

    assert count["begun_again"] == 0
    assert count["done"] == count["effects"] < 40
    assert count["unfinished"] == 40 - count["done"]


def claim_at_once(yard, processes):
    start_at = str(time.time() + 6)
    command = [sys.executable, "-m", "tests.faults.claim_process", start_at]
    running = [
        subprocess.Popen(command, cwd=settings.ROOT, env=yard.variables, stdout=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    answers = [process.communicate(timeout=120)[0].split() for process in running]
    assert [process.returncode for process in running] == [0] * processes
    return answers


def test_of_six_workers_each_job_is_claimed_by_one(tmp_path, database):
    yard = Yard(tmp_path, database, AGORA_JOB_LEASE_SECONDS="120")
    yard.manage("migrate", "--verbosity", "0")
    yard.manage("soak", "seed", "--jobs", "60")

    answers = claim_at_once(yard, 6)

    claimed = [key for keys in answers for key in keys]
    assert len(claimed) == 60
    assert len(set(claimed)) == 60
    assert sum(1 for keys in answers if keys) > 1, "one process took all: the race never happened"


@pytest.fixture
def frozen_broker():
    """A port that accepts connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        yield server.getsockname()[1]


def queue_one(yard):
    """Queue one job in a process of its own; how long the service took."""
    return json.loads(yard.manage("soak", "seed", "--jobs", "1").splitlines()[-1])["seconds"]


def test_a_broker_that_is_down_is_no_error_and_the_job_waits(yard):
    yard.variables["BROKER_URL"] = "redis://127.0.0.1:1/0"

    assert queue_one(yard) < 3
    assert yard.account()["unfinished"] == 1

    yard.variables["BROKER_URL"] = "durablefs://"
    yard.start_worker("one")
    assert verdict(yard.wait_until_done(60), 1) == []


def test_a_broker_that_hangs_holds_nobody_up(yard, frozen_broker):
    yard.variables["BROKER_URL"] = f"redis://127.0.0.1:{frozen_broker}/0"

    assert queue_one(yard) < 3
    assert yard.account()["unfinished"] == 1
