"""Bad uploads, family by family: the status, the code and the words each of them gets, at once or after the check."""

import io
import zipfile

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.core import job_runner
from projects.models import Dataset, DatasetVersion, PartialUpload
from projects.selectors import privacy
from projects.services import partial_uploads
from tests.projects.data_scene import near_engine, ready_version, scene, table

__all__ = ["near_engine"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("near_engine")]
GOOD = b"age,plan\n1,a\n2,b\n"


def zipped(**entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("_", "/", 1) + ".xml", content)
    return buffer.getvalue()


def columnar(data):
    buffer = io.BytesIO()
    parquet.write_table(pa.table(data), buffer, compression="zstd")
    return buffer.getvalue()


def long_words():
    return pa.array(["x" * 200_000] * 50).dictionary_encode()


# family, name, content, status, code, words
AT_ONCE = [
    ("U2", "a.csv", b"", 400, "file.empty", "empty"),
    ("U10", "n" * 300 + ".csv", GOOD, 400, "file.name", "200 characters"),
    *[
        ("U11", f"a.{kind}", b"x", 415, "file.type", "Only CSV")
        for kind in ("html", "svg", "py", "exe", "pkl", "joblib", "onnx", "json")
    ],
    ("U12", "a.csv", b"\x89PNG\r\n", 415, "file.content_mismatch", "PNG image"),
    ("U12", "a.csv", b"\x7fELF", 415, "file.content_mismatch", "program"),
    ("U12", "a.xlsx", GOOD, 415, "file.content_mismatch", "text file"),
    ("U12", "a.parquet", b"{}", 415, "file.content_mismatch", "text file"),
    ("U13", "a.xls", b"x", 415, "xlsx.legacy", "Save it as .xlsx"),
    ("U13", "a.xlsm", b"PK", 415, "xlsx.macros", "without macros"),
    ("U13", "a.xlsx", b"\xd0\xcf\x11\xe0", 415, "file.content_mismatch", "old Office"),
    ("U37", "a.csv.gz", b"\x1f\x8b", 415, "file.compressed", "Unpack"),
]
# family, name, content, code, words, row
AFTER_THE_CHECK = [
    ("U14", "a.xlsx", zipped(xl_workbook="x", xl_sheet=b"0" * 12_000_000), "xlsx_bomb", "more than is allowed", None),
    ("U15", "a.xlsx", b"PK\x03\x04broken", "corrupt_xlsx", "damaged", None),
    ("U15", "a.xlsx", zipped(readme="no workbook"), "binary_content", "ZIP archive", None),
    ("U18", "a.parquet", b"PAR1broken", "corrupt_parquet", "damaged", None),
    ("U19", "a.parquet", columnar({"a": [0] * 2_000_001, "b": [1] * 2_000_001}), "too_many_rows", "more than", 2_000_001),
    ("U20", "a.parquet", columnar({"a": long_words(), "b": list(range(50))}), "cell_too_long", "longer than", 2),
    ("U21", "a.parquet", columnar({f"c{n}": [1] for n in range(2_001)}), "too_many_columns", "2001 columns", 1),
    ("U23", "a.parquet", columnar({"a": [[1]], "b": [1]}), "column_type", "list", None),
    ("U24", "a.csv", b'a,b\n"never closed,2\n' + b"1,2\n" * 9, "unclosed_quote", "never closed", 2),
    ("U25", "a.csv", b",".join(b"c%d" % n for n in range(2_001)) + b"\n1\n", "too_many_columns", "at most 2000", 1),
    ("U26", "a.csv", b"a,b\n1," + b"x" * 100_001 + b"\n", "cell_too_long", "100000 characters", 2),
    ("U26", "a.csv", b"a,b\n1,x\x00y\n", "nul_bytes", "NUL character at byte", None),
    ("U27", "a.csv", b"a,b,c\n1,2,3\n4,5\n", "ragged_rows", "Row 3 has 2 values", 3),
    ("U29", "a.csv", b"a,b\n" + "é,ü\n".encode() * 20 + b"\xc3,x\n", "undecodable_bytes", "damaged at byte", None),
    ("U30", "a.csv", b"a,b\n", "header_only", "no rows", 1),
    ("U30", "a.csv", b"a\n1\n", "single_column", "Only one column", 1),
    ("U31", "a.csv", b"a,b,a\n1,2,3\n", "duplicate_header", "same name", 1),
    ("U31", "a.csv", b"a,,c\n1,2,3\n", "empty_header", "has no name", 1),
    ("U31", "a.csv", b"a," + b"h" * 201 + b"\n1,2\n", "header_too_long", "longer than 200", 1),
    ("U32", "a.csv", b"a,b,A \n1,2,3\n", "duplicate_header", "same name", 1),
    ("JSON lines", "a.jsonl", b'{"a": 1, "b": 2}\n{"a": 1,\n', "bad_json", "Line 2", 2),
    ("JSON lines", "a.jsonl", b'{"a": 1, "b": [2]}\n{}\n', "column_type", "list or object", 1),
]  # fmt: skip


