"""Fetch the front-end libraries from npm, check their hashes and keep the files in the repository."""

import base64
import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

CORE = Path(__file__).resolve().parents[2]
LIST = CORE / "vendored.json"
TARGET = CORE / "static" / "vendor"
MAP_COMMENT = re.compile(rb"^//# sourceMappingURL=.*$|/\*# sourceMappingURL=.*?\*/", re.MULTILINE)


def integrity(content: bytes) -> str:
    """Return the hash of a package the way npm writes it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


def without_map(content: bytes) -> bytes:
    """Drop the pointer to a source map, which manifest storage would look for in vain."""
    return MAP_COMMENT.sub(b"", content)


def symbol(name: str, svg: str) -> str:
    """Turn one icon file into a symbol of the sprite."""
    inside = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", svg, flags=re.DOTALL)
    inside = inside.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "")
    inside = " ".join(inside.split())
    return f'<symbol id="{name}" viewBox="0 0 24 24">{inside}</symbol>'


def sprite(symbols: list[str]) -> str:
    """Put all symbols into one file; colour and size come from the page."""
    body = "\n".join(symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'


class Command(BaseCommand):
    help = "Fetch the front-end libraries named in vendored.json and check their hashes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", default="", help="one package instead of all")

    def handle(self, *args: Any, only: str = "", **options: Any) -> None:
        """Fetch each package; one wrong hash stops everything before a file is written."""
        for package in json.loads(LIST.read_text())["packages"]:
            if only in ("", package["package"]):
                with tempfile.TemporaryDirectory() as folder:
                    self.take(package, Path(folder))

    def take(self, package: dict[str, Any], folder: Path) -> None:
        """Copy what we use of one package."""
        archive = self.pack(f"{package['package']}@{package['version']}", folder)
        if integrity(archive.read_bytes()) != package["integrity"]:
            raise CommandError(f"{package['package']}: the hash is not the one in {LIST.name}.")
        with tarfile.open(archive) as files:
            for inside, outside in package["files"].items():
                content = self.read(files, inside)
                is_text = outside.endswith((".css", ".js"))
                self.write(outside, without_map(content) if is_text else content)
            if wanted := package.get("sprite"):
                symbols = [
                    symbol(name, self.read(files, f"{wanted['folder']}/{icon}.svg").decode())
                    for name, icon in wanted["icons"].items()
                ]
                self.write(wanted["to"], sprite(symbols).encode())
        self.stdout.write(f"{package['package']} {package['version']}: taken")

    def pack(self, wanted: str, folder: Path) -> Path:
        command = ["npm", "pack", "--silent", wanted, "--pack-destination", str(folder)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)  # noqa: S603
        return next(folder.glob("*.tgz"))

    def read(self, files: tarfile.TarFile, path: str) -> bytes:
        try:
            member = files.extractfile(f"package/{path}")
        except KeyError:
            member = None
        if member is None:
            raise CommandError(f"{path} is not in the package.")
        return member.read()

    def write(self, path: str, content: bytes) -> None:
        target = TARGET / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
