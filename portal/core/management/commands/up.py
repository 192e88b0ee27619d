"""Prepare the data folder and run web, worker and trainer as supervised children."""

import ctypes
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from typing import Any, TextIO

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command, get_commands
from django.utils.module_loading import import_string

from portal.core.models import User

GRACE_SECONDS = 25
PR_SET_PDEATHSIG = 1
ANY_ADDRESS = {"0.0.0.0", "::"}  # nosec B104 - compared, not bound
CELERY = ["celery", "-q", "-A", "portal", "worker", "-l", "WARNING", "--without-gossip", "--without-mingle"]
PRODUCTION = (
    "`up` is for trying the portal on one machine. In production the web server and the workers are "
    "services of their own (gunicorn portal.wsgi; celery -A portal worker): see docs/operations.md."
)


def die_with_parent() -> None:
    """In the child: a supervisor that is killed takes its children with it (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """One long-lived process, started again when it ends, later each time it fails at once."""

    def __init__(self, name: str, arguments: list[str]) -> None:
        self.name, self.arguments = name, arguments
        self.process: subprocess.Popen[bytes] | None = None
        self.failures, self.born, self.not_before = 0, 0.0, 0.0

    def look_after(self, out: Any) -> None:
        """Start it, or notice that it has ended."""
        if self.process is None:
            if time.monotonic() >= self.not_before:
                self.start()
        elif self.process.poll() is not None:
            lived = time.monotonic() - self.born
            self.failures = 0 if lived > 60 else self.failures + 1
            pause = min(30, 2**self.failures - 1)
            self.not_before = time.monotonic() + pause
            out.write(f"{self.name} ended ({self.process.returncode}); it starts again in {pause} s.")
            self.kill_group()  # what it left behind would hold the port and its messages
            self.process = None

    def start(self) -> None:
        """A session of its own: Ctrl-C reaches the supervisor only."""
        self.born = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", *self.arguments],
            cwd=settings.ROOT,
            preexec_fn=die_with_parent,
            start_new_session=True,
        )

    def terminate(self) -> None:
        """Ask the main process only: it ends its own children in good order."""
        if self.process is not None:
            self.process.terminate()

    def kill_group(self) -> None:
        """End what is left of it."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                return


def children(host: str, port: int) -> list[Child]:
    """
    The four processes of the embedded mode, under fixed names.

    The timetable is one of them: inside a worker (`-B`) it can die while the worker lives, and then
    nobody rings for what a dead worker held.
    """
    web = ["gunicorn", "portal.wsgi", "-b", f"{host}:{port}", "-k", "gthread", "-w", "1", "--threads", "8"]
    limits = ["--timeout", "120", "--graceful-timeout", "20", "--log-level", "warning"]
    quick = [*CELERY, "-n", "main@portal", "-Q", "quick", "-P", "threads", "-c", "4"]
    beat = ["celery", "-q", "-A", "portal", "beat", "-l", "WARNING", "--pidfile="]
    timetable = [*beat, "-s", str(settings.VAR / "timetable")]
    ml = [*CELERY, "-n", "ml@portal", "-Q", "ml", "-P", "prefork", "-c", "1", "--max-tasks-per-child", "20"]
    return [
        Child("web", [*web, *limits]),
        Child("worker", quick),
        Child("ml", ml),
        Child("timetable", timetable),
    ]


class Command(BaseCommand):
    """`manage.py up`: one command from an empty folder to a portal that runs."""

    help = __doc__
    requires_system_checks: list[str] = []  # the database is made below

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--no-demo", action="store_true", help="start without the demo organisation")

    def handle(self, *, host: str, port: int, no_demo: bool, **options: Any) -> None:
        """Prepare, start, watch, stop."""
        if settings.PRODUCTION:
            raise CommandError(PRODUCTION)
        lock = self.take_data_folder()
        self.refuse_taken_port(host, port)
        shown = "127.0.0.1" if host in ANY_ADDRESS else host
        os.environ.setdefault("AGORA_BASE_URL", f"http://{shown}:{port}")
        self.prepare(with_demo=not no_demo)
        self.watch(children(host, port), shown, port)
        lock.close()

    def take_data_folder(self) -> TextIO:
        """Two portals on one folder would share node names and messages."""
        lock = (settings.VAR / "up.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise CommandError(
                f"Agora already runs on {settings.VAR}. Stop it, or set AGORA_VAR."
            ) from problem
        return lock

    def refuse_taken_port(self, host: str, port: int) -> None:
        """Say so before anything starts."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as problem:
                if problem.errno == errno.EADDRINUSE:
                    raise CommandError(
                        f"Port {port} is in use. Choose another: --port {port + 1}."
                    ) from problem
                raise CommandError(f"Cannot listen on {host}:{port}: {problem.strerror}.") from problem

    def prepare(self, *, with_demo: bool) -> None:
        """Tables, static files, and at the very first start the demo organisation."""
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        if "load_curriculum" in get_commands():
            call_command("load_curriculum", verbosity=0)
        if with_demo and "demo" in get_commands() and not User.objects.exists():
            self.stdout.write("First start: setting up the demo organisation …")
            self.stdout.flush()
            call_command("demo", "--quick")

    def watch(self, family: list[Child], host: str, port: int) -> None:
        """Keep the children alive until somebody says stop."""
        stopping: list[int] = []
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda received, _frame: stopping.append(received))
        told = False
        try:
            while not stopping:
                for child in family:
                    child.look_after(self.stderr)
                if not told and self.answers(host, port):
                    told = True
                    self.tell(f"http://{host}:{port}/")
                time.sleep(0.3)
        finally:
            self.end(family)

    def end(self, family: list[Child]) -> None:
        """Stop in good order, and whatever does not, by force."""
        self.stdout.write("Stopping …")
        for child in family:
            child.terminate()
        end = time.monotonic() + GRACE_SECONDS
        for child in family:
            self.wait_for(child, end)
        self.stdout.write("Stopped.")

    def wait_for(self, child: Child, end: float) -> None:
        """Until it has ended, or the time of grace has."""
        if child.process is None:
            return
        try:
            child.process.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.stderr.write(f"{child.name} did not stop in {GRACE_SECONDS} s; it is ended.")
        child.kill_group()

    def answers(self, host: str, port: int) -> bool:
        """One request, so that the first person does not wait for templates to load."""
        connection = HTTPConnection(host, port, timeout=20)
        try:
            connection.request("GET", "/")
            return bool(connection.getresponse().read() or True)
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def tell(self, address: str) -> None:
        """Where it is, and who may sign in."""
        self.stdout.write(self.style.SUCCESS(f"\nAgora is ready: {address}"))
        try:
            table = import_string("portal.demo.logins.table")
        except ImportError:
            return
        here = set(
            User.objects.values_list("email", flat=True)
        )  # without the demo these people are not there
        for role, name, email, password in table():
            if email in here:
                self.stdout.write(f"  {role:22} {name:24} {email:40} {password}")
        self.stdout.write("Stop with Ctrl-C.")
        self.stdout.flush()