def send(client, name, content, **more):
    file = SimpleUploadedFile("x", content)
    file._name = name  # SimpleUploadedFile cuts long names itself
    return client.post("/api/datasets/", {"name": "Bad", "file": file, **more})


def code_of(answer):
    found = answer.json()
    return found["errors"][0]["code"] if found.get("errors") else found["code"]


def test_what_is_known_at_once_is_refused_with_status_code_and_words_and_keeps_nothing(client, settings):
    play = scene()
    client.force_login(play.citizen)
    settings.MAX_UPLOAD_BYTES = 1_000
    for family, name, content, status, code, words in AT_ONCE:
        answer = send(client, name, content)
        assert (answer.status_code, code_of(answer)) == (status, code), (family, name, answer.content)
        assert words in answer.json()["detail"], (family, answer.json())
    empty = client.post("/api/datasets/", {"name": "Bad"})
    assert (empty.status_code, code_of(empty)) == (400, "file.required")  # U1
    large = send(client, "a.csv", b"a,b\n" * 300)
    assert (large.status_code, code_of(large)) == (413, "file.too_large")  # U3
    cut = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b\n1,2\n'
    truncated = client.generic("POST", "/api/datasets/", cut, content_type="multipart/form-data; boundary=x")
    assert (truncated.status_code, code_of(truncated)) == (400, "upload.truncated")  # U5
    formless = client.generic("POST", "/api/datasets/", cut, content_type="multipart/form-data")
    assert formless.status_code == 400  # U6
    many = client.post("/api/datasets/", {"name": "Bad", "file": [io.BytesIO(GOOD), io.BytesIO(GOOD)]})
    assert (many.status_code, code_of(many)) == (400, "upload.too_many_files")  # U7
    settings.MAX_UPLOAD_BYTES = 10_000_000
    fields = {f"f{n}": "1" for n in range(3_000)}
    assert client.post("/api/datasets/", fields).status_code == 400  # U8
    changed = send(client, "a.csv", GOOD, sha256="0" * 64)
    assert (changed.status_code, code_of(changed)) == (422, "upload.digest")  # U42
    settings.UPLOAD_SCANNER = "tests.projects.test_upload_families.scanner"
    harmful = send(client, "a.csv", b"a,b\n1,EICAR\n")
    assert (harmful.status_code, code_of(harmful)) == (422, "file.malware")  # U43
    settings.UPLOAD_QUOTA_BYTES = 10
    full = send(client, "a.csv", GOOD)
    assert (full.status_code, code_of(full)) == (409, "quota.storage")  # U39
    settings.UPLOAD_QUOTA_BYTES, settings.DISK_RESERVE_BYTES = 10**9, 10**18
    disk = send(client, "a.csv", GOOD)
    assert (disk.status_code, code_of(disk)) == (507, "storage.full")  # U40
    assert not Dataset.objects.exists() and not DatasetVersion.objects.exists()


def scanner(path):
    return "Eicar-Test" if b"EICAR" in path.read_bytes() else ""


def test_what_only_the_reader_can_tell_is_rejected_with_code_words_and_row(client):
    play = scene()
    client.force_login(play.citizen)
    sent = [(send(client, each[1], each[2]).json()["id"], each) for each in AFTER_THE_CHECK]
    job_runner.run_until_idle("quick")
    for key, (family, name, _content, code, words, row) in sent:
        found = client.get(f"/api/dataset-versions/{key}/").json()
        assert found["state"] == "rejected", (family, name, found)
        (problem,) = found["problems"]
        assert (problem["code"], problem["row"]) == (code, row), (family, problem)
        assert words in problem["message"], (family, problem)
    assert not DatasetVersion.objects.exclude(table_digest="").exists()


def test_odd_but_honest_files_are_taken_and_what_is_odd_is_shown(client):
    play = scene()
    client.force_login(play.citizen)
    odd = b"sep=;\nn;since;mail\n" + b"".join(
        b"%d,5;0%d/02/2024;p%d@x.org\n" % (n, 1 + n % 9, n) for n in range(30)
    )
    answer = send(client, "../../etc/passwd.csv", odd)
    sixteen = send(client, "b.tsv", "a\té\n1\tx\n".encode("utf-16"))
    job_runner.run_until_idle("quick")
    version = DatasetVersion.objects.select_related("dataset").get(pk=answer.json()["id"])
    assert version.state == "ready" and version.original_name == "passwd.csv"  # U9, U28
    found = version.reading["found"]
    assert (found["delimiter"], found["decimal"]) == (";", ",")
    assert found["dates"] == {"since": {"format": "%d/%m/%Y", "is_ambiguous": True}}  # U34
    assert privacy.open_question(version.dataset, version) == {"mail": "email"}  # U44
    assert client.get(f"/api/dataset-versions/{sixteen.json()['id']}/").json()["reading"]["found"]["encoding"] == "utf-16"  # U29  # fmt: skip

    page = reverse("projects:dataset_version", args=[version.pk])
    assert "both ways" in client.get(page).content.decode()
    again = reverse("projects:dataset_version_read_again", args=[version.pk])
    made = client.post(again, {"dates": "day"})
    job_runner.run_until_idle("quick")
    second = DatasetVersion.objects.get(dataset=version.dataset, number=2)
    assert made.url == reverse("projects:dataset_version", args=[second.pk])
    kinds = {each["name"]: each["kind"] for each in second.columns_described}
    assert kinds["since"] == "date" and kinds["n"] == "number"
    assert client.post(again, {"dates": "day"}).url == made.url  # read so already: no third version
    url = f"/api/dataset-versions/{version.pk}/read-again/"
    wrong = client.post(url, {"reading": {"dates": "never"}}, content_type="application/json")
    assert wrong.status_code == 400 and wrong.json()["errors"][0]["field"] == "dates"
    assert version.dataset.versions.count() == 2


