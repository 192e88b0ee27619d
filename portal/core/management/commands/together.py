"""Puts the operations of initial migrations together, so that a first start is quick."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import models
from django.db.migrations import operations as written
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.writer import MigrationWriter

from portal.core.first_tables import CreateTogether


class Command(BaseCommand):
    """`manage.py together projects governance`, after `makemigrations`."""

    help = "Rewrites 0001_initial of the named apps as one CreateTogether."

    def add_arguments(self, parser: CommandParser) -> None:
        """The labels of the apps."""
        parser.add_argument("labels", nargs="+")

    def handle(self, *args: Any, labels: list[str], **options: Any) -> None:
        """An app whose tables stand together already stays as it is."""
        loader = MigrationLoader(None)
        for label in labels:
            migration = loader.get_migration(label, "0001_initial")
            if any(isinstance(each, CreateTogether) for each in migration.operations):
                continue
            migration.operations = [CreateTogether(gathered(list(migration.operations)))]  # type: ignore[misc]
            writer = MigrationWriter(migration, include_header=False)
            Path(writer.path).write_text(writer.as_string())
            self.stdout.write(f"{label}: written.")


def gathered(operations: list[Any]) -> list[Any]:
    """The operations with each constraint and index in its table, unless a field of it is added later."""
    tables: dict[str, Any] = {}
    kept: list[Any] = []
    for each in operations:
        if isinstance(each, written.CreateModel):
            tables[each.name.lower()] = each
        if isinstance(each, (written.AddConstraint, written.AddIndex)):
            table = tables[each.model_name.lower()]
            part = each.constraint if isinstance(each, written.AddConstraint) else each.index
            if named(part) <= {name for name, _field in table.fields} | {"id"}:
                shelf = "constraints" if isinstance(each, written.AddConstraint) else "indexes"
                table.options.setdefault(shelf, []).append(part)
                continue
        kept.append(each)
    return kept


def named(part: Any) -> set[str]:
    """The fields that a constraint or an index speaks of."""
    found = {name.lstrip("-") for name in getattr(part, "fields", ())}
    waiting = [getattr(part, "condition", None), *getattr(part, "expressions", ())]
    while waiting:
        each = waiting.pop()
        if isinstance(each, models.Q):
            pairs = [child for child in each.children if isinstance(child, tuple)]
            found |= {lookup.split("__")[0] for lookup, _value in pairs}
            waiting += [value for _lookup, value in pairs]
            waiting += [child for child in each.children if not isinstance(child, tuple)]
        elif isinstance(each, models.F):
            found.add(each.name.split("__")[0])  # type: ignore[attr-defined]
        elif hasattr(each, "get_source_expressions"):
            waiting += [inner for inner in each.get_source_expressions() if inner is not None]
    return found
