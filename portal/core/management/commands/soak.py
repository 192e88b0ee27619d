"""Kill workers at random while jobs run, then count: none lost, none doubled."""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from portal.core.models import AuditEvent, Job, JobEffect
from portal.core.services import audit, audit_heads, jobs

WORKERS = ("one", "two")
TIMETABLE = "timetable"
MARK = "yard"  # a folder without it is somebody's portal
QUICK_LEASE = {
    "AGORA_JOB_LEASE_SECONDS": "3",
    "AGORA_JOB_HEARTBEAT_SECONDS": "1",
    "AGORA_JOB_REAP_SECONDS": "1",
}


class Yard:
    """A portal of its own in a folder: its database, its broker, its workers."""

    def __init__(self, folder: Path, database: str = "", **variables: str) -> None:
        self.folder = folder
        self.variables = {**os.environ, **QUICK_LEASE, "AGORA_VAR": str(folder)}
        self.variables["DATABASE_URL"] = database or f"sqlite:///{folder / 'agora.sqlite3'}"
        self.variables["BROKER_URL"] = "durablefs://"
        self.variables.update(variables)
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        (folder / MARK).touch()

    def manage(self, *arguments: str) -> str:
        """Run a Django command in this portal; what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        ended = subprocess.run(command, cwd=settings.ROOT, env=self.variables, capture_output=True, text=True)
        if ended.returncode:
            raise CommandError(ended.stderr[-3000:])
        return ended.stdout

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a Django command and go on."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments], cwd=settings.ROOT, env=self.variables
        )

    def start_worker(self, name: str) -> None:
        """A worker with two pool children, in a process group of its own."""
        pool = ["-n", f"{name}@soak", "-Q", "quick", "-P", "prefork", "-c", "2"]
        self.start(name, "worker", *pool, "--without-gossip", "--without-mingle")

    def start_timetable(self) -> None:
        """A process of its own, as in `up`: one inside a worker dies without anybody noticing."""
        self.start(TIMETABLE, "beat", "-s", str(self.folder / "timetable"), "--pidfile=")

    def start(self, name: str, *arguments: str) -> None:
        """One Celery program under a name, with its log."""
        celery = [sys.executable, "-m", "celery", "-A", "portal"]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.workers[name] = subprocess.Popen(
                [*celery, *arguments, "-l", "ERROR"],
                cwd=settings.ROOT,
                env=self.variables,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill_group(self, name: str) -> None:
        """A worker or the timetable at once and whole, as a machine that loses its power."""
        worker = self.workers[name]
        try:
            os.killpg(worker.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        finally:
            worker.wait()

    def kill_child(self, name: str, chance: random.Random) -> bool:
        """One process of a worker's pool; whether there was one."""
        main = self.workers[name].pid
        pids = [int(pid) for pid in Path(f"/proc/{main}/task/{main}/children").read_text().split()]
        if pids:
            os.kill(chance.choice(pids), signal.SIGKILL)
        return bool(pids)

    def keep_workers(self) -> None:
        """Start again what has ended."""
        for name in (*WORKERS, TIMETABLE):
            process = self.workers.get(name)
            if process is None or process.poll() is not None:
                self.start_timetable() if name == TIMETABLE else self.start_worker(name)

    def account(self) -> dict[str, Any]:
        """What the tables say now."""
        return dict(json.loads(self.manage("soak", "account").splitlines()[-1]))

    def wait_until_done(self, seconds: float) -> dict[str, Any]:
        """Until every job is over, or the time is."""
        end = time.monotonic() + seconds
        while True:
            count = self.account()
            if count["unfinished"] == 0 or time.monotonic() > end:
                return count
            self.keep_workers()
            time.sleep(1)

    def close(self) -> None:
        """End every worker and the timetable."""
        for name in self.workers:
            self.kill_group(name)


def strike(yard: Yard, kills: int, chance: random.Random, pause: float) -> Counter[str]:
    """At random moments kill pool children (six of ten), whole workers (three) and the timetable (one)."""
    done: Counter[str] = Counter()
    while done.total() < kills:
        time.sleep(chance.uniform(0.3, 1.7) * pause)
        yard.keep_workers()
        name, lot = chance.choice(WORKERS), chance.random()
        if lot < 0.1:
            yard.kill_group(TIMETABLE)
            done["timetable"] += 1
        elif lot < 0.4:
            yard.kill_group(name)
            done["whole worker"] += 1
        elif yard.kill_child(name, chance):
            done["pool child"] += 1
    yard.keep_workers()
    return done


