"""A whole portal as `run.py up` starts it (web server, workers, timetable), in a folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
QUICK_LEASE = {
    "AGORA_JOB_LEASE_SECONDS": "4",
    "AGORA_JOB_HEARTBEAT_SECONDS": "1",
    "AGORA_JOB_REAP_SECONDS": "1",
    "AGORA_READING_PERCENT": "0",  # the people of the walk read at once
}


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Stack:
    """The running portal: `url`, its folder, its processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        own = {"AGORA_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "portal.settings"}
        self.variables = {**os.environ, **QUICK_LEASE, **own, "AGORA_BASE_URL": self.url}
        for name in ("DATABASE_URL", "BROKER_URL"):  # as on a machine where nothing is set
            self.variables.pop(name, None)
        self.process: subprocess.Popen[bytes] | None = None

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of this portal."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.variables, capture_output=True, text=True)

    def prepare(self) -> None:
        """Tables and people."""
        self.manage("migrate", "--verbosity", "0").check_returncode()
        command = [sys.executable, "-m", "tests.walk.cast"]
        subprocess.run(command, cwd=ROOT, env=self.variables, check=True, capture_output=True)

    def give_right(self, first_name: str, code: str) -> None:
        """A credential, for a test that is not about learning."""
        command = [sys.executable, "-m", "tests.walk.cast", first_name, code]
        subprocess.run(command, cwd=ROOT, env=self.variables, check=True, capture_output=True)

    def start(self) -> None:
        """`manage.py up`, until it answers."""
        command = [sys.executable, "manage.py", "up", "--no-demo", "--port", str(self.port)]
        with (self.folder / "up.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.variables, stdout=log, stderr=log)
        self.wait_until(self.answers, 90)

    def answers(self) -> bool:
        """Whether the web server does."""
        try:
            with urlopen(f"{self.url}/healthz", timeout=5) as answer:  # noqa: S310  our own address
                return int(answer.status) == 200
        except (URLError, OSError):
            return False

    def wait_until(self, true: object, seconds: float) -> None:
        """Until the callable says yes; the log of the portal otherwise."""
        assert callable(true)
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                raise AssertionError(f"waited {seconds} s for {true}\n{self.log()}")
            time.sleep(0.3)

    def log(self) -> str:
        """The last lines the portal wrote."""
        return (self.folder / "up.log").read_text(errors="replace")[-4000:]

    def worker(self, name: str) -> list[int]:
        """The processes of one worker: main process first, then its pool."""
        assert self.process is not None
        mains = [pid for pid in below(self.process.pid) if f"{name}@portal" in words(pid)]
        return [each for pid in mains for each in (pid, *below(pid))]

    def kill_worker(self, name: str) -> int:
        """SIGKILL to the worker and all that it started, at once; how many processes there were."""
        processes = self.worker(name)
        for pid in processes:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        return len(processes)

    def stop(self) -> None:
        """In good order."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def below(pid: int) -> list[int]:
    """Children, and theirs; each before those it started."""
    found: list[int] = []
    try:
        own = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return found
    for child in map(int, own):
        found += [child, *below(child)]
    return list(dict.fromkeys(found))


def words(pid: int) -> str:
    """The command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
