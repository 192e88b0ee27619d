"""Checkpoints: every finished trial, and every fold of the one under way, survives a kill at any moment."""

from __future__ import annotations

import hashlib
import io
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl import __version__
from automl.files import canonical, read_json, write_bytes, write_json

Predictions = NDArray[np.float64]


def fingerprint(table_digest: str, question: dict[str, Any]) -> str:
    """What a checkpoint belongs to: this table, this question, this engine."""
    text = canonical([table_digest, question, __version__])
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


class Checkpoint:
    """The folder with one JSON and one array file per finished trial.

    A trial counts as finished when its JSON is there; that file is renamed into place last, after
    its predictions and its model. A file that cannot be read, or whose predictions are not those
    it names, counts as not there: the trial is run again. A disk that is full costs the
    checkpoint (``broken``), not the search.
    """

    def __init__(self, folder: Path, owner: str) -> None:
        self.folder = folder
        self.owner = owner
        self.broken = False
        self.unreadable = 0
        state = self._state()
        if state.get("fingerprint") != owner:
            shutil.rmtree(folder, ignore_errors=True)
            state = {}
        folder.mkdir(parents=True, exist_ok=True)
        self.spent = _seconds(state.get("spent"))
        self.save_clock(self.spent)

    def _state(self) -> dict[str, Any]:
        try:
            return dict(read_json(self.folder / "state.json"))
        except (OSError, ValueError, TypeError):
            return {}

    def save_clock(self, spent: float) -> None:
        """Note the time used; called after every fold, so a kill loses at most one fold."""
        self._write("state.json", {"fingerprint": self.owner, "spent": spent})

    def save_trial(self, record: dict[str, Any], oof: Predictions | None) -> None:
        """Store a finished trial: predictions first, then the record that makes it count."""
        self._save("trial", record, oof)
        self._drop("fold", record["number"])

    def save_folds(self, record: dict[str, Any], oof: Predictions) -> None:
        """Store the folds of a trial that is under way."""
        self._save("fold", record, oof)

    def _save(self, kind: str, record: dict[str, Any], oof: Predictions | None) -> None:
        kept: dict[str, Any] = {"record": record, "oof_sha256": None}
        if oof is not None:
            buffer = io.BytesIO()
            np.save(buffer, oof, allow_pickle=False)
            kept["oof_sha256"] = hashlib.sha256(buffer.getvalue()).hexdigest()
            self._write(f"{kind}_oof_{record['number']:03d}.npy", buffer.getvalue())
        self._write(f"{kind}_{record['number']:03d}.json", kept)

    def _write(self, name: str, content: Any) -> None:
        if self.broken:
            return
        try:
            if isinstance(content, bytes):
                write_bytes(self.folder / name, content)
            else:
                write_json(self.folder / name, content)
        except OSError:
            self.broken = True

    def _drop(self, kind: str, number: int) -> None:
        for name in (f"{kind}_{number:03d}.json", f"{kind}_oof_{number:03d}.npy"):
            (self.folder / name).unlink(missing_ok=True)

    def trials(self) -> dict[int, dict[str, Any]]:
        """Finished trials of earlier runs by number."""
        found = {}
        for path in sorted(self.folder.glob("trial_[0-9]*.json")):
            number = path.stem.removeprefix("trial_")
            kept = self._read("trial", int(number)) if number.isdigit() else None
            if kept is not None:
                found[int(number)] = kept[0]
        return found

    def folds(self, number: int) -> tuple[dict[str, Any], Predictions] | None:
        """Record and predictions of a trial that a kill interrupted; None when there are none."""
        kept = self._read("fold", number)
        return None if kept is None or kept[1] is None else (kept[0], kept[1])

    def oof(self, number: int) -> Predictions:
        """Out-of-fold predictions of a finished trial.

        Raises
        ------
        OSError
            When they are not there or not the ones that were stored.
        """
        kept = self._read("trial", number)
        if kept is None or kept[1] is None:
            raise OSError(f"no predictions of trial {number}")
        return kept[1]

    def _read(self, kind: str, number: int) -> tuple[dict[str, Any], Predictions | None] | None:
        try:
            kept = read_json(self.folder / f"{kind}_{number:03d}.json")
            record, digest = dict(kept["record"]), kept["oof_sha256"]
            if record["number"] != number:
                raise ValueError("another trial")
            oof = None
            if digest is not None:
                content = (self.folder / f"{kind}_oof_{number:03d}.npy").read_bytes()
                if hashlib.sha256(content).hexdigest() != digest:
                    raise ValueError("other predictions")
                oof = np.asarray(np.load(io.BytesIO(content), allow_pickle=False))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError):
            self.unreadable += 1
            return None
        return record, oof


def _seconds(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) and 0 <= value < 1e9 else 0.0
