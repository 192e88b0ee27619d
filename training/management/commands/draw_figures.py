"""`manage.py draw_figures` computes the figures of lessons from their tables and draws them."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from training.figures import drawing, shelf
from training.figures.sums import SUMS


class Command(BaseCommand):
    """Writes numbers and drawings; with `--check` it writes nothing and names what would change."""

    help = "Compute the figures of lessons from the committed tables and draw them."

    def add_arguments(self, parser: CommandParser) -> None:
        """What can be asked for."""
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail where a file is out of date"
        )
        parser.add_argument("--root", default=str(shelf.ROOT), help="the folder of the curriculum")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Compare each file with what it must hold."""
        root = Path(options["root"])
        written = shelf.words(root)
        if strays := sorted(set(written) ^ set(SUMS)):
            raise CommandError(
                f"figures/words.yaml and SUMS of training/figures differ in: {', '.join(strays)}"
            )
        stale = [
            path
            for name in SUMS
            for path, content in files(root, name, written[name])
            if put(path, content, options)
        ]
        names = ", ".join(str(path.relative_to(root)) for path in stale)
        if stale and options["check"]:
            raise CommandError(f"out of date: {names}; run manage.py draw_figures")
        self.stdout.write(f"drawn: {names}" if stale else "figures: nothing new")


def files(root: Path, name: str, written: dict[str, Any]) -> list[tuple[Path, str]]:
    """The files of one figure and what they must hold."""
    numbers = asdict(SUMS[name]())
    found = [(shelf.numbers_path(root, name), json.dumps(numbers) + "\n")]
    for language in shelf.LANGUAGES:
        figure = shelf.joined(name, written, numbers, language)
        found.append((shelf.drawing_path(root, name, language), drawing.svg(figure)))
    return found


def put(path: Path, content: str, options: dict[str, Any]) -> bool:
    """Whether the file holds something else; it is written then, unless this is a check."""
    if path.exists() and path.read_text(encoding="utf-8") == content:
        return False
    if not options["check"]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return True
