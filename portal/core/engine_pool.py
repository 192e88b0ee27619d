"""
Engine children that stay: each holds one model in memory and answers one JSON line after another.

Per process, few, ended after a while of silence. The process that asks never loads a model: the
child verifies its digest before it does, and has neither network nor database.
"""

import atexit
import json
import queue
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from portal.core import sandbox

IDLE_SECONDS = 300
START_SECONDS = 60
ANSWER_SECONDS = 30
LOOK_SECONDS = 0.2

Request = dict[str, Any]
# Lays out what the child reads below a folder; gives the engine's arguments and the readable places.
Layout = Callable[[Path], tuple[list[str], list[Path]]]


class Busy(Exception):
    """The model does not answer in time; try again."""


class NotReady(Exception):
    """The child would not serve: its first line says why."""

    def __init__(self, said: Request) -> None:
        super().__init__("not ready")
        self.said = said


class Child:
    """One engine process with one model."""

    def __init__(self, layout: Layout, launcher: ThreadPoolExecutor) -> None:
        self.lock = threading.Lock()
        self.used_at = time.monotonic()
        self.lines: queue.Queue[Request | None] = queue.Queue()
        self.place = Path(tempfile.mkdtemp(prefix="agora-serve-"))
        try:
            arguments, readable = layout(self.place)
            (self.place / "work").mkdir()
            # Linux ends a child with the thread that began it, so a thread that stays begins it.
            self.child = launcher.submit(self.start, arguments, readable).result()
        except BaseException:
            shutil.rmtree(self.place, ignore_errors=True)
            raise
        threading.Thread(target=self.listen, daemon=True).start()
        try:
            self.greet()
        except BaseException:
            self.end()
            raise

    def start(self, arguments: list[str], readable: list[Path]) -> sandbox.Child:
        """The walled process."""
        return sandbox.start(
            arguments,
            readable=readable,
            writable=self.place / "work",
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def listen(self) -> None:
        """Turn lines into answers; the end of the stream is an answer too."""
        sandbox.read_events(self.child.process, self.lines.put)
        self.lines.put(None)

    def greet(self) -> None:
        """Wait until the model is loaded, or was refused."""
        try:
            first = self.lines.get(timeout=START_SECONDS)
        except queue.Empty:
            raise Busy("start") from None
        if first is None:
            raise Busy("crashed")
        if not first.get("ready"):
            raise NotReady(first)

    def ask(self, request: Request, seconds: float, must_stop: Callable[[], bool]) -> Request:
        """One request at a time; a child that is late or is told to stop is ended."""
        if not self.lock.acquire(timeout=seconds):
            raise Busy("queue")
        try:
            self.used_at = time.monotonic()
            pipe = self.child.process.stdin
            assert pipe is not None  # noqa: S101  asked for
            pipe.write(json.dumps(request).encode() + b"\n")
            pipe.flush()
            answer = self.wait(time.monotonic() + seconds, must_stop)
        except (OSError, queue.Empty):
            self.end()
            raise Busy("answer") from None
        finally:
            self.lock.release()
        if answer is None:
            self.end()
            raise Busy("crashed")
        return answer

    def wait(self, until: float, must_stop: Callable[[], bool]) -> Request | None:
        """The next line, while there is time and nobody wants it to stop."""
        while time.monotonic() < until and not must_stop():
            try:
                return self.lines.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                continue
        raise queue.Empty

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self.child.process.poll() is None

    def end(self) -> None:
        """Leave neither process nor files."""
        self.child.end()
        shutil.rmtree(self.place, ignore_errors=True)


class Pool:
    """The children of this process, by what they hold."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.lock = threading.Lock()
        self.children: dict[tuple[str, ...], Child] = {}
        self.launcher = ThreadPoolExecutor(1, thread_name_prefix="engine-launcher")
        self.watch: threading.Thread | None = None
        atexit.register(self.close)

    def answer(
        self,
        key: tuple[str, ...],
        layout: Layout,
        request: Request,
        *,
        seconds: float = ANSWER_SECONDS,
        must_stop: Callable[[], bool] = lambda: False,
    ) -> Request:
        """The engine's answer; raises `Busy` or `NotReady`."""
        return self.child(key, layout).ask(request, seconds, must_stop)

    def child(self, key: tuple[str, ...], layout: Layout) -> Child:
        """The child that holds this; the longest unused makes room."""
        with self.lock:
            held = self.children.get(key)
            if held and held.is_alive:
                return held
            self.children.pop(key, None)
            while len(self.children) >= self.most:
                oldest = min(self.children, key=lambda each: self.children[each].used_at)
                self.children.pop(oldest).end()
            self.children[key] = Child(layout, self.launcher)
            self.begin_watch()
            return self.children[key]

    def begin_watch(self) -> None:
        """One thread that ends what nobody uses."""
        if self.watch is None or not self.watch.is_alive():
            self.watch = threading.Thread(target=self.end_idle_forever, name="engine-idle", daemon=True)
            self.watch.start()

    def end_idle_forever(self) -> None:
        """Look twice a minute until nothing is left."""
        while self.children:
            time.sleep(30)
            self.end_idle()

    def end_idle(self, seconds: float = IDLE_SECONDS) -> None:
        """End children unused for so long."""
        with self.lock:
            for key in [
                key for key, child in self.children.items() if time.monotonic() - child.used_at > seconds
            ]:
                self.children.pop(key).end()

    def close(self) -> None:
        """End them all."""
        with self.lock:
            for child in self.children.values():
                child.end()
            self.children.clear()
