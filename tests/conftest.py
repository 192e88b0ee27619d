"""What every test shares: files in a temporary place, and a flush that passes the append-only triggers."""

import gc
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import override_settings
from django.utils import translation

from portal.core import append_only

SHORT_BEFORE_MIDNIGHT = 20  # seconds: longer than nearly every test


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first: begun last, they would leave a core idle at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """What was imported stays: looking through it for garbage again and again took a twentieth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_runtest_setup() -> None:
    """No test begins so late that its second half happens on another day."""
    now = datetime.now(UTC)
    left = (now.replace(hour=23, minute=59, second=59) - now).total_seconds() + 1.1
    if left < SHORT_BEFORE_MIDNIGHT:
        time.sleep(left)


@pytest.fixture(scope="session", autouse=True)
def people_live_where_tests_count_days() -> Iterator[None]:
    """Elsewhere it is tomorrow already, late in the evening of UTC."""
    with override_settings(ZONE_OF_NEW_ACCOUNTS="UTC"):
        yield


@pytest.fixture(autouse=True)
def files_in_a_temporary_place(tmp_path: Path, settings: Any) -> Iterator[None]:
    """No test writes below var/."""
    settings.VAR = tmp_path
    # A heartbeat has its own connection, which does not see the rows of a test's open transaction.
    settings.JOB_HEARTBEAT_SECONDS = 3600
    settings.READING_PERCENT = 0  # a test that is about reading time turns it on
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]  # quick, for people who do not exist
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files")},
        },
    }
    yield
    default_storage.__dict__.pop("_wrapped", None)


@pytest.fixture(autouse=True)
def language_of_the_portal() -> Iterator[None]:
    """A request in French leaves French behind, in which the next test would look for English sentences."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def no_bells(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs stay rows until a test runs them: `job_runner.run_until_idle(queue)`."""
    monkeypatch.setattr("portal.core.services.jobs.ring", lambda queue: None)


@pytest.fixture(autouse=True)
def _append_only_rows_leave_with_the_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """A transactional test ends by emptying tables, which the triggers would refuse."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        append_only.remove_triggers()


@pytest.fixture(autouse=True)
def _append_only_triggers_stand(request: pytest.FixtureRequest) -> None:
    """Puts them back before a test that follows a transactional one."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("transactional_db" if _is_transactional(request) else "db")
        if not append_only.guarded_tables():
            append_only.install_triggers()
    assert connection is not None


def _is_transactional(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction"))
