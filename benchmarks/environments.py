"""Environments of the peers: each in a folder of its own, made on demand and kept from run to run."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CACHE = Path.home() / ".cache" / "agora-benchmarks"
MARK = ".ready"  # written last: a folder without it may be half made
SECONDS = 1800
LISTED = (
    "import importlib.metadata as m, json;"
    "print(json.dumps({d.metadata['Name'].lower(): d.version for d in m.distributions()}))"
)


def python_of(name: str, wanted: Sequence[str], cache: Path = CACHE) -> Path:
    """
    The Python of the environment `name`, which holds the packages `wanted`; raises `CalledProcessError` when it
    cannot be made. One that is not marked is kept if it holds them, and made anew otherwise.
    """
    folder = cache / name
    python = folder / "bin" / "python"
    if not (folder / MARK).exists():
        if not holds(python, wanted):
            shutil.rmtree(folder, ignore_errors=True)
            make(folder, wanted)
        (folder / MARK).touch()
    return python


def holds(python: Path, wanted: Sequence[str]) -> bool:
    """Whether an environment has every one of the packages, in the versions that are pinned with `==`."""
    if not python.exists():
        return False
    done = subprocess.run([str(python), "-c", LISTED], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        return False
    there: dict[str, str] = json.loads(done.stdout)
    for each in wanted:
        package, _is, version = each.partition("==")
        bare = package.split("[")[0].split("<")[0].split(">")[0].lower()
        if bare not in there or (version and there[bare] != version):
            return False
    return True


def make(folder: Path, wanted: Sequence[str]) -> None:
    """By uv where it is installed, else by pip."""
    python = str(folder / "bin" / "python")
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv:
        subprocess.run([uv, "venv", "-q", "--python", "3.11", str(folder)], check=True)
        install = [uv, "pip", "install", "-q", "--python", python]
    else:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = [python, "-m", "pip", "install", "-q"]
    subprocess.run([*install, *wanted], check=True, timeout=SECONDS)
