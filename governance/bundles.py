"""Models on disk: the stored bundle, verified, laid out for the engine's child. Never loaded here."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from governance.models import ModelVersion
from portal.core import filestore

FILES = ("model.skops", "recipe.json", "meta.json")
LARGEST = 2_000_000_000


class ModelDamaged(Exception):
    """The stored model is not the one that was approved; nothing may be predicted with it."""


def check(version: ModelVersion) -> None:
    """Raise `ModelDamaged` unless the stored bytes are those that were registered."""
    try:
        filestore.cached(version.bundle_digest, ".zip")
    except (filestore.FileDamaged, OSError, ValueError) as problem:
        raise ModelDamaged(version.bundle_digest) from problem


def lay_out(version: ModelVersion, folder: Path) -> Path:
    """Unpack the three files of the bundle into `folder`; names inside the archive are never paths."""
    try:
        archive = filestore.cached(version.bundle_digest, ".zip")
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(archive) as bundle:
            members = {Path(info.filename).name: info for info in bundle.infolist() if not info.is_dir()}
            if not set(FILES) <= set(members) or sum(members[name].file_size for name in FILES) > LARGEST:
                raise ModelDamaged(version.bundle_digest)
            for name in FILES:
                with bundle.open(members[name]) as source, (folder / name).open("wb") as target:
                    shutil.copyfileobj(source, target)
    except (filestore.FileDamaged, OSError, ValueError, zipfile.BadZipFile) as problem:
        raise ModelDamaged(version.bundle_digest) from problem
    return folder


@contextmanager
def unpacked(version: ModelVersion) -> Iterator[Path]:
    """A temporary folder with `model/` and `work/`, removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="agora-model-") as name:
        place = Path(name)
        (place / "work").mkdir()
        lay_out(version, place / "model")
        yield place
