"""The wall clock of a search: what is spent, what is left, and when to stop."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

LONGEST_START = 60.0  # a process that is older was not started for this search
REPORT_SHARE = 0.3  # of the budget that the report may take at most
SLOWEST = 3.0  # times
JOINING_SHARE = 0.15  # of the budget that a vote of the models may take
START_SHARE = 0.1  # of the budget that loading the libraries may take from the search


class OutOfTime(Exception):
    """A unit of work was given up because the budget ends or a stop was asked for."""


def process_started(budget: float) -> float:
    """When this process began, on the clock of ``time.monotonic()``; now where the system does not tell.

    Loading the libraries is time that a person waits for, so it belongs to the budget; but not
    more than a tenth of it, or a busy machine would leave a small search with nothing.
    """
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return time.monotonic()
    return time.monotonic() - (min(age, START_SHARE * budget) if 0 <= age <= LONGEST_START else 0.0)


class Clock:
    """Counts the budget, across restarts, and hears SIGTERM.

    Parameters
    ----------
    budget : float
        Seconds of wall clock for everything.
    spent : float
        Seconds already used by earlier runs of the same search.
    started : float
        ``time.monotonic()`` of when this run began (imports count).
    """

    def __init__(self, budget: float, spent: float = 0.0, started: float | None = None) -> None:
        self.budget = budget
        self.spent_before = spent
        self.started = time.monotonic() if started is None else started
        self.stop_asked = False
        self.joining = self.layering = 0.0
        self.slowness = 1.0

    @property
    def elapsed(self) -> float:
        """Seconds used so far, earlier runs included."""
        return self.spent_before + time.monotonic() - self.started

    @property
    def report(self) -> float:
        """Seconds kept for the report at the end; more on a machine that has shown to be slow."""
        return min((min(0.12 * self.budget, 25.0) + 0.4) * self.slowness, REPORT_SHARE * self.budget)

    @property
    def reserve(self) -> float:
        """Seconds kept for all that comes after training: a second layer, joining models, and the report."""
        return self.report + self.layering + min(self.joining, JOINING_SHARE * self.budget)

    @property
    def left(self) -> float:
        """Seconds left for training; negative when over, zero once a stop was asked for."""
        if self.stop_asked:
            return 0.0
        return self.budget - self.reserve - self.elapsed

    def measured(self, seconds: float, usual: float) -> None:
        """Something that usually takes ``usual`` took ``seconds``: the machine is so much slower."""
        self.slowness = min(max(1.0, seconds / usual), SLOWEST)

    def keep_for_joining(self, seconds: float, layering: float = 0.0) -> None:
        """Keep so many seconds for a vote of the models found, and for a layer above them."""
        self.joining, self.layering = seconds, layering

    def listen(self) -> None:
        """From now on SIGTERM means: stop early and finish with the best so far."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._stop)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stop_asked = True

    def check(self) -> None:
        """Give up the running unit when there is no time left.

        Raises
        ------
        OutOfTime
            When the budget is used or a stop was asked for.
        """
        if self.left <= 0:
            raise OutOfTime


class Until(Clock):
    """A clock that knows only how many seconds are left: other machines count from another start.

    Parameters
    ----------
    wanted : callable
        Whether somebody still waits for the answer; nothing is left as soon as nobody does.
    """

    def __init__(self, seconds: float, wanted: Callable[[], bool] = lambda: True) -> None:
        super().__init__(max(seconds, 0.0))
        self.wanted = wanted

    @property
    def left(self) -> float:
        """Seconds left."""
        return self.budget - self.elapsed if self.wanted() else 0.0
