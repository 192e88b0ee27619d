"""Scripts that train again what a search found in steps, on drawn rows of a large table, or under a curve."""

import contextlib
import io
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from automl.export.run import export_model
from automl.files import read_json, write_json
from automl.fit import fit
from automl.joining import with_curve
from automl.modelstore import load_model, save_model
from automl.question import Question
from automl.search.calibrating import curve
from tests.automl.conftest import clients
from tests.automl.test_large import crowd

LIMITS = {
    "automl.large.reading.CELLS": 20_000,
    "automl.large.reading.LOOK_ROWS": 1_500,
    "automl.large.drawing.FIT_ROWS": 1_200,
    "automl.large.drawing.VALID_ROWS": 600,
    "automl.large.drawing.TEST_ROWS": 700,
}
STEPS = {
    "automl.search.ladder.LARGE": 500,
    "automl.search.ladder.LEAST_ROWS": 200,
    "automl.search.ladder.FIRST_GUESS": 1e-2,
}


def searched(place: Path, frame: Any, limits: dict[str, float], trials: int) -> Iterator[Path]:
    """A finished search under small limits, which hold as long as it is looked at."""
    patch = pytest.MonkeyPatch()
    for name, value in limits.items():
        patch.setattr(name, value)
    frame.to_parquet(place / "table.parquet", index=False)
    asked = {"target": "bought", "budget_seconds": 400, "max_trials": trials, "roles": {}}
    asked["validation"] = {"kind": "stratified", "folds": 3}
    fit(place / "table.parquet", Question.from_dict(asked), place / "work", tell=lambda *_, **__: None)
    yield place / "work"
    patch.undo()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Six thousand rows are many: four trials, the fourth on most rows."""
    yield from searched(tmp_path_factory.mktemp("large"), crowd(), LIMITS, 4)


@pytest.fixture(scope="module")
def stepped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Twelve hundred rows are searched in steps."""
    frame = clients(1_200).drop(columns="since")
    yield from searched(tmp_path_factory.mktemp("stepped"), frame, STEPS, 7)


def reproduced(work: Path, place: Path, number: int) -> str:
    """What the script of one trial says when it is run on the table, here, where the small limits hold."""
    folder = work / "models" / f"trial_{number}"
    report = export_model("script", folder, place / "out.zip", work / "result.json")
    assert report["ok"], report
    with zipfile.ZipFile(place / "out.zip") as archive:
        archive.extractall(place)
    script = place / report["name"] / "reproduce.py"
    said, before = (
        io.StringIO(),
        sys.argv,
    )
    sys.argv = [str(script), str(work.parent / "table.parquet")]
    try:
        with contextlib.redirect_stdout(said), pytest.raises(SystemExit) as ended:
            exec(compile(script.read_text(), str(script), "exec"), {"__file__": str(script)})  # noqa: S102
    finally:
        sys.argv = before[0]
        sys.path.remove(str(script.parent))
    assert ended.value.code == 0, said.getvalue()
    return said.getvalue()


def numbers(work: Path) -> dict[str, int]:
    return {t["name"]: t["number"] for t in read_json(work / "result.json")["trials"] if t["artifact"]}


def test_models_of_a_large_table_are_reproduced_from_drawn_and_from_most_rows(
    large: Path, tmp_path: Path
) -> None:
    found = numbers(large)
    assert "lightgbm@4200" in found and len(found) >= 4

    for name, number in found.items():
        assert "The same result." in reproduced(large, tmp_path, number), name


def test_models_of_a_search_in_steps_are_reproduced(stepped: Path, tmp_path: Path) -> None:
    for name, number in numbers(stepped).items():
        assert "The same result." in reproduced(stepped, tmp_path, number), name


def test_a_curve_over_the_probabilities_is_reproduced(stepped: Path, tmp_path: Path) -> None:
    result = read_json(stepped / "result.json")
    below = numbers(stepped)["linear"]
    pipeline, recipe, meta = load_model(stepped / "models" / f"trial_{below}")
    rng = np.random.default_rng(0)
    p = rng.random(500)
    bent = curve(np.column_stack([1 - p, p]), (rng.random(500) < p**2).astype(int))
    mended = with_curve(pipeline, bent, 2)
    save_model(
        stepped / "models" / "trial_90", mended, recipe, meta | {"number": 90, "name": "linear_calibrated"}
    )
    score = _measured(stepped, mended, recipe)
    trial = {
        "number": 90,
        "name": "linear_calibrated",
        "calibrates": below,
        "test_metrics": score,
        "artifact": None,
    }
    judged = {
        "metric": {"name": "log_loss"},
        "trials": [*result["trials"], trial],
    }  # a curve changes no ranking
    write_json(tmp_path / "result.json", result | judged)
    work = tmp_path / "work"
    work.mkdir()
    (work / "result.json").write_bytes((tmp_path / "result.json").read_bytes())
    (work / "models").symlink_to(stepped / "models")
    (tmp_path / "table.parquet").symlink_to(stepped.parent / "table.parquet")

    assert "The same result." in reproduced(work, tmp_path, 90)
    plain = next(t for t in result["trials"] if t["number"] == below)["test_metrics"]["log_loss"]["value"]
    assert abs(score["log_loss"]["value"] - plain) > 0.01


def _measured(work: Path, pipeline: Any, recipe: dict[str, Any]) -> dict[str, Any]:
    from automl.export.rerun import measured, split_rows
    from automl.tables import read_parquet

    result = read_json(work / "result.json")
    rows = split_rows(read_parquet(work.parent / "table.parquet"), result["question"], recipe)
    return measured(pipeline, rows, "binary", 2, result["seed"])
