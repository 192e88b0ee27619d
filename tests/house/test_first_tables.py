"""The tables of a first start are those of the models, though no migration makes those of the tests."""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations import DeleteModel

from portal.core.first_tables import CreateTogether


def parts(rows: list[tuple[str, str, str | None]]) -> dict[tuple[str, str], list[str]]:
    """Tables, indexes and triggers by name; of a table its columns and constraints, whose order says nothing."""
    found = {}
    for kind, name, sql in rows:
        if name != "django_migrations" and not name.startswith("sqlite_"):
            words = re.sub(r"\s+", " ", sql or "")
            inner, depth = [""], 0
            for sign in words.partition("(")[2].rpartition(")")[0] if kind == "table" else words:
                depth += {"(": 1, ")": -1}.get(sign, 0)
                if sign == "," and depth == 0:
                    inner.append("")
                else:
                    inner[-1] += sign
            found[kind, name] = sorted(each.strip() for each in inner)
    return found


ALL = "SELECT type, name, sql FROM sqlite_master"


@pytest.mark.slow
@pytest.mark.django_db
def test_a_first_start_makes_the_tables_indexes_and_triggers_of_the_models(tmp_path: Path) -> None:
    assert connection.vendor == "sqlite"
    clean = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=settings.ROOT, env={**clean, "AGORA_VAR": str(tmp_path)}, check=True)
    with sqlite3.connect(next(tmp_path.glob("*.sqlite3"))) as made:
        migrated = parts(made.execute(ALL).fetchall())
    with connection.cursor() as cursor:
        modelled = parts(cursor.execute(ALL).fetchall())

    assert len(modelled) > 400
    assert {key: (migrated.get(key), modelled.get(key)) for key in migrated | modelled
            if migrated.get(key) != modelled.get(key)} == {}  # fmt: skip


def test_an_operation_that_does_not_create_has_no_place_among_the_first_tables() -> None:
    with pytest.raises(TypeError, match="DeleteModel"):
        CreateTogether([DeleteModel("UseCase")])
