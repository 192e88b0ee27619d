"""
The index that finds similar use cases: `pg_trgm` where PostgreSQL has it, else trigrams in a table of our own.

`pg_trgm` is a trusted extension: the owner of the database may make it. Where the role may not, or the server
does not bring it, the portal says so at `migrate` and keeps the table, as on SQLite. Once somebody has run
`CREATE EXTENSION pg_trgm`, the next `migrate` makes the indexes, and they are used from then on.
"""

import logging

from django.db import DatabaseError, connections, transaction

TABLE = "projects_comparedtext"
INDEX = "compared_text_whole_trigrams"
INDEXES = f"""
CREATE INDEX IF NOT EXISTS compared_text_title_trigrams ON {TABLE} USING gin (title gin_trgm_ops);
CREATE INDEX IF NOT EXISTS {INDEX} ON {TABLE} USING gin (whole gin_trgm_ops);
"""
log = logging.getLogger(__name__)


def has_pg_trgm(using: str = "default") -> bool:
    """Whether the indexes of the extension stand. Asked each time: whoever runs the server may change it meanwhile."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [INDEX])
        return bool(cursor.fetchone()[0])


def make_indexes(using: str) -> None:
    """The extension and its indexes; says what to do where the role may not."""
    try:
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
            if cursor.fetchone() is None:
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(INDEXES)
    except DatabaseError as error:
        log.warning(
            "pg_trgm is not available (%s). Similar use cases are found by a table of trigrams instead. "
            "To use the extension, let a superuser run CREATE EXTENSION pg_trgm here, then migrate again.",
            str(error).strip().split("\n")[0],
        )
