"""Whether the database refused because somebody else is at work: that passes, and one tries again."""

import sqlite3

from django.db import OperationalError

# lock_not_available, deadlock_detected, serialization_failure
SQLSTATES = frozenset({"55P03", "40P01", "40001"})
SQLITE_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
PRIMARY = 0xFF  # SQLite's extended codes keep the plain one in their lowest byte


def is_wait(problem: OperationalError) -> bool:
    """
    True for a lock not had in time, a deadlock and a failed serialization; told by codes, never by words.

    A full disk, a lost connection or a missing table is an `OperationalError` too and does not pass by itself.
    """
    driver = problem.__cause__
    code = getattr(driver, "sqlite_errorcode", None)
    if code is not None:
        return code & PRIMARY in SQLITE_CODES
    return getattr(driver, "sqlstate", None) in SQLSTATES
