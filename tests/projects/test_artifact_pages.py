"""Pages and API of artifacts and of the library, as people and programs meet them."""

import json

import pytest
from django.urls import reverse

from portal.core.models import AuditEvent
from projects.models import Artifact, ArtifactVersion
from tests.people import person
from tests.projects.artifact_scene import PNG, dataset, file, note
from tests.projects.artifact_visits import browser, page, program
from tests.projects.data_scene import scene

pytestmark = pytest.mark.django_db


def test_a_person_brings_a_note_and_reads_it_in_the_library():
    client = browser(person())
    empty = client.get(reverse("projects:library")).content.decode()
    assert "The library is empty" in empty and reverse("projects:artifact_new") in empty
    answer = client.post(
        reverse("projects:artifact_new"),
        {"title": "Storms", "kind": "note", "text": "# Title\n\n**bold**", "classification": "internal", "tags": "Hail, roof"},
    )  # fmt: skip
    made = Artifact.objects.get()
    assert answer.status_code == 302 and answer.url == reverse("projects:artifact_detail", args=[made.pk])
    shown = client.get(answer.url).content.decode()
    assert "<h2>Title</h2>" in shown and "<strong>bold</strong>" in shown and "hail" in shown
    assert "Storms" in client.get(reverse("projects:library"), {"q": "stor"}).content.decode()
    nothing = client.get(reverse("projects:library"), {"q": "snow"}).content.decode()
    assert "Nothing here fits" in nothing


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Choose a file, write a note or give an address."),
        ({"text": "x", "link": "https://example.org"}, "Give one of the three"),
        ({"kind": "link", "link": "javascript:alert(1)"}, "Write a whole address"),
        ({"kind": "image", "text": "no picture"}, "PNG, JPEG, WebP or GIF image"),
        ({"text": "x", "made_from": "/nowhere/"}, "is not the page of a dataset"),
        ({"text": "x", "made_from": "/data/11111111-1111-1111-1111-111111111111/"}, "you may not use it"),
        ({"text": "x", "title": ""}, "required"),
    ],
)
def test_a_refused_form_says_what_to_do_and_makes_nothing(said, words):
    fields = {"title": "Storms", "kind": "note", "classification": "internal", **said}
    answer = browser(person()).post(reverse("projects:artifact_new"), fields)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Artifact.objects.exists() and not ArtifactVersion.objects.exists()


def test_what_is_written_is_a_note_and_an_address_is_a_link_without_choosing_the_kind():
    client = browser(person())
    fields = {"title": "Storms", "kind": "document", "classification": "internal"}
    client.post(reverse("projects:artifact_new"), {**fields, "text": "x"})
    client.post(reverse("projects:artifact_new"), {**fields, "link": "https://example.org"})
    assert list(Artifact.objects.order_by("created_at").values_list("kind", flat=True)) == ["note", "link"]


def test_what_it_was_made_from_is_named_by_the_address_of_its_page():
    play = scene()
    data = dataset(play.citizen, classification="confidential", use_case=play.use_case)
    client = browser(play.citizen)
    address = "http://testserver" + reverse("projects:dataset_detail", args=[data.pk]) + "?x=1"
    answer = client.post(
        reverse("projects:artifact_new"),
        {"title": "Storms", "kind": "note", "text": "x", "classification": "public", "made_from": address},
        follow=True,
    )
    shown = answer.content.decode()
    assert "It inherits the class “Confidential”" in shown and "Claims" in shown
    made = Artifact.objects.get()
    assert made.classification == "confidential"
    edit = reverse("projects:artifact_edit", args=[made.pk])
    assert reverse("projects:dataset_detail", args=[data.pk]) in client.get(edit).content.decode()
    fields = {"title": "Hail", "description": "", "tags": "a", "made_from": "", "classification": "public"}
    refused = client.post(edit, {**fields, "made_from": address})
    assert refused.status_code == 422 and "cannot be kept less carefully" in refused.content.decode()
    made.refresh_from_db()
    assert made.title == "Storms" and not made.tags.exists()
    assert client.post(edit, {**fields, "classification": "confidential"}).status_code == 302
    made.refresh_from_db()
    assert (made.title, made.sources.count()) == ("Hail", 0)


