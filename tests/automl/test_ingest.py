"""Reading uploads: good ones exactly, bad ones with a clear reason and its place."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from automl.files import sha256_of
from automl.ingest import Bounds, ingest

Read = Callable[..., dict[str, Any]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Ingest some bytes."""

    def run(content: bytes, **bounds: int) -> dict[str, Any]:
        source = tmp_path / "upload.bin"
        source.write_bytes(content)
        return ingest(source, "upload.csv", tmp_path / "out", Bounds(**bounds))

    return run


def workbook(rows: list[list[Any]], *more: str) -> bytes:
    """An .xlsx file with these rows, and further sheets of these names."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name in more:
        book.create_sheet(name)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        ("a,é\n1,x\n2,ü\n".encode(), "utf-8", ","),
        ("a;é\n1;x\n2;ü\n".encode("utf-8-sig"), "utf-8-sig", ";"),
        ("a\té\n1\tx\n2\tü\n".encode("utf-16"), "utf-16", "\t"),
        ("a,é\n1,x\n2,ü\n".encode("cp1252"), "cp1252", ","),
        ("sep=;\na;é\n1;x\n2;ü\n".encode(), "utf-8", ";"),
        ("a|é\n1|x\n2|ü\n".encode(), "utf-8", "|"),
    ],
)
def test_text_is_understood_in_its_encoding_and_with_its_separator(
    read: Read, tmp_path: Path, content: bytes, encoding: str, delimiter: str
) -> None:
    outcome = read(content)

    assert outcome["ok"], outcome["errors"]
    assert (outcome["encoding"], outcome["delimiter"]) == (encoding, delimiter)
    assert outcome["columns"] == ["a", "é"]
    stored = parquet.read_table(tmp_path / "out" / "table.parquet")
    assert stored["a"].to_pylist() == [1, 2]
    assert stored["é"].to_pylist() == ["x", "ü"]
    assert outcome["digest"] == sha256_of(tmp_path / "out" / "table.parquet")


def test_capitals_and_quotation_marks_of_a_french_office_are_no_mixed_encodings(read: Read) -> None:
    outcome = read("a,é\nQUALITÉ\u00a0: «À»,ü\n".encode("cp1252"))

    assert outcome["ok"], outcome["errors"]
    assert (outcome["encoding"], outcome["rows"]) == ("cp1252", 1)


def test_columns_get_types_but_codes_with_leading_zeros_stay_text(read: Read, tmp_path: Path) -> None:
    read(b"n,f,code,day,mixed,gap\n1,1.5,007,2024-02-29,1,\n2,-3e2,012,2024-03-01,x,4\n")

    stored = parquet.read_table(tmp_path / "out" / "table.parquet")
    assert [str(field.type) for field in stored.schema] == [
        "int64", "double", "string", "timestamp[us]", "string", "int64",
    ]  # fmt: skip
    assert stored["code"].to_pylist() == ["007", "012"]
    assert stored["gap"].to_pylist() == [None, 4]


def test_decimal_commas_are_numbers_in_semicolon_files_and_are_reported(read: Read, tmp_path: Path) -> None:
    outcome = read(b"a;b\n1,5;x\n2;y\n")

    assert parquet.read_table(tmp_path / "out" / "table.parquet")["a"].to_pylist() == [1.5, 2.0]
    assert [warning["code"] for warning in outcome["warnings"]] == ["decimal_comma"]


@pytest.mark.parametrize(
    ("content", "code", "row", "column"),
    [
        (b"", "empty_file", None, None),
        (b"\xef\xbb\xbf\r\n", "empty_file", None, None),
        (b"a,b\n", "header_only", 1, None),
        (b"a\n1\n2\n", "single_column", 1, "a"),
        (b"a,b,A\n1,2,3\n", "duplicate_header", 1, "A"),
        (b"a,,c\n1,2,3\n", "empty_header", 1, None),
        (b"a,b\n1,2\n3\n4,5\n", "ragged_rows", 3, None),
        (b"a,b\n1,2\n\n3,4,5\n", "ragged_rows", 4, None),
        (b"a,b\n1,x\x00y\n", "nul_bytes", None, None),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "binary_content", None, None),
        (b"a,b\n" + bytes(range(1, 32)) * 90, "binary_content", None, None),
        (b"<!DOCTYPE html><html></html>", "binary_content", None, None),
        (b"a,b\n" + "é,ü\n".encode() * 20 + b"\xc3,x\n", "undecodable_bytes", None, None),
        ("a,b\n1,é\n".encode() + "2,été\n".encode("cp1252"), "mixed_encodings", 3, None),
        (b'a,b\n1,"never closed\n2,3\n', "unclosed_quote", 2, None),
        (b'a,b\n1,"x"y\n', "bad_quote", 2, None),
        (b"a,b\n1,2\n3,4\n5,6\n", "too_many_rows", 4, None),
        (b"a,b,c,d\n1,2,3,4\n", "too_many_columns", 1, None),
        (b"a,b\n1," + b"x" * 60 + b"\n", "cell_too_long", 2, None),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "encrypted_xlsx", None, None),
        (b"\xd0\xcf\x11\xe0Workbook", "legacy_xls", None, None),
        (b"PK\x03\x04broken", "corrupt_xlsx", None, None),
        (b"PAR1broken", "corrupt_parquet", None, None),
    ],
)
def test_a_bad_file_is_refused_with_its_reason_and_place(
    read: Read, tmp_path: Path, content: bytes, code: str, row: int | None, column: str | None
) -> None:
    outcome = read(content, rows=2 if code == "too_many_rows" else 100, columns=3, cell=50)

    assert outcome["ok"] is False
    (error,) = outcome["errors"]
    assert error["code"] == code
    assert (error["row"], error["column"]) == (row, column)
    assert error["message"] % error["params"]
    assert not (tmp_path / "out" / "table.parquet").exists()
    assert json.loads((tmp_path / "out" / "ingest.json").read_text())["ok"] is False


def test_formulas_are_kept_as_text_and_counted_but_negative_numbers_are_not(
    read: Read, tmp_path: Path
) -> None:
    outcome = read(b"a,b,c\n1,=1+1,-5\n2,@x,-2.5\n3,ok,+3\n")

    (warning,) = outcome["warnings"]
    assert warning["code"] == "formula_cells"
    assert (warning["count"], warning["columns"], warning["row"]) == (2, ["b"], 2)
    assert parquet.read_table(tmp_path / "out" / "table.parquet")["b"].to_pylist() == ["=1+1", "@x", "ok"]


def test_a_workbook_is_read_with_types_and_error_cells_count_as_missing(read: Read, tmp_path: Path) -> None:
    outcome = read(
        workbook([["n", "t", "e"], [1, "x", "#REF!"], [2.5, "y", "z"], [None, None, "w"]], "notes")
    )

    assert outcome["ok"], outcome["errors"]
    assert outcome["format"] == "xlsx"
    stored = parquet.read_table(tmp_path / "out" / "table.parquet").to_pydict()
    assert stored == {"n": [1.0, 2.5, None], "t": ["x", "y", None], "e": [None, "z", "w"]}
    assert {warning["code"] for warning in outcome["warnings"]} == {"other_sheets", "error_cells"}


def test_a_workbook_that_would_unpack_to_much_is_refused_from_its_directory(read: Read) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (30 << 20))

    assert read(buffer.getvalue())["errors"][0]["code"] == "xlsx_bomb"


def test_a_damaged_or_nested_parquet_file_is_refused(read: Read) -> None:
    buffer = io.BytesIO()
    parquet.write_table(pa.table({"a": [1], "b": [[1, 2]]}), buffer)
    nested = read(buffer.getvalue())["errors"][0]
    buffer = io.BytesIO()
    pd.DataFrame({"a": range(500), "b": range(500)}).to_parquet(buffer)
    cut = read(buffer.getvalue()[:-40])["errors"][0]

    assert (nested["code"], nested["column"]) == ("column_type", "b")
    assert cut["code"] == "corrupt_parquet"


def test_parquet_limits_come_from_the_metadata(read: Read) -> None:
    buffer = io.BytesIO()
    pd.DataFrame({"a": range(500), "b": ["x" * 90] * 500}).to_parquet(buffer)

    assert read(buffer.getvalue(), rows=499)["errors"][0]["code"] == "too_many_rows"
    assert read(buffer.getvalue(), cell=80)["errors"][0]["column"] == "b"
    assert read(buffer.getvalue())["rows"] == 500


# The peak of this process alone: `ru_maxrss` would begin with that of the tests which started it.
PEAK = """
import re, sys
from pathlib import Path
from automl.ingest import ingest
outcome = ingest(Path(sys.argv[1]), "upload.parquet", Path(sys.argv[2]))
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text()).group(1)
print(outcome["errors"][0]["code"], int(peak) >> 10)
"""


def repeated_word() -> pa.Table:
    """One long word, named once and repeated by number: 45 GB of text in 2 MB."""
    rows = 1_500_000
    word = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["x" * 30_000]))
    return pa.table({"a": word, "b": pa.array(range(rows))})


def zeros() -> pa.Table:
    """Plain text that packs well: 5 GB in half a megabyte."""
    return pa.table({"a": pa.array(["0" * 50_000] * 2_000), "b": pa.array(range(2_000))})


@pytest.mark.parametrize(
    ("table", "times", "options"),
    [(repeated_word, 1, {"store_schema": False}), (zeros, 50, {"use_dictionary": False})],
)
def test_a_small_parquet_file_that_unpacks_to_gigabytes_is_refused_before_it_fills_the_memory(
    tmp_path: Path, table: Callable[[], pa.Table], times: int, options: dict[str, bool]
) -> None:
    bomb, content = tmp_path / "bomb.parquet", table()
    with parquet.ParquetWriter(bomb, content.schema, compression="zstd", **options) as writer:
        for _ in range(times):
            writer.write_table(content)
    assert bomb.stat().st_size < 4_000_000

    command = [sys.executable, "-c", PEAK, str(bomb), str(tmp_path / "out")]
    code, peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    assert code == "table_too_large"
    assert int(peak) < 1_000, f"{peak} MB were filled before it was refused"
    assert not (tmp_path / "out" / "table.parquet").exists()


def test_words_written_as_a_dictionary_come_back_as_they_were(read: Read, tmp_path: Path) -> None:
    words = ["north", None, "south", "", "north"] * 300
    parquet.write_table(pa.table({"a": words, "b": range(1500)}), tmp_path / "in.parquet", row_group_size=400)

    outcome = read((tmp_path / "in.parquet").read_bytes())

    assert outcome["ok"], outcome["errors"]
    assert parquet.read_table(tmp_path / "out" / "table.parquet")["a"].to_pylist() == words


def test_the_same_file_gives_the_same_digest(read: Read) -> None:
    content = b"a,b\n1,x\n2,y\n"

    assert read(content)["digest"] == read(content)["digest"]


def test_json_lines_are_read_with_types_and_missing_keys(read: Read, tmp_path: Path) -> None:
    outcome = read(b'{"n": 1, "t": "x", "d": "2024-02-29"}\n\n{"n": 2.5, "d": null, "b": true}\n')

    assert outcome["ok"] and outcome["format"] == "json lines", outcome["errors"]
    stored = parquet.read_table(tmp_path / "out" / "table.parquet")
    assert stored.select(["n", "t", "b"]).to_pydict() == {"n": [1, 2.5], "t": ["x", None], "b": [None, True]}
    assert str(stored.schema.field("d").type) == "timestamp[us]"
    for content, code, row in (
        (b'{"n": 1, "t": [1]}\n{"n": 2}\n', "column_type", 1),
        (b'{"n": 1, "t": 2}\n{"n": 2,\n', "bad_json", 2),
        (b'{"n": 1}\n{"n": 2}\n', "single_column", 1),
    ):
        (error,) = read(content)["errors"]
        assert (error["code"], error["row"]) == (code, row)


def test_what_a_person_says_about_a_file_is_heeded(tmp_path: Path) -> None:
    source = tmp_path / "upload.bin"

    def asked(content: bytes, **reading: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        source.write_bytes(content)
        outcome = ingest(source, "upload.csv", tmp_path / "out", Bounds(), reading)
        assert outcome["ok"], outcome["errors"]
        return outcome, parquet.read_table(tmp_path / "out" / "table.parquet").to_pydict()

    day = b"n,since\n1,03/04/2024\n2,05/06/2024\n"
    outcome, table = asked(day)
    assert table["since"] == ["03/04/2024", "05/06/2024"]
    assert outcome["dates"] == {"since": {"format": "%d/%m/%Y", "is_ambiguous": True}}
    assert [each.month for each in asked(day, dates="day")[1]["since"]] == [4, 6]
    assert [each.month for each in asked(day, dates="month")[1]["since"]] == [3, 5]
    assert asked("n;é\n1;ç\n".encode("cp1252"), encoding="latin-1")[0]["encoding"] == "latin-1"
    assert asked(b"a|b,c\n1|2,3\n", delimiter="|")[1] == {"a": [1], "b,c": [2.3]}
    assert asked(b"a;b\n1,5;2\n", decimal=".")[1]["a"] == ["1,5"]
    outcome, table = asked(b"a,b\n1,2\n3\n4,5\n", skip_bad_rows=True)
    assert table == {"a": [1, 4], "b": [2, 5]} and outcome["warnings"][0]["params"]["rows"] == "3"
    book = workbook([["a", "b"], [1, 2]], "notes")
    source.write_bytes(book)
    (error,) = ingest(source, "x.xlsx", tmp_path / "out", Bounds(), {"sheet": "nothing"})["errors"]
    assert error["code"] == "xlsx_other_sheet" and "notes" in error["params"]["sheets"]
