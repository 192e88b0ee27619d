"""Scoring: the right model, checked input, clear answers; and drift of new rows."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io

from automl.__main__ import main
from automl.drift import compare, psi
from automl.files import read_json, write_json
from automl.modelstore import ModelRefused, bundle_digest, load_model
from automl.scoring import Scorer
from automl.serve import serve
from tests.automl.conftest import Searched, clients


@pytest.fixture
def trained(searched: Callable[[str], Searched]) -> Path:
    """The folder of a finished search."""
    return searched("campaign").work


ROW = {"income": 22000, "region": "south", "visits": 3, "gender": "f"}


def test_rows_are_checked_before_they_are_scored(trained: Path) -> None:
    scorer = Scorer(trained / "models" / "trial_2")

    missing = scorer.score([{k: v for k, v in ROW.items() if k != "income"}])
    wrong = scorer.score([ROW, ROW | {"visits": "many"}])
    nested = scorer.score([ROW | {"visits": [1]}])
    odd = scorer.score([ROW | {"region": "moon", "income": 1e9, "extra": 1}])

    assert [(e["code"], e["column"]) for e in missing["errors"]] == [("missing_column", "income")]
    assert [(e["code"], e["row"], e["column"]) for e in wrong["errors"]] == [("wrong_type", 2, "visits")]
    assert nested["errors"][0]["code"] == "wrong_type"
    assert odd["ok"]
    assert {w["code"] for w in odd["warnings"]} == {"unseen_category", "out_of_range", "extra_columns"}
    assert scorer.score([])["errors"][0]["code"] == "no_rows"


def test_a_row_gets_the_same_answer_alone_and_among_others(trained: Path) -> None:
    scorer = Scorer(trained / "models" / "trial_2")
    rows = [ROW, ROW | {"visits": None}, ROW | {"region": "north"}, ROW | {"visits": "7"}]

    together = scorer.score(rows)["predictions"]
    alone = [scorer.score([row])["predictions"][0] for row in rows]

    assert [a["score"] for a in together] == pytest.approx([a["score"] for a in alone], abs=1e-12)
    assert together[0]["probability_no"] + together[0]["probability_yes"] == pytest.approx(1)
    assert together[3]["score"] > together[0]["score"]


@pytest.mark.parametrize("name", ["model.skops", "recipe.json", "meta.json"])
def test_a_model_with_one_changed_byte_in_any_file_is_not_loaded(
    trained: Path, tmp_path: Path, name: str
) -> None:
    copy = tmp_path / "model"
    copy.mkdir()
    for file in (trained / "models" / "trial_2").iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    digest = bundle_digest(copy)
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)

    with pytest.raises(ModelRefused):
        load_model(copy, digest)


def test_a_model_with_a_type_that_is_not_allowed_is_not_loaded(trained: Path, tmp_path: Path) -> None:
    copy = tmp_path / "model"
    copy.mkdir()
    for file in (trained / "models" / "trial_2").iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    skops.io.dump(io.BytesIO, copy / "model.skops")

    with pytest.raises(ModelRefused):
        load_model(copy)


def test_the_score_command_writes_predictions_and_refuses_a_foreign_model(
    trained: Path, tmp_path: Path
) -> None:
    write_json(tmp_path / "rows.json", [ROW, ROW])
    model, rows = str(trained / "models" / "trial_2"), str(tmp_path / "rows.json")

    good = main(["score", "--model", model, "--rows", rows, "--out", str(tmp_path / "out.csv")])
    bad = main(
        ["score", "--model", model, "--rows", rows, "--out", str(tmp_path / "no.csv"), "--sha256", "0" * 64]
    )

    assert (good, bad) == (0, 3)
    assert len(pd.read_csv(tmp_path / "out.csv")) == 2
    assert not (tmp_path / "no.csv").exists()
    assert read_json(tmp_path / "no.csv.report.json")["errors"][0]["code"] == "model_integrity"


def test_the_serving_process_survives_bad_requests(trained: Path) -> None:
    lines = ["{broken", json.dumps({"id": 1, "rows": "x"}), json.dumps({"id": 2, "rows": [ROW]})]
    sink = io.StringIO()
    folder = trained / "models" / "trial_2"

    code = serve(folder, bundle_digest(folder), io.StringIO("\n".join(lines) + "\n"), sink)

    answers = [json.loads(line) for line in sink.getvalue().splitlines()]
    assert code == 0
    assert [answer.get("ready", answer.get("ok")) for answer in answers] == [True, False, False, True]
    assert answers[-1]["id"] == 2


def test_psi_has_the_value_of_the_text_book() -> None:
    assert psi(np.full(4, 0.25), np.array([0.4, 0.2, 0.2, 0.2])) == pytest.approx(0.104, abs=5e-4)
    assert psi(np.full(4, 0.25), np.full(4, 0.25)) == 0


def reference(trained: Path) -> dict[str, Any]:
    """The reference of the fitted folder."""
    return dict(read_json(trained / "result.json")["reference"])


def test_rows_of_the_same_kind_do_not_drift_and_shifted_ones_do(trained: Path) -> None:
    same = clients(600, seed=9)
    moved = same.assign(income=same["income"] * 2, region="moon", visits=np.nan)

    calm, stormy = compare(reference(trained), same), compare(reference(trained), moved)

    assert calm["drifted_columns"] == []
    assert set(stormy["drifted_columns"]) == {"income", "region", "visits"}
    assert stormy["dataset_drift"] and not calm["dataset_drift"]
    columns = {c["column"]: c for c in stormy["columns"]}
    assert columns["region"]["new_categories"] == ["moon"]
    assert columns["income"]["level"] == "major"
    assert columns["visits"]["missing_change"] > 0.8


def test_a_small_sample_does_not_drift_by_chance_alone(trained: Path) -> None:
    known = reference(trained)
    false_alarms = sum(bool(compare(known, clients(80, seed=s))["drifted_columns"]) for s in range(100, 120))

    assert false_alarms <= 4