def test_a_special_class_is_read_here_and_not_taken_along():
    made = note(person(), classification="special")
    version = made.versions.get()
    answer = browser(made.owner).get(reverse("projects:artifact_download", args=[version.pk]))
    assert answer.status_code == 403
    refused = program(made.owner).get(f"/api/artifact-versions/{version.pk}/download/")
    assert (refused.status_code, refused.json()["code"]) == (403, "download.special_categories")
    assert not AuditEvent.objects.filter(verb="artifact_version.downloaded").exists()
    assert "do not leave the portal" in page(made)


def test_versions_retiring_and_taking_back_on_pages():
    made = note(person())
    client = browser(made.owner)
    new = reverse("projects:artifact_version_new", args=[made.pk])
    assert client.post(new, {"text": "# Storms\n\nMany."}).status_code == 302
    assert made.versions.count() == 1
    assert client.post(new, {"text": "Other words", "remark": "Better"}).status_code == 302
    assert client.post(new, {}).status_code == 422
    assert client.post(new, {"file": file(PNG)}).status_code == 422
    first = made.versions.get(number=1)
    older = client.get(reverse("projects:artifact_version", args=[first.pk])).content.decode()
    assert "This is version 1" in older and "Many." in older
    assert "Other words" in page(made) and "Better" in page(made)

    client.post(reverse("projects:artifact_retire", args=[made.pk]), {"reason": "Wrong"})
    assert "This was put away" in page(made) and "Wrong" in page(made)
    library = reverse("projects:library")
    assert "Storms" not in client.get(library).content.decode()
    assert "Storms" in client.get(library, {"away": "true"}).content.decode()
    client.post(reverse("projects:artifact_restore", args=[made.pk]))
    assert "This was put away" not in page(made)
    client.post(reverse("projects:artifact_retire", args=[made.pk]), {"reason": "x" * 501})
    assert "This was put away" not in page(made)


def test_somebody_else_sees_an_open_one_and_no_way_to_change_it():
    made = note(person())
    stranger = person()
    shown = page(made, stranger)
    assert "Put away" not in shown and "New version" not in shown and "Download" in shown
    edit = browser(stranger).get(reverse("projects:artifact_edit", args=[made.pk])).content.decode()
    assert "Only the owner of this artifact" in edit


def test_the_library_keeps_its_state_in_the_address_and_refuses_nonsense():
    play = scene()
    play.use_case.is_confidential = True
    play.use_case.save()
    note(play.citizen, use_case=play.use_case, tags=["hail"])
    client, url = browser(play.stranger), reverse("projects:library")
    shown = client.get(url, {"q": "storms", "tag": "hail", "sort": "title"}).content.decode()
    assert "q=storms" in shown and "sort=title" in shown and play.use_case.ref not in shown
    for query in ({"use_case": str(play.use_case.pk)}, {"kind": "film"}, {"owner": "nobody"}, {"sort": "x"}):
        answer = client.get(url, query)
        assert answer.status_code == 422 and "Storms" not in answer.content.decode().split("results")[-1]
    assert browser(play.citizen).get(url, {"use_case": str(play.use_case.pk)}).status_code == 200
    assert client.get(url, {"page": "x"}).status_code == client.get(url, {"page": "999"}).status_code == 200
    assert client.get(reverse("projects:library_lineage", args=["film", play.use_case.pk])).status_code == 404


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_pages_speak_the_language_of_the_reader(language):
    made = note(person(), tags=["hail"])
    made.owner.language = language
    made.owner.save()
    client = browser(made.owner)
    words = {
        "en": ("Library", "Lineage", "Bring an artifact"),
        "fr": ("Bibliothèque", "Lignée", "Apporter un artefact"),
    }
    pages = (
        reverse("projects:library"),
        reverse("projects:library_lineage", args=["artifact", made.pk]),
        reverse("projects:artifact_new"),
    )
    for url, word in zip(pages, words[language], strict=True):
        assert word in client.get(url).content.decode()


