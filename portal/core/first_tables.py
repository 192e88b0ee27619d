"""The first tables of an app, made at once."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

CREATING = (CreateModel, AddField, AddConstraint, AddIndex)


class CreateTogether(Operation):
    """
    What the operations of an initial migration say, with one rendering of the models instead of one for each.

    Django renders every related model anew after each operation; with 145 tables that all know each other this was most
    of a first start (ADR 14 has the figures). Tables come from the state after the last operation, so the operations may
    only create: raises `TypeError` for any other.
    """

    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[Any]) -> None:
        self.operations = list(operations)
        others = [type(each).__name__ for each in self.operations if not isinstance(each, CREATING)]
        if others:
            raise TypeError(f"These do not create and need a migration of their own: {', '.join(others)}.")

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Know all tables of the app; they are rendered when somebody asks for them."""
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make every table with all its fields; keys between them follow at the end of the migration."""
        for model in self.made(app_label, schema_editor, to_state):
            schema_editor.create_model(model)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop them, the last one first."""
        for model in reversed(self.made(app_label, schema_editor, from_state)):
            schema_editor.delete_model(model)

    def made(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, state: ProjectState
    ) -> list[type[Any]]:
        """The models that this operation creates on this database, in their order."""
        names = [each.name for each in self.operations if isinstance(each, CreateModel)]
        models = [state.apps.get_model(app_label, name) for name in names]
        alias = schema_editor.connection.alias
        return [model for model in models if self.allow_migrate_model(alias, model)]

    def describe(self) -> str:
        """For `migrate --plan`."""
        return f"Create {sum(isinstance(each, CreateModel) for each in self.operations)} tables together"
