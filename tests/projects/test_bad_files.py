"""Files of every bad kind, by the page and by the API: the same clear answer, and nothing is kept of them."""

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.core import job_runner
from projects.models import CaseImport, UseCase
from tests.projects.cases import manager
from tests.projects.test_case_imports import near

pytestmark = pytest.mark.django_db
__all__ = ["near"]
HEAD = "id,title,problem\n"
# What is wrong, the file, and what the answer says: where it is, and what to do.
BAD: dict[str, tuple[str | bytes, str]] = {
    "a delimiter nobody knows": ("id~title~problem\n1~a~b\n", "Check the separator"),
    "another delimiter below the header": ("id;title;problem\n1,a,b\n", "Row 2 has 1 values but the header has 3"),
    "too many values": (HEAD + "1,a,b\n2,a,b,c\n", "Row 3 has 4 values"),
    "too few values": (HEAD + "1,a\n", "Row 2 has 2 values"),
    "an open quotation mark": (HEAD + '1,"a,b\n2,c,d\n', "opened in row 2"),
    "two encodings": ((HEAD + "1,é,b\n").encode() + "2,été,c\n".encode("cp1252"), "Row 3 is not written in UTF-8"),
    "a damaged letter": ((HEAD + "1,é,b\n" * 20).encode() + b"2,\xff,c\n", "damaged at byte"),
    "a NUL": (HEAD + "1,a\0,b\n", "NUL"),
    "no text at all": (bytes(range(256)) * 20, "no table"),
    "nothing": ("", "empty"),
    "blank lines": ("\n\n\n", "empty"),
    "the header alone": (HEAD, "row"),
    "a name twice": ("id,title,Title\n1,a,b\n", "Rename one of them"),
    "a column without a name": ("id,,problem\n1,a,b\n", "Column number 2 has no name"),
    "a row too many": (HEAD + "1,a,b\n" * 5001, "more than 5,000 rows"),
    "an endless cell": (HEAD + f"1,a,{'x' * 5001}\n", "row 2 is longer than 5,000 characters"),
    "a hundred and one columns": (",".join(f"c{n}" for n in range(101)) + "\n" + "1," * 100 + "1\n", "101 columns"),
}  # fmt: skip
ROWS = (
    HEAD.strip()
    + ",process_owner,rough_benefit\n"
    + '1,"=cmd|calc",Formula kept as text,,\n2,Unknown,Person,ghost@example.org,\n3,Twice,P,,\n3,Twice,P,,\n4,Bad,P,,-5\n'
)


def by_page(client, content: bytes) -> str:
    """What somebody reads who sends this file."""
    form = {"source": "jira", "file": SimpleUploadedFile("cases.csv", content)}
    answer = client.post(reverse("projects:import_list"), form)
    if answer.status_code == 302:
        job_runner.run_until_idle("quick")
        answer = client.get(answer.url)
    else:
        assert answer.status_code == 422
    return html.unescape(answer.content.decode())


def by_api(client, content: bytes) -> str:
    """What a program reads."""
    answer = client.post(
        "/api/case-imports/", {"source": "jira", "file": SimpleUploadedFile("cases.csv", content)}
    )
    if answer.status_code == 201:
        job_runner.run_until_idle("quick")
        told = client.get(f"/api/case-imports/{answer.json()['id']}/").json()
        assert told["state"] == "rejected" and told["problems"], told
        return " ".join(told["problems"])
    assert answer.status_code in {400, 415}, answer.content
    [wrong] = answer.json()["errors"]
    assert wrong["field"] == "file"
    return str(wrong["message"])


def test_every_kind_of_bad_file_has_its_answer(near, client):
    client.force_login(manager())
    wrong = []
    for kind, (content, words) in BAD.items():
        data = content if isinstance(content, bytes) else content.encode()
        for door in (by_page, by_api):
            told = door(client, data).replace("\u202f", ",").replace("5000", "5,000")
            if words not in told:
                wrong.append((kind, door.__name__, told[-600:]))
    assert wrong == []
    assert not UseCase.objects.exists()
    assert not CaseImport.objects.exclude(state="rejected").exists()


def test_bad_rows_are_named_by_number_and_the_good_ones_go_in(near, client):
    client.force_login(manager())
    form = {"source": "jira", "file": SimpleUploadedFile("cases.csv", ROWS.encode())}
    sent = client.post("/api/case-imports/", form).json()
    job_runner.run_until_idle("quick")
    base = f"/api/case-imports/{sent['id']}/"
    for act, body in (("try", {"mapping": client.get(base).json()["mapping"]}), ("run", {})):
        assert client.post(f"{base}{act}/", body, content_type="application/json").status_code == 200
        job_runner.run_until_idle("quick")
    report = client.get(base).json()["report"]
    page = html.unescape(client.get(reverse("projects:import_detail", args=[sent["id"]])).content.decode())

    said = {
        row["row"]: [(note["column"], note["text"]) for note in row["messages"]]
        for row in report["rows"]
        if row["messages"]
    }
    assert set(said) == {3, 4, 5, 6}
    for number, column, words in (
        (3, "process_owner", "ghost@example.org"), (4, "id", "2 rows"), (5, "id", "2 rows"), (6, "rough_benefit", "-5"),
    ):  # fmt: skip
        [(named, text)] = said[number]
        assert named == column and words in text and text in page
    assert UseCase.objects.get().title == "=cmd|calc"
