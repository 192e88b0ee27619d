"""The one clock of the portal, so that a story can be told at the time it happened."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta

from django.utils import timezone

_moved_to: ContextVar[Callable[[], datetime] | None] = ContextVar("clock_moved_to", default=None)


def now() -> datetime:
    """The present moment, aware; inside `at` the moment it was moved to."""
    moved = _moved_to.get()
    return moved() if moved else timezone.now()


def is_moved() -> bool:
    """Whether a story is being told, rather than happening now."""
    return _moved_to.get() is not None


def today() -> date:
    """The present day in the time zone of the person served."""
    return timezone.localdate(now())


@contextmanager
def at(moment: datetime, *, running: bool = False) -> Iterator[None]:
    """
    Tell what happens inside as if it were `moment` (the demo organisation's year, tests).

    The clock stands still there, or goes on from there when `running`, so that work has a duration.
    """
    began = time.monotonic()

    def moved() -> datetime:
        return moment + timedelta(seconds=time.monotonic() - began) if running else moment

    token = _moved_to.set(moved)
    try:
        yield
    finally:
        _moved_to.reset(token)
