"""The world of these tests: built once, rolled back at its end; each cell rolls itself back."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test.utils import override_settings

from portal.core import append_only
from tests.judging.world import Court


@pytest.fixture(autouse=True)
def files_in_a_temporary_place() -> None:
    """Instead of the fixture for one test: the files of the world live as long as the world."""


@pytest.fixture(scope="package")
def court(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Court]:
    """People of every kind before requests of every kind."""
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    place = tmp_path_factory.mktemp("court")
    with django_db_blocker.unblock(), override_settings(VAR=place, PASSWORD_HASHERS=hashers):
        if not append_only.guarded_tables():
            append_only.install_triggers()
        logging.getLogger("django.request").setLevel(logging.CRITICAL)
        with transaction.atomic():
            yield Court()
            transaction.set_rollback(True)
        logging.getLogger("django.request").setLevel(logging.NOTSET)
