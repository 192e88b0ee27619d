"""One real portal for the tests of this folder that need one, and one browser."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.walk.stack import Stack


def running() -> Iterator[Stack]:
    """Migrated, with the cast, started; nobody has done anything yet."""
    folder = Path(tempfile.mkdtemp(prefix="agora-walk-"))
    stack = Stack(folder)
    try:
        stack.prepare()
        stack.start()
        yield stack
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def empty_stack() -> Iterator[Stack]:
    """One for all tests that do not break it."""
    yield from running()


@pytest.fixture
def own_stack() -> Iterator[Stack]:
    """One that a test may hurt."""
    yield from running()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's browser without a window. For one module: its event loop would keep Django from the database."""
    from playwright.sync_api import sync_playwright

    from tests.walk.visitor import ARGUMENTS

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def shots(request: pytest.FixtureRequest) -> Iterator[Path]:
    """Pictures of the walk; they stay when it fails."""
    folder = Path(tempfile.mkdtemp(prefix="agora-shots-"))
    yield folder
    report = getattr(request.node, "report", None)
    if report is not None and report.passed:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print(f"pictures of the walk: {folder}")  # noqa: T201


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Lets a fixture know how its test ended."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.when == "call":
        item.report = report  # type: ignore[attr-defined]
