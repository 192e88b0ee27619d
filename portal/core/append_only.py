"""Database triggers that refuse to change or remove rows of append-only tables."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db import connections
from django.db.models import Model

POSTGRES = """
CREATE OR REPLACE FUNCTION agora_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'append-only'; END $$;
DROP TRIGGER IF EXISTS {table}_rows ON {table};
CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION agora_append_only();
DROP TRIGGER IF EXISTS {table}_all ON {table};
CREATE TRIGGER {table}_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION agora_append_only();
"""
# Without the last one INSERT OR REPLACE rewrites a row past the other two.
SQLITE = (
    "CREATE TRIGGER IF NOT EXISTS {table}_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'append-only'); END",
    "CREATE TRIGGER IF NOT EXISTS {table}_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'append-only'); END",
    "CREATE TRIGGER IF NOT EXISTS {table}_insert BEFORE INSERT ON {table} WHEN EXISTS "
    "(SELECT 1 FROM {table} WHERE {same}) BEGIN SELECT RAISE(ABORT, 'append-only'); END",
)


def append_only_models() -> Iterator[type[Model]]:
    """Models that name their unique columns in `APPEND_ONLY`."""
    for model in apps.get_models():
        if getattr(model, "APPEND_ONLY", None):
            yield model


def install_triggers(using: str = "default", **_kwargs: Any) -> None:
    """
    Put the triggers in place. Runs after every migration, because SQLite drops a table's
    triggers silently whenever Django rebuilds the table to alter a column.
    """
    connection = connections[using]
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for model in append_only_models():
            table = model._meta.db_table
            if table not in present:
                continue
            if connection.vendor == "postgresql":
                cursor.execute(POSTGRES.format(table=table))
            else:
                same = " OR ".join(f"{column} = NEW.{column}" for column in columns(model))
                for statement in SQLITE:
                    cursor.execute(statement.format(table=table, same=same))


def remove_triggers(using: str = "default") -> None:
    """Take the triggers away, so that a test may empty the tables. Nothing else calls this."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for model in append_only_models():
            table = model._meta.db_table
            names = ("rows", "all") if connection.vendor == "postgresql" else ("update", "delete", "insert")
            for name in names:
                on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}{on_table}")


def columns(model: Any) -> list[str]:
    """Column names of the fields in `APPEND_ONLY`, with the primary key."""
    names = [model._meta.get_field(name).column for name in model.APPEND_ONLY]
    return [model._meta.pk.column, *names]


def guarded_tables(using: str = "default") -> set[str]:
    """Tables that carry at least one of the triggers now."""
    connection = connections[using]
    query = (
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%%_rows'"
        if connection.vendor == "postgresql"
        else "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_update'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0].strip('"') for row in cursor.fetchall()}


def check_triggers(
    app_configs: Any = None, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[CheckMessage]:
    """A start-up check: every append-only table that exists must carry its triggers."""
    problems: list[CheckMessage] = []
    for using in databases or []:
        present = set(connections[using].introspection.table_names())
        guarded = guarded_tables(using)
        for model in append_only_models():
            table = model._meta.db_table
            if table in present and table not in guarded:
                problems.append(
                    Error(
                        f"{table} has lost its append-only triggers.",
                        hint="Run manage.py migrate.",
                        id="core.E001",
                    )
                )
    return problems
