"""Chooses the SQLite library before Django imports one."""

import sys


def use_current_sqlite() -> None:
    """
    Put the bundled SQLite in place of the machine's, where its wheel is installed.

    SQLite 3.7.0 to 3.51.2 can corrupt a write-ahead log when two connections write and
    checkpoint at once, which is what web server and worker do; Debian 12 ships 3.40.
    """
    try:
        import pysqlite3
    except ImportError:
        return
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def wal_is_safe() -> bool:
    """Whether this SQLite has the fix of the WAL-reset race (3.51.3, 3.50.7, 3.44.6)."""
    import sqlite3

    version = sqlite3.sqlite_version_info
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
