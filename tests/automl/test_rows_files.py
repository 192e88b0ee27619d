"""Files of rows and of tables: read as an upload is, refused where they could be misread, written whole or not at all."""

import errno
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from automl.__main__ import main
from automl.files import read_json, write_bytes
from automl.modelstore import bundle_digest
from automl.question import BadQuestion
from automl.scoring import Scorer
from automl.tables import read_rows, write_rows
from tests.automl.stored import stored, visits

HEADER = "seen,country,visits\n"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A stored model of three columns."""
    return stored(tmp_path / "model", *visits())


def scored(place: Path, model: Path, text: str) -> tuple[int, dict[str, Any]]:
    """Exit code and report of the command on a CSV file."""
    (place / "rows.csv").write_text(text, encoding="utf-8")
    code = main(
        ["score", "--model", str(model), "--rows", str(place / "rows.csv"), "--out", str(place / "o.csv")]
    )
    return code, read_json(place / "o.csv.report.json")


def test_words_for_missing_are_missing_as_in_an_upload(tmp_path: Path, model: Path) -> None:
    code, report = scored(tmp_path, model, HEADER + "2024-02-01, NA ,n/a\n2024-02-01,,\n")

    assert code == 0 and report["ok"] and not report["warnings"]
    scores = pd.read_csv(tmp_path / "o.csv")["score"]
    assert scores[0] == scores[1]


def test_a_word_for_missing_that_the_model_learned_as_a_value_stays_one(tmp_path: Path) -> None:
    frame, answers = visits()
    frame["country"] = np.where(answers == 1, "NA", "FR").astype(object)  # Namibia
    scorer = Scorer(stored(tmp_path / "model", frame, answers))
    (tmp_path / "rows.csv").write_text(HEADER + "2024-02-01,NA,3\n2024-02-01,,3\n", encoding="utf-8")

    rows = scorer.read(tmp_path / "rows.csv")
    assert rows["country"].tolist() == ["NA", None]
    assert scorer.predict(rows)["score"].is_monotonic_decreasing


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("seen,country,visits,visits\n2024-02-01,FR,3,4\n", "duplicate_header"),
        (HEADER + "2024-02-01,FR,3,4\n", "ragged_rows"),
        (HEADER + "2024-02-01,FR,3\n2024-02-01,FR\n", "ragged_rows"),
        (HEADER, "no_rows"),
        ("", "unreadable_rows"),
        ("seen;country;visits\n2024-02-01;FR;3\n", "missing_column"),
    ],
)
def test_a_file_that_could_be_misread_is_refused(tmp_path: Path, model: Path, text: str, code: str) -> None:
    ended, report = scored(tmp_path, model, text)

    assert ended == 0 and not report["ok"] and report["errors"][0]["code"] == code, report
    assert all(each["message"] % each["params"] for each in report["errors"])
    if code == "ragged_rows":
        assert report["errors"][0]["params"]["row"] == text.count("\n")  # the header is row 1
    assert not (tmp_path / "o.csv").exists()


def test_columns_in_another_order_and_more_of_them_change_nothing(tmp_path: Path, model: Path) -> None:
    _, plain = scored(tmp_path, model, HEADER + "2024-02-01,FR,3\n")
    first = (tmp_path / "o.csv").read_text()
    _, more = scored(tmp_path, model, "visits,more,seen,country\n3,x,2024-02-01,FR\n")

    assert (tmp_path / "o.csv").read_text() == first
    assert plain["warnings"] == [] and [w["code"] for w in more["warnings"]] == ["extra_columns"]


def test_a_table_whose_columns_share_a_name_or_hold_lists_is_refused_in_words(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    numbers = pa.array(range(60))
    twice = pa.table([numbers, numbers], names=["a", "a"])
    lists = pa.table([numbers, pa.array([[1]] * 60)], names=["a", "b"])
    (tmp_path / "q.json").write_text('{"target": "a"}')
    out = ["--out", str(tmp_path / "out.json")]
    for table, word in ((twice, "duplicate_header"), (lists, "column_type")):
        parquet.write_table(table, tmp_path / "t.parquet")
        given = ["--table", str(tmp_path / "t.parquet")]
        asked = ["--question", str(tmp_path / "q.json")]
        fit = ["fit", *given, *asked, "--workdir", str(tmp_path / "w")]
        for command in (["profile", *given, *out], ["check", *given, *asked, *out], fit):
            assert main(command) == 2
            said = capfd.readouterr()
            event = json.loads(said.out.splitlines()[-1])
            assert (
                event["code"] == word and event["message"] % event["params"] and "Traceback" not in said.err
            )


def test_predictions_that_find_no_room_leave_no_half_file_and_say_so(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(self: pd.DataFrame, path: Path, **_: Any) -> None:
        Path(path).write_text("predic")
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(pd.DataFrame, "to_csv", half)
    code, report = scored(tmp_path, model, HEADER + "2024-02-01,FR,3\n")

    assert code == 1 and report["errors"][0]["code"] == "fit_disk_full"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["model", "o.csv.report.json", "rows.csv"]


def test_a_file_that_finds_no_room_leaves_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr("automl.files.os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_bytes(tmp_path / "a", b"content")
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_finds_no_room_leaves_no_half_folder(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(_pipeline: Any, path: Path, **_: Any) -> None:
        Path(path).write_bytes(b"PK")
        raise OSError(errno.ENOSPC, "no space left")

    before = bundle_digest(model)
    monkeypatch.setattr("skops.io.dump", half)
    with pytest.raises(OSError, match="no space"):
        stored(model, *visits())
    assert [each.name for each in tmp_path.iterdir()] == ["model"] and bundle_digest(model) == before


def test_an_output_of_an_unknown_kind_is_refused_before_anything_is_read(tmp_path: Path, model: Path) -> None:
    place = str(tmp_path / "o.xlsx")

    assert main(["score", "--model", str(model), "--rows", "absent.csv", "--out", place]) == 2
    with pytest.raises(ValueError, match="xlsx"):
        write_rows(pd.DataFrame({"a": [1]}), Path(place))
    with pytest.raises(BadQuestion):
        read_rows(_written(tmp_path, "a,a\n1,2\n"))


def _written(place: Path, text: str) -> Path:
    (place / "rows.csv").write_text(text)
    return place / "rows.csv"


def test_a_column_without_a_finite_number_at_training_takes_any(tmp_path: Path) -> None:
    frame, answers = visits()
    frame["endless"] = np.where(np.arange(len(frame)) % 2, np.inf, -np.inf)
    scorer = Scorer(stored(tmp_path / "model", frame, answers))

    answer = scorer.score([{"seen": "2024-02-01", "country": "FR", "visits": 3, "endless": 5}])
    assert answer["ok"], answer


def test_a_row_that_misspells_a_column_is_not_scored_as_if_it_were_unknown(
    tmp_path: Path, model: Path
) -> None:
    row = {"seen": "2024-02-01", "country": "FR", "visits": 3}
    slip = {"seen": "2024-02-01", "country": "FR", "visit": 3}
    scorer = Scorer(model)

    answer = scorer.score([row, slip])
    assert not answer["ok"] and [(e["code"], e["row"], e["column"]) for e in answer["errors"]] == [
        ("missing_value", 2, "visits")
    ]
    assert scorer.score([row, row | {"visits": None}])["ok"]  # said to be unknown
    (tmp_path / "rows.json").write_text(json.dumps([row, slip]))
    given = ["--model", str(model), "--rows", str(tmp_path / "rows.json"), "--out", str(tmp_path / "o.csv")]
    assert main(["score", *given]) == 0
    report = read_json(tmp_path / "o.csv.report.json")
    assert report["errors"][0]["code"] == "missing_value" and not (tmp_path / "o.csv").exists()
    assert (report["errors"][0]["row"], report["errors"][0]["column"]) == (2, "visits")
    assert report["errors"][0]["message"] % report["errors"][0]["params"]
