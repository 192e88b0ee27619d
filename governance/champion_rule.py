"""The database's own guard of the champion rule: no champion without an approved version and its own approved review."""

from typing import Any

from django.db import connections

TABLE = "governance_deployment"
UNAPPROVED = """NEW.role = 'champion' AND NEW.ended_at IS NULL AND NOT EXISTS (
  SELECT 1 FROM governance_modelversion v JOIN governance_approvalrequest r ON r.id = NEW.request_id
  WHERE v.id = NEW.version_id AND v.status IN ('approved', 'approved_conditionally') AND r.state = 'approved'
  AND r.version_id = v.id AND r.kind IN ('model_review', 'promotion'))"""
SQLITE = (
    "DROP TRIGGER IF EXISTS {table}_champion_in",
    "DROP TRIGGER IF EXISTS {table}_champion_up",
    "CREATE TRIGGER {table}_champion_in BEFORE INSERT ON {table} WHEN {unapproved} "
    "BEGIN SELECT RAISE(ABORT, 'a champion needs an approval'); END",
    "CREATE TRIGGER {table}_champion_up BEFORE UPDATE OF version_id, request_id, role, ended_at ON {table} "
    "WHEN {unapproved} BEGIN SELECT RAISE(ABORT, 'a champion needs an approval'); END",
)
POSTGRES = """
CREATE OR REPLACE FUNCTION agora_champion() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF {unapproved} THEN RAISE EXCEPTION 'a champion needs an approval' USING ERRCODE = 'check_violation'; END IF;
RETURN NEW; END $$;
DROP TRIGGER IF EXISTS {table}_champion ON {table};
CREATE TRIGGER {table}_champion BEFORE INSERT OR UPDATE OF version_id, request_id, role, ended_at ON {table}
FOR EACH ROW EXECUTE FUNCTION agora_champion();
"""


def install(using: str = "default", **_kwargs: Any) -> None:
    """Put the guard in place. Runs after every migration, because SQLite drops triggers when it rebuilds a table."""
    connection = connections[using]
    if TABLE not in connection.introspection.table_names():
        return
    statements = (POSTGRES,) if connection.vendor == "postgresql" else SQLITE
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(table=TABLE, unapproved=UNAPPROVED))
