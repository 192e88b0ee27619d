"""Brings paths, lessons and questions from the repository into the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Safe to run again: only what changed is published."""

    help = "Load the curriculum from training/content. Only what changed is published."

    def handle(self, **options: Any) -> None:
        """Load, and say what was done."""
        from training.content_files import CurriculumError
        from training.services import curriculum

        try:
            done = curriculum.load(by=None)
        except CurriculumError as problem:
            raise CommandError(str(problem)) from None
        said = ", ".join(f"{count} {noun}" for noun, count in done.items() if count)
        self.stdout.write(f"Curriculum: {said or 'nothing new'}.")
