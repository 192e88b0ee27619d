"""The first tables of an app, made at once."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class CreateTogether(Operation):
    """
    What the operations of an initial migration say, with one rendering of the models instead of one for each.

    Django renders every related model anew after each operation. For 145 tables that all know each other this
    took 60 seconds of processor time at the first start; together they take 5. The operations may only create:
    tables come from the state after the last of them.
    """

    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[Any]) -> None:
        self.operations = list(operations)

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
        names = [each.name for each in self.operations if hasattr(each, "managers")]
        models = [state.apps.get_model(app_label, name) for name in names]
        alias = schema_editor.connection.alias
        return [model for model in models if self.allow_migrate_model(alias, model)]

    def describe(self) -> str:
        """For `migrate --plan`."""
        return f"Create {sum(hasattr(each, 'managers') for each in self.operations)} tables together"