def soak(
    yard: Yard, *, number: int, kills: int, seed: int, say: Callable[[str], Any] = print
) -> dict[str, Any]:
    """Jobs arrive while workers die; returns the account after all is quiet again."""
    chance, pause = random.Random(seed), 1.0  # nosec B311 - moments of killing, no secret
    yard.manage("migrate", "--verbosity", "0")
    yard.keep_workers()
    seeding = yard.begin("soak", "seed", "--jobs", str(number), "--over", str(kills * pause * 1.3))
    try:
        done = strike(yard, kills, chance, pause)
        say(f"killed: {dict(done)}")
        if seeding.wait(120):
            raise CommandError("The jobs could not be queued.")
        return yard.wait_until_done(90)
    finally:
        seeding.kill()
        yard.close()


def verdict(count: dict[str, Any], number: int) -> list[str]:
    """What is wrong with an account of `number` jobs; empty when it is exact."""
    problems = []
    expected = {"done": number, "unfinished": 0, "effects": number, "queued_events": number}
    expected |= {"done_events": number, "jobs_with_done_event": number}
    for name, wanted in expected.items():
        if count[name] != wanted:
            problems.append(f"{name} is {count[name]}, not {wanted}")
    if not count["audit_sound"]:
        problems.append(f"the audit chain is broken: {count['audit_problem']}")
    return problems


def seed_jobs(number: int, over: float, seconds: float) -> float:
    """Queue jobs, half of them at once, the rest spread over some seconds; the longest queueing."""
    if not (settings.VAR / MARK).exists():
        raise CommandError(f"{settings.VAR} is not a test folder: no probe jobs there.")
    at_once = number // 2
    longest = 0.0
    _ = current_app.connection_for_write().transport  # a web process has loaded it long before
    for index in range(number):
        began = time.monotonic()
        jobs.enqueue("demo.probe", payload={"seconds": seconds}, label=f"Probe {index}", by=None)
        longest = max(longest, time.monotonic() - began)
        if index >= at_once:
            time.sleep(over / (number - at_once))
    return longest


def account() -> dict[str, Any]:
    """Count jobs, effects and events, and verify the chain with its exported heads."""
    found = audit.verify(audit_heads.known())
    done = AuditEvent.objects.filter(verb="job.done")
    return {
        "done": Job.objects.filter(state=Job.State.DONE).count(),
        "unfinished": Job.objects.unfinished().count(),
        "effects": JobEffect.objects.count(),
        "queued_events": AuditEvent.objects.filter(verb="job.queued").count(),
        "done_events": done.count(),
        "jobs_with_done_event": done.values("target_id").distinct().count(),
        "begun_again": Job.objects.filter(attempt__gt=1).count(),
        "most_attempts": max(Job.objects.values_list("attempt", flat=True), default=0),
        "audit_sound": found.sound,
        "audit_problem": found.problem,
        "audit_events": found.count,
    }


class Command(BaseCommand):
    """`manage.py soak`: always on a folder of its own, never on the portal's data."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("step", nargs="?", default="run", choices=["run", "seed", "account"])
        parser.add_argument("--jobs", type=int, default=1000)
        parser.add_argument("--kills", type=int, default=200)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--over", type=float, default=0)
        parser.add_argument("--seconds", type=float, default=0.4)
        parser.add_argument("--database", default="", help="an empty database, as a URL; else SQLite")

    def handle(self, *, step: str, jobs: int, kills: int, seed: int, **options: Any) -> None:
        """Run the whole, or one of its steps inside the yard."""
        if step == "account":
            self.stdout.write(json.dumps(account()))
        elif step == "seed":
            longest = seed_jobs(jobs, options["over"], options["seconds"])
            self.stdout.write(json.dumps({"seconds": longest}))
        else:
            self.run_all(jobs, kills, seed, options["database"])

    def run_all(self, number: int, kills: int, seed: int, database: str) -> None:
        """Kill, wait, count, judge."""
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="agora-soak-", ignore_cleanup_errors=True) as folder:
            yard = Yard(Path(folder), database)
            count = soak(yard, number=number, kills=kills, seed=seed, say=self.stdout.write)
        self.stdout.write(json.dumps(count, indent=1))
        problems = verdict(count, number)
        if problems:
            raise CommandError("; ".join(problems))
        self.stdout.write(
            f"{number} jobs, {kills} kills, none lost, none doubled, {time.monotonic() - began:.0f} s"
        )
