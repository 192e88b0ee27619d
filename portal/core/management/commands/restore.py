"""Make a portal again from a backup, in an empty folder, and prove that it is whole."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import BaseCommand, CommandError, CommandParser

from portal.core import filestore
from portal.core.management.commands.backup import FORMAT, digest, run_postgres
from portal.core.services import audit


def unpack(file: Path, into: Path) -> dict[str, Any]:
    """Unpack and compare every digest; nothing outside the folder is written."""
    try:
        with tarfile.open(file) as archive:
            archive.extractall(into, filter="data")  # nosec B202 - the filter refuses paths that leave
        manifest: dict[str, Any] = json.loads((into / "manifest.json").read_text())
    except (tarfile.TarError, OSError, EOFError, ValueError) as problem:
        raise CommandError(f"{file} is not a whole backup: {problem}") from problem
    if manifest["format"] != FORMAT:
        raise CommandError(f"{file} has format {manifest['format']}; this Agora reads {FORMAT}.")
    for name, wanted in manifest["sha256"].items():
        path = into / name
        if not path.is_file() or digest(path) != wanted:
            raise CommandError(f"{name} in {file} is damaged or missing; nothing may be built on it.")
    return manifest


def load_database(into: Path, name: str, database: str) -> str:
    """Put the database in its place; its address."""
    if name.endswith(".sqlite3"):
        target = into / "agora.sqlite3"
        (into / name).rename(target)
        return f"sqlite:///{target.resolve()}"
    if not database:
        raise CommandError("This backup is of PostgreSQL: name an empty database with --database URL.")
    address = urlsplit(database)
    plain = f"postgresql://{address.username}@{address.hostname}:{address.port or 5432}{address.path}"
    arguments = ["--no-owner", "--exit-on-error", "--single-transaction", "-d", plain, str(into / name)]
    run_postgres("pg_restore", *arguments, password=unquote(address.password or ""))
    (into / name).unlink()
    return database


class Command(BaseCommand):
    """`manage.py restore FILE --into DIR`: never over a portal that lives."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--into", type=Path, required=True, help="an empty folder: the new AGORA_VAR")
        parser.add_argument("--database", default="", help="an empty PostgreSQL database, as a URL")
        parser.add_argument("--prove", action="store_true", help="only verify what was restored there")

    def handle(self, *, file: Path, into: Path, database: str, prove: bool, **options: Any) -> None:
        """Unpack, load, then let a process on the restored data verify it."""
        if prove:
            self.prove(json.loads((into / "manifest.json").read_text()))
            self.send_back(into / "files")
            return
        if into.exists() and any(into.iterdir()):
            raise CommandError(f"{into} is not empty; restoring never writes over anything.")
        into.mkdir(parents=True, exist_ok=True, mode=0o700)
        manifest = unpack(file, into)
        address = load_database(into, manifest["database"], database)
        variables = {**os.environ, "AGORA_VAR": str(into.resolve()), "DATABASE_URL": address}
        proof = [sys.executable, "manage.py", "restore", str(file.resolve()), "--into", str(into.resolve())]
        ended = subprocess.run(
            [*proof, "--prove"], cwd=settings.ROOT, env=variables, capture_output=True, text=True
        )
        if ended.returncode:
            raise CommandError(f"Restored, but not sound: {ended.stderr.strip()[-1500:]}")
        self.stdout.write(ended.stdout.strip())
        start = f"AGORA_VAR={into}" + (
            "" if settings.SQLITE and not database else f" DATABASE_URL={database}"
        )
        self.stdout.write(f"Restored from {manifest['made_at']}. Start it with: {start} python3 run.py up")

    def prove(self, manifest: dict[str, Any]) -> None:
        """The chain of the restored trail is sound and reaches what the backup recorded."""
        recorded = manifest["audit"]
        heads = [(recorded["count"], recorded["head"])] if recorded["count"] else []
        found = audit.verify(heads)
        if recorded["sound"] and not found.sound:
            raise CommandError(f"the audit trail: {found.problem} (event {found.broken_at})")
        self.stdout.write(f"{len(manifest['sha256'])} files and {found.count} audit events verified.")

    def send_back(self, files: Path) -> None:
        """Where the restored portal keeps its files in a bucket, they go there; what the bucket has stays."""
        if settings.S3_BUCKET and files.is_dir():
            found = [path for path in sorted(files.rglob("*")) if path.is_file()]
            for path in found:
                name = str(path.relative_to(files))
                if not default_storage.exists(name):
                    with path.open("rb") as source:
                        filestore.put(source, name)
            shutil.rmtree(files)
            self.stdout.write(f"{len(found)} files are in the bucket {settings.S3_BUCKET}.")