def test_a_pasted_table_and_a_twin_are_recognised(client):
    play = scene()
    client.force_login(play.citizen)
    text = "age\tplan\n1\ta\n2\tb\n"
    new = reverse("projects:dataset_new")
    body = {"classification": "internal"}
    for name in ("One", "Two"):
        answer = client.post(new, {"name": name, "pasted": text, **body}, follow=True)
    assert "The same content stands already as One v1" in answer.content.decode()
    assert client.post(new, {"name": "Three", **body}).status_code == 422
    both = {"name": "Three", "pasted": text, "file": SimpleUploadedFile("a.csv", GOOD), **body}
    assert client.post(new, both).status_code == 422
    api = client.post("/api/datasets/", {"name": "Four", "text": "a,b\n1,2\n"})
    assert api.status_code == 201
    job_runner.run_until_idle("quick")
    assert {each.rows for each in DatasetVersion.objects.all()} == {1, 2}
    assert Dataset.objects.count() == 3


def test_a_file_in_pieces_goes_on_after_a_broken_connection_and_is_one_table(client, tmp_path):
    play = scene()
    content = table()
    client.force_login(play.citizen)
    as_json = {"content_type": "application/json"}
    begun = client.post("/api/uploads/", {"name": "clients.csv", "size": len(content)}, **as_json)
    assert begun.status_code == 201
    url = f"/api/uploads/{begun.json()['id']}/"

    def piece(start, end, **more):
        body = content[start:end]
        return client.generic("POST", f"{url}piece/?offset={start}", body, "application/octet-stream", **more)

    assert piece(0, 1000).json()["received"] == 1000
    assert piece(0, 1000).json()["received"] == 1000  # its answer was lost, it is sent again
    assert piece(2000, 3000).status_code == 409  # a gap
    upload = PartialUpload.objects.get()
    partial_uploads.place_of(upload).open("ab").write(b"written by a process that died")
    body = {"name": "Clients", "upload": str(upload.pk)}
    assert client.post("/api/datasets/", body).status_code == 400 and not Dataset.objects.exists()
    assert client.get(url).json()["received"] == 1000
    assert piece(1000, len(content)).json()["is_complete"]
    client.force_login(play.stranger)
    assert client.get(url).status_code == 404
    assert client.post("/api/datasets/", body).status_code == 400
    client.force_login(play.citizen)
    form = {"name": "Clients", "classification": "internal", "upload": str(upload.pk)}
    assert client.post(reverse("projects:dataset_new"), form).status_code == 302
    job_runner.run_until_idle("quick")
    assert DatasetVersion.objects.get().rows == 240 and not PartialUpload.objects.exists()

    for wrong, status, code in (
        ({"name": "a.exe", "size": 5}, 415, "file.type"),
        ({"name": "a.csv", "size": 0}, 400, "file.empty"),
        ({"name": "a.csv", "size": 10**12}, 413, "file.too_large"),
    ):
        answer = client.post("/api/uploads/", wrong, **as_json)
        assert (answer.status_code, code_of(answer)) == (status, code)
    assert not PartialUpload.objects.exists()


def test_columns_are_measured_against_a_target_once(client):
    play = scene()
    version = ready_version(play)
    client.force_login(play.citizen)
    page = reverse("projects:dataset_relations", args=[version.pk])
    assert client.post(page, {"target": "nothing"}).status_code == 422
    assert "every 1s" in client.post(page, {"target": "renews"}).content.decode()
    url, body = f"/api/dataset-versions/{version.pk}/relations/", {"target": "renews"}
    assert client.post(url, body, content_type="application/json").status_code == 202
    job_runner.run_until_idle("quick")
    found = client.post(url, body, content_type="application/json").json()["columns"]
    strengths = {each["name"]: each["strength"] for each in found}
    frame = pd.read_csv(io.BytesIO(table()))
    groups = frame.groupby("renews")["age"]
    between = (groups.count() * (groups.mean() - frame["age"].mean()) ** 2).sum()
    eta = (between / ((frame["age"] - frame["age"].mean()) ** 2).sum()) ** 0.5
    assert strengths["age"] == pytest.approx(eta) and found[0]["name"] in {"age", "visits"}
    assert strengths["region"] < strengths["age"]
    shown = client.get(page, {"target": "renews"}).content.decode()
    assert "every 1s" not in shown and "Columns against renews" in shown
    assert not version.dataset.shares.exists()
