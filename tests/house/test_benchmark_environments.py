"""Peers are installed in one way, once; what is there already stays."""

import subprocess
import sys
from pathlib import Path

import django
import pytest
from django.conf import settings

from benchmarks import automl_quality, drift, environments

HERE = (f"Django=={django.__version__}", "pytest")


def standing(cache: Path, *, is_marked: bool) -> Path:
    """An environment whose Python has what ours has."""
    python = cache / "peer" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (cache / "peer" / "kept").touch()
    if is_marked:
        (cache / "peer" / ".ready").touch()
    return python


@pytest.fixture
def made(monkeypatch):
    """The environments that would be made."""
    asked = []

    def make(folder, wanted):
        asked.append((folder.name, tuple(wanted)))
        folder.mkdir(parents=True)

    monkeypatch.setattr(environments, "make", make)
    return asked


def test_what_is_marked_is_taken_as_it_is(tmp_path, made):
    python = standing(tmp_path, is_marked=True)

    assert environments.python_of("peer", ("no-such-package==1",), tmp_path) == python
    assert not made


def test_what_is_not_marked_and_holds_all_is_kept_and_marked(tmp_path, made):
    python = standing(tmp_path, is_marked=False)

    assert environments.python_of("peer", HERE, tmp_path) == python
    assert not made and (tmp_path / "peer" / ".ready").exists() and (tmp_path / "peer" / "kept").exists()


@pytest.mark.parametrize(
    "wanted", [("Django==0.1",), (*HERE, "no-such-package"), ("no-such-package[all]==1",)]
)
def test_what_is_half_made_is_made_anew(tmp_path, made, wanted):
    standing(tmp_path, is_marked=False)

    environments.python_of("peer", wanted, tmp_path)

    assert made == [("peer", wanted)] and not (tmp_path / "peer" / "kept").exists()
    assert (tmp_path / "peer" / ".ready").exists()


@pytest.mark.parametrize("uv", ["", "/bin/uv"])
def test_an_installation_that_fails_leaves_no_mark(tmp_path, monkeypatch, uv):
    ran = []

    def run(command, **_more):
        ran.append(command)
        if "install" in command:
            raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(environments.shutil, "which", lambda _name, path=None: uv)
    monkeypatch.setattr(environments.subprocess, "run", run)

    with pytest.raises(subprocess.CalledProcessError):
        environments.python_of("peer", HERE, tmp_path)

    assert [command[0] for command in ran] == (
        [uv, uv] if uv else [sys.executable, str(tmp_path / "peer" / "bin" / "python")]
    )
    assert ran[1][-2:] == list(HERE) and not (tmp_path / "peer" / ".ready").exists()


def test_both_benchmarks_keep_their_peers_where_they_were(monkeypatch, tmp_path):
    asked = []
    for module in (automl_quality, drift):
        monkeypatch.setattr(module, "python_of", lambda *given: asked.append(given) or Path("python"))

    found = automl_quality.environments(["agora", "flaml"], tmp_path)

    assert found == {"agora": Path(sys.executable), "flaml": Path("python")}
    assert asked == [("flaml", automl_quality.ENVIRONMENTS["flaml"], tmp_path)]
    assert Path.home() / ".cache" / "agora-benchmarks" == environments.CACHE
    makers = [
        path.name for path in (settings.ROOT / "benchmarks").glob("*.py") if '"venv"' in path.read_text()
    ]
    assert makers == ["environments.py"]
