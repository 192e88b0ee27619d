"""One file with everything: database, stored files, key, exported audit heads, and a manifest of digests."""

import hashlib
import json
import os
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import connection

from portal.core import filestore
from portal.core.services import audit

FORMAT = 1
BESIDE = ("secret_key", "audit_heads.jsonl")  # kept in var/, not in the database


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def postgres_url() -> str:
    """The database's address as PostgreSQL's own programs take it; the password goes by PGPASSWORD."""
    server = connection.settings_dict
    return f"postgresql://{quote(server['USER'])}@{server['HOST']}:{server['PORT'] or 5432}/{server['NAME']}"


def run_postgres(program: str, *arguments: str, password: str) -> None:
    """One of pg_dump and pg_restore."""
    try:
        ended = subprocess.run(
            [program, *arguments],
            env={**os.environ, "PGPASSWORD": password},
            capture_output=True,
            text=True,
        )
    except FileNotFoundError as problem:
        raise CommandError(f"{program} is missing (Debian: apt-get install postgresql-client).") from problem
    if ended.returncode:
        raise CommandError(f"{program}: {ended.stderr.strip()}")


def snapshot(folder: Path) -> Path:
    """A consistent copy of the database while people work; copying the file itself would be useless."""
    if settings.SQLITE:
        copy = folder / "database.sqlite3"
        with (
            closing(sqlite3.connect(settings.DATABASES["default"]["NAME"])) as live,
            closing(sqlite3.connect(copy)) as target,
        ):
            live.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
        return copy
    copy = folder / "database.dump"
    password = connection.settings_dict["PASSWORD"]
    run_postgres("pg_dump", "-Fc", "-f", str(copy), postgres_url(), password=password)
    return copy


def stored_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every stored file under its name in the backup, read after the snapshot: so none it names is missing."""
    if names := getattr(default_storage, "names", None):
        yield from fetched(sorted(names()), folder)
    else:
        root = Path(default_storage.location)  # type: ignore[attr-defined]
        found = (path for path in sorted(root.rglob("*")) if path.is_file())
        yield from ((f"files/{path.relative_to(root)}", path) for path in found)
    yield from ((name, settings.VAR / name) for name in BESIDE if (settings.VAR / name).exists())


def fetched(names: list[str], folder: Path) -> Iterator[tuple[str, Path]]:
    """Objects one after the other through one local file; what was let go since the listing is not missed."""
    copy = folder / "object"
    for name in names:
        try:
            with copy.open("wb") as target:
                filestore.pull(name, target)
        except FileNotFoundError:
            continue
        yield f"files/{name}", copy


class Command(BaseCommand):
    """`manage.py backup FILE`, while the portal runs."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        """Write beside the goal first: a backup that exists is whole."""
        if file.exists():
            raise CommandError(f"{file} exists; a backup never replaces another.")
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=file.parent) as folder:
            part = Path(folder) / "part.tar.gz"
            part.touch(mode=0o600)  # it holds the key and everybody's data
            try:
                manifest = self.write(part, Path(folder))
            except filestore.StoreUnreachable as silent:
                raise CommandError("The object store does not answer; no backup was written.") from silent
            part.rename(file)
        events = manifest["audit"]["count"]
        self.stdout.write(f"{file}: {len(manifest['sha256'])} files, {events} audit events.")

    def write(self, part: Path, folder: Path) -> dict[str, Any]:
        """The archive: content first, the manifest last."""
        head = audit.verify()
        if not head.sound:
            self.stderr.write(f"WARNING: the audit trail is broken: {head.problem}. It is saved as it is.")
        database = snapshot(folder)
        digests = {}
        with tarfile.open(part, "w:gz", compresslevel=3) as archive:
            for name, path in chain([(database.name, database)], stored_files(folder)):
                digests[name] = digest(path)
                archive.add(path, name)
            manifest = {
                "format": FORMAT,
                "made_at": datetime.now(UTC).isoformat(),
                "database": database.name,
                "audit": {"count": head.count, "head": head.head, "sound": head.sound},
                "sha256": digests,
            }
            written = folder / "manifest.json"
            written.write_text(json.dumps(manifest, indent=1))
            archive.add(written, written.name)
        return manifest
