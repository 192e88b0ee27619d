"""Draws every state table into docs/states.md."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.core.states import Machine

HEAD = "# States and moves\n\nDrawn from the tables in the models by `python3 run.py manage draw_states`; a test fails when stale.\n"


def drawing() -> str:
    """The whole page: one Mermaid diagram per model that has a life."""
    parts = [HEAD]
    for model in sorted(apps.get_models(), key=lambda each: each._meta.label):
        life = getattr(model, "LIFE", None)
        if isinstance(life, Machine):
            parts.append(f"## {model._meta.label}\n\n```mermaid\n{life.draw()}\n```\n")
    return "\n".join(parts)


class Command(BaseCommand):
    """`--check` fails when the page is not the drawing."""

    help = "Draw the state tables into docs/states.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *, check: bool, **_options: Any) -> None:
        path = settings.ROOT / "docs" / "states.md"
        if not check:
            path.write_text(drawing())
        elif not path.exists() or path.read_text() != drawing():
            raise CommandError("docs/states.md is stale: run manage.py draw_states.")
