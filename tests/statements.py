"""Which tests ask a database something that no other test asks.

Every test is asked of SQLite, and what it says to the database is kept (``--statements-to``). Of
PostgreSQL only as many are asked as are needed to say each of these statements once, and to let
each one fail that failed (``--statements-from``); with them all that run on real transactions or
kill processes, and all that were not asked before.
"""

import hashlib
import heapq
import json
import re
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.utils import CursorWrapper

ROWS = re.compile(r"(\([^()]*%s[^()]*\))(?:, \([^()]*%s[^()]*\))+")
LIST = re.compile(r"%s(?:, %s)+")
NUMBER = re.compile(r"\b\d+\b")
UNTOLD = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "PRAGMA")
OVERHEAD = 0.05  # seconds of a test that are not seen in its own time
Said = dict[str, tuple[float, frozenset[str]]]  # of each test: seconds and statements


def pytest_addoption(parser: pytest.Parser) -> None:
    """Two files, of which a run uses one."""
    group = parser.getgroup("statements")
    group.addoption("--statements-to", type=Path, help="write what each test says to the database")
    group.addoption("--statements-from", type=Path, help="run only tests that together say all of it")


def pytest_configure(config: pytest.Config) -> None:
    """Listen, where a file is named."""
    if config.getoption("statements_to"):
        config.pluginmanager.register(Listener(config.getoption("statements_to")))


@lru_cache(maxsize=100_000)
def shape(sql: str) -> str:
    """A statement without its numbers and without the length of its lists, in 16 letters; empty for none.

    Examples
    --------
    >>> shape("SELECT a FROM b WHERE c IN (%s, %s) LIMIT 21") == shape("SELECT a FROM b WHERE c IN (%s) LIMIT 5")
    True
    >>> shape("INSERT INTO a VALUES (%s, NULL), (%s, NULL)") == shape("INSERT INTO a VALUES (%s, NULL)")
    True
    >>> shape("SAVEPOINT s1")
    ''
    """
    if sql.lstrip().startswith(UNTOLD):
        return ""
    plain = NUMBER.sub("0", LIST.sub("%s", ROWS.sub(r"\1", sql)))
    return hashlib.blake2b(plain.encode(), digest_size=8).hexdigest()


class Listener:
    """Hears every statement of a process and writes one line for each test."""

    def __init__(self, path: Path) -> None:
        self.path, self.heard = path, set[str]()
        for name in ("execute", "executemany"):
            setattr(CursorWrapper, name, self.hearing(getattr(CursorWrapper, name)))

    def hearing(self, execute: Any) -> Any:
        """The same, overheard."""

        def heard(cursor: Any, sql: Any, *given: Any) -> Any:
            known = shape(str(sql))
            self.heard.add(known)
            try:
                return execute(cursor, sql, *given)
            except Exception:
                self.heard.add(f"{known}!")
                raise

        return heard

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Fixtures and test; one write, so that two processes do not mix their lines."""
        self.heard.clear()
        began = time.monotonic()
        result = yield
        told = [item.nodeid, round(time.monotonic() - began, 3), sorted(self.heard - {"", "!"})]
        with self.path.open("a", encoding="utf-8", buffering=1 << 24) as file:
            file.write(json.dumps(told) + "\n")
        return result


def said(path: Path) -> Said:
    """What is written about each test; a test that ran twice counts once."""
    with path.open(encoding="utf-8") as lines:
        told = (json.loads(line) for line in lines)
        return {name: (seconds, frozenset(statements)) for name, seconds, statements in told}


def cover(tests: Said) -> set[str]:
    """Few quick tests that together say everything: again and again the one that adds most for its time."""

    def worth(name: str, new: int) -> tuple[float, str]:
        return -new / (tests[name][0] + OVERHEAD), name

    chosen, open_still = set[str](), frozenset[str]().union(*(statements for _, statements in tests.values()))
    waiting = [worth(name, len(statements)) for name, (_, statements) in tests.items()]
    heapq.heapify(waiting)
    while open_still:
        _, name = heapq.heappop(waiting)
        now = worth(name, len(tests[name][1] & open_still))
        if waiting and now > waiting[0]:  # others took what it had; its turn comes later
            heapq.heappush(waiting, now)
            continue
        chosen.add(name)
        open_still -= tests[name][1]
    return chosen


def _on_its_own(item: pytest.Item) -> bool:
    """Whether its transactions are real ones, it is about this database, or others speak whom nobody hears."""
    if item.get_closest_marker("postgres") or item.get_closest_marker("faults"):
        return True
    database = item.get_closest_marker("django_db")
    return bool(database and database.kwargs.get("transaction"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what would say nothing new."""
    path = config.getoption("statements_from")
    if not path or not path.exists():
        return
    known = said(path)
    chosen = cover({item.nodeid: known[item.nodeid] for item in items if item.nodeid in known})
    kept, left_out = list[pytest.Item](), list[pytest.Item]()
    for item in items:
        needed = item.nodeid in chosen or item.nodeid not in known or _on_its_own(item)
        (kept if needed else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept
