"""The world of these tests: built once, kept in one transaction that is rolled back at the end."""

import copy
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test.utils import override_settings

from governance import scoring_pool
from portal.core import append_only
from tests.access.world import Organisation
from tests.projects import data_scene


@pytest.fixture(autouse=True)
def files_in_a_temporary_place() -> None:
    """Instead of the fixture for one test: the files of the world live as long as the world."""


@pytest.fixture(scope="package")
def world_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Files in a temporary place, quick passwords, no heartbeat (the one write lock of SQLite is ours)."""
    place: Path = tmp_path_factory.mktemp("world")
    from django.conf import settings

    storages: dict[str, Any] = copy.deepcopy(settings.STORAGES)
    storages["default"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(place / "files")},
    }
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(
        VAR=place, STORAGES=storages, PASSWORD_HASHERS=hashers, JOB_HEARTBEAT_SECONDS=3600, READING_PERCENT=0
    ):
        yield


@pytest.fixture(scope="package")
def world(world_settings: None, django_db_setup: None, django_db_blocker: Any) -> Iterator[Organisation]:
    """The organisation; whatever a test changes it rolls back itself."""
    with django_db_blocker.unblock():
        if not append_only.guarded_tables():
            append_only.install_triggers()
        logging.getLogger("django.request").setLevel(logging.CRITICAL)
        with transaction.atomic():
            # What reads a table needs no wall here; the searches have theirs.
            with data_scene.quick({"score", "export", "compare", "explain", "drift"}):
                organisation = Organisation()
            yield organisation
            scoring_pool.pool.close()
            transaction.set_rollback(True)
        logging.getLogger("django.request").setLevel(logging.NOTSET)
