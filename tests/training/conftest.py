"""The real curriculum, loaded from the repository's files."""

from functools import cache

import pytest

from training import content_files
from training.services import curriculum as curricula


@cache
def files():
    """The files, read once for all tests."""
    return content_files.read()


@pytest.fixture
def curriculum(db, monkeypatch):
    """Paths, lessons and questions as they are published at the first start."""
    read_once = files()
    with monkeypatch.context() as patch:
        patch.setattr(content_files, "read", lambda root: read_once)
        return curricula.load(by=None)


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Nobody attacks the passwords of a test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
