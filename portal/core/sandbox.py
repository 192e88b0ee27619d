"""Runs the engine in a disposable child: limited, without network where the machine allows it."""

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

GRACE_SECONDS = 10


@dataclass(frozen=True)
class Outcome:
    """How a child ended. `reason` is "", "timeout", "stopped" or "crashed"."""

    code: int
    reason: str
    stderr_tail: str
    isolation: str


@cache
def isolation() -> str:
    """
    The strongest wall this machine offers: "bwrap", "unshare" or "limits".

    Tried for real, because namespaces are often present and forbidden.
    """
    with tempfile.TemporaryDirectory(prefix="agora-wall-") as place:
        for degree in ("bwrap", "unshare"):
            if shutil.which(degree) and stands(degree, Path(place)):
                return degree
    return "limits"


def stands(degree: str, place: Path) -> bool:
    """Whether the engine starts behind this wall and can write where it should."""
    proof = place / degree
    program = f"import automl, pathlib; pathlib.Path({str(proof)!r}).touch()"
    command = [*wall(degree, [], place), sys.executable, "-c", program]
    done = subprocess.run(
        command, capture_output=True, timeout=60, check=False, cwd=settings.ROOT, env=environment()
    )
    return done.returncode == 0 and proof.exists()


def wall(degree: str, readable: Sequence[Path], writable: Path | None) -> list[str]:
    """The command that goes before the child's own."""
    if degree == "unshare":
        return ["unshare", "--user", "--map-root-user", "--net"]
    if degree != "bwrap":
        return []
    # As process 1 the engine hears our signals itself; bubblewrap's own would die of them and take it along.
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--as-pid-1", "--clearenv"]
    for name in ("PATH", "LANG"):
        command += ["--setenv", name, os.environ.get(name, "C.UTF-8")]
    for name, value in threads().items():
        command += ["--setenv", name, value]
    command += ["--setenv", "HOME", "/tmp", "--setenv", "PYTHONDONTWRITEBYTECODE", "1"]  # nosec B108  the child's own empty /tmp
    # First the empty /tmp: the portal itself may stand below it, and must not vanish under it.
    command += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]  # nosec B108
    system = ["/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime"]
    for place in dict.fromkeys([*system, sys.base_prefix, sys.prefix, str(settings.ROOT / "automl")]):
        command += ["--ro-bind-try", place, place]
    for path in readable:
        command += ["--ro-bind", str(path), str(path)]
    if writable:
        command += ["--bind", str(writable), str(writable)]
    return [*command, "--chdir", str(settings.ROOT)] if writable else command


def threads() -> dict[str, str]:
    """One thread per numeric library: jobs run beside each other."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "LOKY_MAX_CPU_COUNT")
    return dict.fromkeys(names, "1")


def die_with_parent() -> None:
    """Linux: a child whose worker was killed ends too, instead of training for nobody."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Child:
    """A walled process: the wall itself, and behind it the engine, which has a process number of its own."""

    def __init__(self, process: "subprocess.Popen[bytes]", inner: int | None) -> None:
        self.process = process
        self.inner = inner
        self.lock = threading.Lock()

    def signal(self, number: int) -> None:
        """Tell the engine, or all that was started when no wall hides it."""
        with self.lock, contextlib.suppress(ProcessLookupError):
            if self.inner is None:
                os.killpg(self.process.pid, number)
            else:
                signal.pidfd_send_signal(self.inner, number)

    def end(self) -> None:
        """Leave nothing running: process 1 takes its whole namespace along. Ending twice does no harm."""
        self.signal(signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        with self.lock:
            if self.inner is not None:
                os.close(self.inner)
            self.inner = None


def start(
    arguments: Sequence[str], *, readable: Sequence[Path], writable: Path, stdin: int, stderr: Any
) -> Child:
    """
    Start `python -m automl <arguments>` behind the wall; its standard output is a pipe.

    Returns when the process behind the wall exists and can be ended for sure: one that is killed
    while bubblewrap still sets it up would wait for its wall for ever.
    """
    degree = isolation()
    told, tells = os.pipe()
    try:
        report = ["--info-fd", str(tells)] if degree == "bwrap" else []
        before = wall(degree, readable, writable)
        process = subprocess.Popen(
            [*before[:1], *report, *before[1:], sys.executable, "-m", "automl", *arguments],
            stdout=subprocess.PIPE,
            stderr=stderr,
            stdin=stdin,
            cwd=settings.ROOT,
            env=environment(),
            start_new_session=True,
            preexec_fn=die_with_parent,
            pass_fds=[tells] if report else [],
        )
        os.close(tells)
        tells = -1
        inner = process_behind(told) if report else None
    finally:
        os.close(told)
        if tells >= 0:
            os.close(tells)
    return Child(process, inner)


def process_behind(told: int) -> int | None:
    """A handle of the process bubblewrap reports, which no later process can inherit; None when it failed."""
    text = b""
    while b"}" not in text:
        part = os.read(told, 4096)
        if not part:
            return None
        text += part
    with contextlib.suppress(ProcessLookupError):
        return os.pidfd_open(json.loads(text)["child-pid"])
    return None


def environment() -> dict[str, str]:
    """What the child may know: no database address, no broker, no keys."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
    return {**kept, **threads(), "PYTHONDONTWRITEBYTECODE": "1", "HOME": tempfile.gettempdir()}


def run(
    arguments: Sequence[str],
    *,
    readable: Sequence[Path],
    writable: Path,
    seconds: float,
    on_event: Callable[[dict[str, Any]], None] | None = None,
    must_stop: Callable[[], bool] = lambda: False,
    grace: float = GRACE_SECONDS,
) -> Outcome:
    """
    Run `python -m automl <arguments>` and hand each JSON line it prints to `on_event`.

    The child sees only `readable` and `writable`. After `seconds`, or when `must_stop()`,
    it gets SIGTERM and `grace` seconds later SIGKILL, with everything it started.
    """
    with tempfile.TemporaryFile() as errors:
        child = start(
            arguments, readable=readable, writable=writable, stdin=subprocess.DEVNULL, stderr=errors
        )
        reason: list[str] = []
        watcher = threading.Thread(target=watch, args=(child, seconds, must_stop, reason, grace), daemon=True)
        watcher.start()
        try:
            read_events(child.process, on_event)
            code = child.process.wait()
        finally:
            child.end()
            watcher.join()
        errors.seek(0, os.SEEK_END)
        errors.seek(max(0, errors.tell() - 4000))
        tail = errors.read().decode(errors="replace")
    return Outcome(code, reason[0] if reason else ("" if code == 0 else "crashed"), tail, isolation())


def read_events(child: "subprocess.Popen[bytes]", on_event: Callable[[dict[str, Any]], None] | None) -> None:
    """Hand over each line that is a JSON object; anything else is chatter."""
    assert child.stdout is not None  # noqa: S101  it was asked for as a pipe
    for line in child.stdout:
        if on_event is None:
            continue
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            on_event(event)


def watch(
    child: Child,
    seconds: float,
    must_stop: Callable[[], bool],
    reason: list[str],
    grace: float = GRACE_SECONDS,
) -> None:
    """End the child when its time is over or a stop is asked for."""
    until = time.monotonic() + seconds
    while child.process.poll() is None:
        if time.monotonic() > until or must_stop():
            reason.append("timeout" if time.monotonic() > until else "stopped")
            child.signal(signal.SIGTERM)
            try:
                child.process.wait(grace)
            except subprocess.TimeoutExpired:
                child.end()
            return
        time.sleep(0.2)
