"""Processes that do the units of a search, so that each can be ended at any moment.

A library call that runs for minutes hears neither the clock nor a stop, and one that takes too much
memory takes its process along. So the search itself never trains: it forks workers, hands them one
unit at a time and ends those that are late. Whatever happens in a worker, the search goes on.
The search's own process never enters parallel (OpenMP) code before its last fork: such a process
could not be forked without its children waiting for threads that do not exist there.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from automl.limits import limit_growth
from automl.search.clock import Clock, OutOfTime

LOOK = 0.1  # seconds between two looks at the clock
KILLED_FOR_MEMORY = (-signal.SIGKILL, -signal.SIGABRT, -signal.SIGBUS)


class UnitFailed(Exception):
    """A unit ended without an answer; ``why`` is ``memory``, ``disk``, ``crash`` or ``error``."""

    def __init__(self, why: str, error: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.error = error


class Worker:
    """One forked process with a pipe; it inherits ``subject`` and does units for it.

    Parameters
    ----------
    subject : Any
        The first argument of every unit; copied by the fork, never sent.
    threads : int
        Threads of the numeric libraries inside.
    memory_mb : int, optional
        How far the process may grow beyond what it inherits.
    """

    def __init__(self, subject: Any, threads: int = 1, memory_mb: int | None = None) -> None:
        fork = multiprocessing.get_context("fork")
        self.channel, theirs = fork.Pipe()
        arguments = (theirs, self.channel, subject, threads, memory_mb)
        self.process = fork.Process(target=_serve, args=arguments, daemon=True)
        self.process.start()
        theirs.close()
        self.busy = False

    def ask(self, unit: Callable[..., Any], *arguments: Any) -> None:
        """Hand over a unit: a function of a module, and what it takes beside the subject."""
        self.channel.send((unit, arguments))
        self.busy = True

    def ready(self, seconds: float = 0.0) -> bool:
        """Whether there is an answer, or an end, within so many seconds."""
        return bool(self.channel.poll(seconds))

    def answer(self) -> Any:
        """The answer that ``ready`` announced.

        Raises
        ------
        UnitFailed
            When the unit failed or its process died.
        OutOfTime
            When the unit itself noticed that time is over.
        """
        self.busy = False
        try:
            fine, content = self.channel.recv()
        except (EOFError, OSError):
            self.process.join(5)
            code = self.process.exitcode
            self.end()
            raise UnitFailed("memory" if code in KILLED_FOR_MEMORY else "crash") from None
        if fine:
            return content
        if content[0] == "time":
            raise OutOfTime
        raise UnitFailed(*content)

    @property
    def alive(self) -> bool:
        """Whether it can take another unit."""
        return not self.channel.closed and self.process.is_alive()

    def end(self) -> None:
        """Leave nothing running; ending twice does no harm."""
        with contextlib.suppress(OSError, ValueError):
            self.process.kill()
        self.process.join(5)
        self.channel.close()
        self.busy = False


def finish(worker: Worker, clock: Clock, until: float | None = None) -> Any:
    """Wait for a worker's unit as long as the clock allows; a worker that is late is ended.

    Parameters
    ----------
    until : float, optional
        ``clock.elapsed`` to wait for in place of the end of training; a stop still ends it.

    Raises
    ------
    OutOfTime, UnitFailed
        See ``Worker.answer``.
    """
    while not worker.ready(LOOK):
        late = clock.left <= 0 if until is None else clock.elapsed > until or clock.stop_asked
        if late:
            worker.end()
            raise OutOfTime
    return worker.answer()


def _serve(channel: Connection, other: Connection, subject: Any, threads: int, memory_mb: int | None) -> None:
    """The life of a worker: units one by one until the pipe closes."""
    other.close()
    _settle(threads, memory_mb)
    while True:
        try:
            unit, arguments = channel.recv()
        except (EOFError, OSError):
            os._exit(0)
        answer = outcome(unit, subject, arguments)
        try:
            channel.send(answer)
        except OSError:
            os._exit(0)


def _settle(threads: int, memory_mb: int | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the search decides when a worker ends
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # dies with the search, even a killed one
    from threadpoolctl import threadpool_limits

    threadpool_limits(limits=max(1, threads))
    limit_growth(memory_mb)


def outcome(unit: Callable[..., Any], subject: Any, arguments: tuple[Any, ...]) -> tuple[bool, Any]:
    """Do a unit: whether it was done, and its answer or the reason why not."""
    try:
        return True, unit(subject, *arguments)
    except OutOfTime:
        return False, ("time", "")
    except MemoryError:
        return False, ("memory", "")
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return False, ("disk" if full else "error", type(error).__name__)
    except Exception as error:  # noqa: BLE001 - any library may fail in any way on any table
        memory = "alloc" in str(error).lower() and "bad" in str(error).lower()
        return False, ("memory" if memory else "error", type(error).__name__)
