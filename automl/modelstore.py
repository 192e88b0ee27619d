"""Models on disk: skops with a fixed allow-list, a recipe, a description, and one digest over all.

Nothing is ever unpickled. skops rebuilds objects only of types it trusts by itself or that stand
in ``TRUSTED``; a file that asks for any other type is refused.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

from automl.files import read_json, sha256_of, write_json

# What skops names for the pipelines of ``search.pipelines``, found by saving each of them.
TRUSTED = (
    "collections.OrderedDict",
    "lightgbm.basic.Booster",
    "lightgbm.sklearn.LGBMClassifier",
    "lightgbm.sklearn.LGBMRegressor",
    "numpy.dtype",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.tree._tree.Tree",
    "sklearn.utils._bunch.Bunch",
)
FILES = ("model.skops", "recipe.json", "meta.json")


class ModelRefused(Exception):
    """The stored model is not the one that was expected, or holds types that are not allowed."""


def bundle_digest(folder: Path) -> str:
    """One SHA-256 over model, recipe and description together.

    It hashes the lines ``<sha256>  <name>`` of the three files in fixed order, as ``sha256sum``
    prints them, so that changing any of the three changes it.
    """
    lines = "".join(f"{sha256_of(folder / name)}  {name}\n" for name in FILES)
    return hashlib.sha256(lines.encode("ascii")).hexdigest()


def save_model(folder: Path, pipeline: Any, recipe: dict[str, Any], meta: dict[str, Any]) -> dict[str, Any]:
    """Store a model; the folder appears whole or not at all.

    Returns
    -------
    dict
        ``sha256`` (see ``bundle_digest``), ``size_bytes``, ``format`` and ``files`` with the
        digest of each.
    """
    import skops.io

    partial = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        skops.io.dump(pipeline, partial / "model.skops", compression=zipfile.ZIP_DEFLATED, compresslevel=1)
        write_json(partial / "recipe.json", recipe)
        write_json(partial / "meta.json", meta)
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)  # a full disk keeps no half of it
    return {
        "sha256": bundle_digest(folder),
        "size_bytes": sum((folder / name).stat().st_size for name in FILES),
        "format": "skops",
        "files": {name: sha256_of(folder / name) for name in FILES},
    }


def load_model(folder: Path, sha256: str | None = None) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """Load pipeline, recipe and description.

    Parameters
    ----------
    folder : Path
        As written by ``save_model``.
    sha256 : str, optional
        The digest it must have.

    Raises
    ------
    ModelRefused
        When the digest differs, a file is missing or the model holds a type that is not allowed.
    """
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        if sha256 is not None and bundle_digest(folder) != sha256:
            raise ModelRefused("digest")
        recipe, meta = read_json(folder / "recipe.json"), read_json(folder / "meta.json")
        pipeline = skops.io.load(folder / "model.skops", trusted=list(TRUSTED))
    except OSError as error:
        raise ModelRefused("file") from error
    except (UntrustedTypesFoundException, zipfile.BadZipFile, ValueError, KeyError) as error:
        raise ModelRefused("content") from error
    return pipeline, recipe, meta
