"""The world of these tests: built once, rolled back at its end; each cell rolls itself back."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test.utils import override_settings

from portal.core import append_only
from tests.judging.world import Court


@pytest.fixture(autouse=True)
def files_in_a_temporary_place() -> None:
    """Instead of the fixture for one test: the files of the world live as long as the world."""


@contextmanager
def sitting(place: Path, django_db_blocker: Any) -> Iterator[Court]:
    """People of every kind before requests of every kind, and nothing of it afterwards."""
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with django_db_blocker.unblock(), override_settings(VAR=place, PASSWORD_HASHERS=hashers):
        if not append_only.guarded_tables():
            append_only.install_triggers()
        logging.getLogger("django.request").setLevel(logging.CRITICAL)
        with transaction.atomic():
            yield Court()
            transaction.set_rollback(True)
        logging.getLogger("django.request").setLevel(logging.NOTSET)


class Courts:
    """The one world that stands; who needs another world ends it, and it is built anew for the next who asks."""

    def __init__(self, build: Callable[[], AbstractContextManager[Court]]) -> None:
        self.build, self.stack = build, ExitStack()
        self.now: Court | None = None

    def sits(self) -> Court:
        """The world, built when none stands."""
        if self.now is None:
            self.now = self.stack.enter_context(self.build())
        return self.now

    def rises(self) -> None:
        """Take it back."""
        self.now = None
        self.stack.close()


@pytest.fixture(scope="package")
def courts(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Courts]:
    """Kept from module to module."""
    found = Courts(lambda: sitting(tmp_path_factory.mktemp("court"), django_db_blocker))
    yield found
    found.rises()


@pytest.fixture(scope="module")
def court(courts: Courts) -> Court:
    """Outside the transaction of any test."""
    return courts.sits()
