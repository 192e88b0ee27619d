"""Verifies the audit trail: exit code 0 when it is sound, 1 when it is not."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.core.services import audit, audit_heads


class Command(BaseCommand):
    """`manage.py audit_verify [--heads FILE]`: the portal's own exported heads are looked at in any case."""

    help = "Recomputes every hash of the audit trail. Exit code 1 names the first event that is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        """One option."""
        parser.add_argument("--heads", type=Path, help="a copy of the exported heads kept elsewhere")

    def handle(self, *args: object, **options: object) -> None:
        """Verify and say."""
        path = options["heads"]
        try:
            heads = [*audit_heads.known(), *(audit_heads.read(path) if isinstance(path, Path) else [])]
        except OSError as problem:
            raise CommandError(f"The file of heads cannot be read: {problem}") from None
        except audit_heads.BadHead as problem:
            raise CommandError(str(problem)) from None
        checked = audit.verify(heads)
        if not checked.sound:
            raise CommandError(
                f"Event {checked.broken_at}: {checked.problem}. {checked.count} events before it are sound.",
                returncode=1,
            )
        self.stdout.write(
            f"The audit trail is sound: {checked.count} events, {len(heads)} exported heads agree, head {checked.head}"
        )
