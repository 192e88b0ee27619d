"""The full text index of the library on PostgreSQL: words by their beginnings, capitals folded."""

from typing import Any

from django.db import connections

# The tables that grow with the library, and the columns whose words are looked for.
INDEXED = {"projects_dataset": ("name", "description"), "projects_artifact": ("title", "description")}
# COST: reading a text again is dear, so the planner asks the index and not each row.
FUNCTION = """
CREATE OR REPLACE FUNCTION agora_words(title text, words text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 2000 SET search_path = pg_catalog AS
$$ SELECT to_tsvector('simple'::regconfig,
   regexp_replace(coalesce(title, '') || ' ' || coalesce(words, ''), '[^[:alnum:]]+', ' ', 'g')) $$
"""
INDEX = "CREATE INDEX IF NOT EXISTS {table}_words ON {table} USING gin (agora_words({columns}))"


def install(using: str = "default", **_kwargs: Any) -> None:
    """Put function and indexes in place. Runs after every migration; Django cannot say them on both databases."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        cursor.execute(FUNCTION)
        for table, (title, words) in INDEXED.items():
            if table in present:
                cursor.execute(INDEX.format(table=table, columns=f"{title}::text, {words}::text"))
