"""A portal of its own for each fault: folder, database, broker, worker processes."""

import uuid

import psycopg
import pytest
from django.conf import settings

from portal.core.management.commands.soak import Yard


@pytest.fixture
def database():
    """The address of an empty database of the kind the suite runs on."""
    if settings.SQLITE:
        yield ""
        return
    server = settings.DATABASES["default"]
    where = f"{server['USER']}:{server['PASSWORD']}@{server['HOST']}:{server['PORT']}"
    name = f"faults_{uuid.uuid4().hex}"
    with psycopg.connect(f"postgresql://{where}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield f"postgresql://{where}/{name}"
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def yard(tmp_path, database):
    """A prepared portal without workers; whatever it started ends with the test."""
    portal = Yard(tmp_path, database)
    portal.manage("migrate", "--verbosity", "0")
    yield portal
    portal.close()