def test_a_program_does_what_the_pages_do():
    play = scene()
    client = program(play.citizen)
    data = dataset(play.citizen, use_case=play.use_case)
    body = {
        "kind": "note", "title": "Storms", "text": "# Many", "tags": ["hail"], "use_case": str(play.use_case.pk),
        "made_from": [f"dataset:{data.pk}"],
    }  # fmt: skip
    made = client.post("/api/artifacts/", body, format="json")
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert made.json()["made_from"] == [f"dataset:{data.pk}"] and made.json()["can"]["retire"]["allowed"]
    form = {"kind": "image", "title": "Picture", "file": file(PNG, "a.png"), "tags": ["hail", "roof"]}
    picture = client.post("/api/artifacts/", form, format="multipart")
    assert picture.status_code == 201 and picture.json()["tags"] == ["hail", "roof"]
    place = f"/api/artifacts/{key}/"
    assert client.post(f"{place}versions/", {"text": "# More"}, format="json").status_code == 201
    assert client.post(f"{place}versions/", {"text": "# More"}, format="json").status_code == 200
    assert [each["number"] for each in client.get(f"{place}versions/").json()] == [2, 1]
    assert client.post(f"{place}describe/", {"title": "Hail"}, format="json").json()["title"] == "Hail"
    assert client.post(f"{place}tag/", {"tags": ["Sky"]}, format="json").json()["tags"] == ["sky"]
    assert (
        client.post(
            f"{place}derive/", {"made_from": [f"artifact:{picture.json()['id']}"]}, format="json"
        ).status_code
        == 200
    )
    assert client.post(f"{place}classify/", {"classification": "personal"}, format="json").status_code == 200
    assert client.post(f"{place}retire/", {"reason": "Old"}, format="json").json()["retired_reason"] == "Old"
    assert client.get("/api/artifacts/?retired=true").json()["count"] == 1
    assert client.post(f"{place}restore/").json()["retired_at"] is None
    assert client.get("/api/artifacts/?tag=sky&kind=note&q=hai&classification=personal").json()["count"] == 1

    library = client.get("/api/library/?q=hail&page_size=10").json()
    assert library["count"] == 1 and library["results"][0]["use_case"] == str(play.use_case.pk)
    assert library["facets"]["kind"] == [{"value": "note", "label": "Note", "count": 1}]
    line = client.get(f"/api/library/artifact/{key}/lineage/").json()
    assert line["sources"][0][0]["title"] == "Picture" and line["reuse"] == 0
    assert program(play.stranger).get(f"/api/library/artifact/{key}/lineage/").status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "note", "title": "x"}, 400),
        ({"kind": "note", "title": "x", "text": "y", "link": "https://example.org"}, 400),
        ({"kind": "note", "title": "x", "text": "y", "made_from": ["film:1"]}, 400),
        ({"kind": "note", "title": "x", "text": "y", "tags": "hail"}, 400),
        ({"kind": "note", "title": "x", "text": "y", "colour": "red"}, 400),
        ({"kind": "image", "title": "x", "text": "y"}, 415),
        ({"kind": "link", "title": "x", "link": "javascript:alert(1)"}, 400),
        ([1], 400),
    ],
)
def test_a_program_is_told_what_is_wrong(body, status):
    answer = program(person()).post("/api/artifacts/", body, format="json")
    assert answer.status_code == status and answer.json()["code"]
    assert not Artifact.objects.exists()


@pytest.mark.parametrize(
    "query", ["colour=red", "kind=film", "page=0", "page_size=1000", "use_case=x", "sort=x", "owner=x"]
)
def test_the_library_refuses_parameters_it_does_not_know(query):
    assert program(person()).get(f"/api/library/?{query}").status_code == 400


def test_a_program_does_not_learn_of_a_use_case_it_may_not_see():
    play = scene()
    play.use_case.is_confidential = True
    play.use_case.save()
    made = note(play.citizen, use_case=play.use_case)
    shown = program(play.stranger).get(f"/api/artifacts/{made.pk}/").json()
    assert shown["use_case"] is None and str(play.use_case.pk) not in json.dumps(shown)
    assert program(play.citizen).get(f"/api/artifacts/{made.pk}/").json()["use_case"] == str(play.use_case.pk)
    assert play.use_case.ref not in page(made, play.stranger) and play.use_case.title not in page(
        made, play.stranger
    )
