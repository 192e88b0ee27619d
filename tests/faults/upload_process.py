"""Uploads in a portal of its own: invites a sender, holds the database still, says what stands. Run by a test."""

import json
import sys
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402  needs Django
from django.db import transaction  # noqa: E402

from portal.core import filestore, sweeping  # noqa: E402
from portal.core.models import Job, User  # noqa: E402
from portal.core.services import audit, stored_files, tokens  # noqa: E402
from projects.models import Dataset, DatasetVersion, PartialUpload  # noqa: E402
from tests.people import person  # noqa: E402


def invite() -> None:
    """Somebody with a token that was just used, so that using it writes nothing."""
    token, secret = tokens.create(name="Sender", scope="write", days=1, by=person("Carl"))
    tokens.find(secret)
    print(secret)


def hold() -> None:
    """No change of anybody is written until this process ends."""
    with transaction.atomic():
        audit.record("fault.held", User.objects.get(), by=None)
        print("held", flush=True)
        sys.stdin.read()
        transaction.set_rollback(True)


def look() -> None:
    """Rows, stored bytes and what lies in the folder of incoming files."""
    versions = DatasetVersion.objects.values_list("upload_digest", flat=True)
    said = {
        "datasets": Dataset.objects.count(),
        "versions": list(versions),
        "jobs": Job.objects.count(),
        "uploads": list(PartialUpload.objects.values_list("received", flat=True)),
        "stored": sorted(digest for digest, _at in filestore.written()),
        "incoming": len(list((settings.VAR / "incoming").iterdir())),
        "audit_sound": audit.verify().sound,
    }
    print(json.dumps(said))


def sweep() -> None:
    """The turns of the timetable that clean up, as they come in a day."""
    sweeping.sweep()
    stored_files.sweep_orphans()


def fetch(digest: str, to: str) -> None:
    """The stored bytes, verified."""
    filestore.fetch(digest, Path(to))


if __name__ == "__main__":
    {"invite": invite, "hold": hold, "look": look, "sweep": sweep, "fetch": fetch}[sys.argv[1]](*sys.argv[2:])
