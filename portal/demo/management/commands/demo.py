"""Loads the demo organisation, once."""

import time
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from portal.core.models import Job, User
from portal.core.services import audit
from portal.demo import logins, script
from portal.demo.stage import BrokenStory

AGAIN = (
    "To begin again, stop the portal and delete its data folder {folder} (or set AGORA_VAR to an empty one)."
)
MARKER = "demo.state"
LOADING, LOADED = "loading", "loaded"


class Command(BaseCommand):
    """`manage.py demo`: Meridia Insurance and its year, told by the real services."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quick", action="store_true", help="say less: `up` shows the sign-ins itself")
        parser.add_argument("--reset", action="store_true", help="refused; says how to begin again")

    def handle(self, *, quick: bool, reset: bool, **options: Any) -> None:
        """Refuse what would mix with other data, play the story, verify the trail."""
        again = AGAIN.format(folder=settings.VAR)
        if reset:
            raise CommandError(f"The demo is not reset in place: its audit trail only grows. {again}")
        marker = settings.VAR / MARKER
        state = marker.read_text() if marker.exists() else ""
        if state == LOADED:
            self.stdout.write(f"The demo organisation is loaded already. {again}")
            return
        if state == LOADING:
            raise CommandError(f"An earlier load of the demo was interrupted. {again}")
        if User.objects.exists():
            raise CommandError(f"There are people here already; the demo is not mixed with them. {again}")
        began = time.monotonic()
        marker.write_text(LOADING)
        try:
            count = script.play(self.say)
        except BrokenStory as problem:
            raise CommandError(f"The story does not fit the portal: {problem}") from problem
        self.conclude(count, time.monotonic() - began)
        marker.write_text(LOADED)
        if not quick:
            self.show_logins()

    def say(self, line: str) -> None:
        """One line of progress, at once."""
        self.stdout.write(f"  {line}")
        self.stdout.flush()

    def conclude(self, count: int, seconds: float) -> None:
        """What was done, and that the trail is sound."""
        trail = audit.verify()
        if not trail.sound:
            raise CommandError(f"The audit trail is broken at {trail.broken_at}: {trail.problem}")
        waiting = Job.objects.filter(state=Job.State.QUEUED).count()
        self.say(
            f"Meridia Insurance is there: {count} scenes in {seconds:.0f} s, {trail.count} audit events verified, "
            f"{waiting} jobs left for the workers."
        )

    def show_logins(self) -> None:
        """Who may sign in."""
        for role, name, email, password in logins.table():
            self.stdout.write(f"  {role:24} {name:20} {email:36} {password}")
