"""Artifacts: what is taken and what is refused, frozen versions, and the class they inherit."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from portal.core import clock, filestore
from portal.core.models import AuditEvent, Notice
from portal.core.uploads import UploadRefused
from portal.core.verdicts import Refused
from projects import sniffing
from projects.models import Artifact, ArtifactSource, ArtifactTag, ArtifactVersion, Dataset, SquadMember
from projects.rules import artifacts as rules
from projects.services import artifact_files, artifact_sources, artifacts, custody, datasets
from tests.people import person
from tests.projects.artifact_scene import PDF, PNG, dataset, file, note, notebook, sandbox
from tests.projects.data_scene import scene

pytestmark = pytest.mark.django_db


def nothing_was_made():
    """No row of any table of artifacts, and no word in the trail."""
    return not (
        Artifact.objects.exists()
        or ArtifactVersion.objects.exists()
        or ArtifactTag.objects.exists()
        or AuditEvent.objects.filter(verb__startswith="artifact").exists()
    )


@pytest.mark.parametrize(
    ("kind", "content", "name", "found"),
    [
        ("note", b"# Storms\n\nMany.", "a.exe", "text/markdown"),
        ("notebook", notebook("1 + 1"), "a.txt", "application/x-ipynb+json"),
        ("image", PNG, "a.pdf", "image/png"),
        ("image", b"\xff\xd8\xff\xe0rest", "a.png", "image/jpeg"),
        ("image", b"RIFF\x04\x00\x00\x00WEBPVP8 ", "a", "image/webp"),
        ("image", b"GIF89a\x01\x00", "a.gif", "image/gif"),
        ("report", PDF, "a.html", "application/pdf"),
        ("extract", "Äge;n\n1;2\n".encode(), "a.csv", "text/csv"),
        ("document", b"PK\x03\x04rest", "a.docx", "application/zip"),
        ("document", b"<svg onload='alert(1)'>", "a.png", "image/svg+xml"),
        ("document", b"\n <!DOCTYPE html><script>alert(1)</script>", "a.txt", "text/html"),
        ("document", b"MZ\x90\x00", "a.pdf", "application/x-executable"),
        ("document", b"\x00\x01\x02", "a.pdf", "application/octet-stream"),
        ("document", b"plain words", "a.html", "text/plain"),
    ],
)
def test_what_a_file_is_comes_from_its_bytes_and_not_from_its_name(kind, content, name, found):
    made = artifacts.create(kind=kind, title="Storms", file=file(content, name), by=person())
    version = made.versions.get()

    assert (version.media_type, version.original_name, version.size_bytes) == (found, name, len(content))
    assert filestore.cached(version.digest).read_bytes() == content
    assert list(AuditEvent.objects.order_by("seq").values_list("verb", flat=True))[-2:] == [
        "artifact.created",
        "artifact_version.brought",
    ]


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("note", b"", "file.empty"),
        ("note", PNG, "file.content_mismatch"),
        ("note", b"<html><script>alert(1)</script>", "file.content_mismatch"),
        ("note", "Wörter".encode("latin-1"), "file.content_mismatch"),
        ("notebook", b'{"cells": 3, "nbformat": 4}', "file.content_mismatch"),
        ("notebook", b'{"cells": [', "file.content_mismatch"),
        ("notebook", b'{"cells":' + b"[" * 50_000, "file.content_mismatch"),
        ("image", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file.content_mismatch"),
        ("image", PDF, "file.content_mismatch"),
        ("report", b"<html>%PDF-", "file.content_mismatch"),
        ("extract", b"\xd0\xcf\x11\xe0 old workbook", "file.content_mismatch"),
        ("extract", b"a,b\x00\n", "file.content_mismatch"),
    ],
)
def test_a_file_that_does_not_fit_its_kind_is_refused_and_leaves_nothing(kind, content, code):
    with pytest.raises(UploadRefused) as refusal:
        artifacts.create(kind=kind, title="Storms", file=file(content), by=person())

    assert refusal.value.code == code and str(refusal.value)
    assert nothing_was_made()


def test_a_file_beyond_the_limit_or_the_room_of_a_person_is_refused(settings):
    somebody = person()
    settings.MAX_UPLOAD_BYTES = 10
    with pytest.raises(UploadRefused) as refusal:
        artifacts.create(kind="note", title="Storms", file=file(b"x" * 11), by=somebody)
    assert refusal.value.code == "file.too_large"
    assert nothing_was_made()

    settings.UPLOAD_QUOTA_BYTES = 15
    artifacts.create(kind="note", title="Storms", file=file(b"x" * 10), by=somebody)
    with pytest.raises(UploadRefused) as refusal:
        artifacts.create(kind="note", title="More storms", file=file(b"y" * 10), by=somebody)
    assert refusal.value.code == "quota.storage"
    with pytest.raises(UploadRefused) as refusal:  # a table finds the same room taken
        datasets.create(name="Claims", file=file(b"a,b\n1,2\n3", name="claims.csv"), by=somebody)
    assert refusal.value.code == "quota.storage"
    assert Artifact.objects.count() == 1 and not Dataset.objects.exists()


def test_a_full_disk_keeps_nothing(settings):
    settings.DISK_RESERVE_BYTES = 2**62
    with pytest.raises(UploadRefused) as refusal:
        note(person())
    assert refusal.value.code == "storage.full"
    assert nothing_was_made()


@pytest.mark.parametrize(
    "link",
    [
        "", "javascript:alert(1)", "data:text/html,x", "ftp://example.org/a", "//example.org", "https://", "http:///path",
        "https://exa mple.org", "https://user:secret@example.org/", "https://example.org:nine/", "https://[broken", "file:///etc/passwd",
        "https://example.org/" + "a" * 2000,
    ],
)  # fmt: skip
def test_a_link_leads_to_the_web_and_nowhere_else(link):
    with pytest.raises(ValidationError) as refusal:
        artifacts.create(kind="link", title="Storms", link=link, by=person())
    assert "link" in refusal.value.message_dict
    assert nothing_was_made()


def test_a_link_holds_an_address_and_no_file():
    made = artifacts.create(kind="link", title="Storms", link=" https://example.org/a?b=1 ", by=person())
    version = made.versions.get()
    assert (version.link, version.digest) == ("https://example.org/a?b=1", "")
    assert rules.may_take(person(), version).code == "artifact.link_has_no_file"
    for more in ({"kind": "link", "file": file(b"x")}, {"kind": "note", "link": "https://example.org"}):
        with pytest.raises(ValidationError):
            artifacts.create(title="Other", by=person(), **more)
    assert Artifact.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "  "), ("title", "x" * 141), ("description", "x" * 4001), ("kind", "film"),
        ("classification", "secret"), ("tags", ["x" * 41]), ("tags", [f"t{n}" for n in range(13)]),
    ],
)  # fmt: skip
def test_words_that_cannot_be_kept_are_refused_by_field(field, value):
    with pytest.raises(ValidationError) as refusal:
        artifacts.create(**{"kind": "note", "title": "Storms", "file": file(), "by": person(), field: value})
    assert list(refusal.value.message_dict) == [field]
    assert nothing_was_made()


def test_tags_are_kept_once_each_in_lower_case():
    made = note(person(), tags=["Hail  Claims", "hail claims", " ", "Storm"])
    assert [each.word for each in made.tags.all()] == ["hail claims", "storm"]
    assert artifacts.tag(made, ["storm", "Roof"], by=made.owner) == ["roof", "storm"]
    event = AuditEvent.objects.order_by("-seq")[0]
    assert (event.verb, event.details["before"], event.details["after"]) == (
        "artifact.tagged", ["hail claims", "storm"], ["roof", "storm"],
    )  # fmt: skip
    artifacts.tag(made, ["roof", "storm"], by=made.owner)
    assert AuditEvent.objects.order_by("-seq")[0].seq == event.seq


def test_a_version_is_frozen_and_the_same_content_is_no_new_version():
    made = note(person())
    first = made.versions.get()
    again, is_new = artifacts.add_version(made, file=file(), by=made.owner)
    assert (again.pk, is_new) == (first.pk, False)
    second, is_new = artifacts.add_version(made, file=file(b"# Other"), remark=" More ", by=made.owner)
    assert (second.number, second.remark, is_new) == (2, "More", True)

    for change in (
        lambda: ArtifactVersion.objects.filter(pk=first.pk).update(remark="other"),
        lambda: ArtifactVersion.objects.filter(pk=first.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    first.refresh_from_db()
    assert first.remark == "" and made.versions.count() == 2


def test_only_owner_and_squad_change_an_artifact():
    play = scene()
    made = note(play.citizen, use_case=play.use_case)
    auditor = person(duties=("auditor",))
    for user, code in ((play.stranger, "artifact.change_not_yours"), (auditor, "auditor.reads_only")):
        for act in (
            lambda user=user: artifacts.add_version(made, file=file(b"other"), by=user),
            lambda user=user: artifacts.describe(made, title="Other", by=user),
            lambda user=user: artifacts.tag(made, ["other"], by=user),
            lambda user=user: artifact_sources.derive(made, [], by=user),
        ):
            with pytest.raises(Refused) as refusal:
                act()
            assert refusal.value.verdict.code == code and refusal.value.verdict.reason
    made.refresh_from_db()
    assert made.title == "Storms" and made.versions.count() == 1 and not made.tags.exists()

    artifacts.describe(made, title="Storms of May", by=play.owner)
    assert AuditEvent.objects.order_by("-seq")[0].verb == "artifact.described"
    assert rules.may_classify(play.owner, made).code == "artifact.classify_not_yours"
    assert rules.may_classify(auditor, made).code == "auditor.reads_only"


def test_nobody_brings_to_a_use_case_of_others_and_no_auditor_brings_at_all():
    play = scene()
    for user, place, code in (
        (play.stranger, play.use_case, "artifact.bring_not_yours"),
        (person(duties=("auditor",)), None, "auditor.reads_only"),
    ):
        with pytest.raises(Refused) as refusal:
            note(user, use_case=place)
        assert refusal.value.verdict.code == code
    closed = person()
    closed.is_active = False
    assert rules.may_bring(closed).code == "account.closed"
    assert nothing_was_made()


def test_what_was_put_away_changes_no_more_and_comes_back():
    play = scene()
    made = note(play.citizen, use_case=play.use_case)
    built = note(play.owner, title="Built", made_from=[("artifact", made.pk)])
    for user, code in (
        (play.stranger, "artifact.retire_not_yours"),
        (person(duties=("auditor",)), "auditor.reads_only"),
    ):
        with pytest.raises(Refused) as refusal:
            artifacts.retire(made, by=user)
        assert refusal.value.verdict.code == code
    with pytest.raises(Refused) as refusal:
        artifacts.restore(made, by=play.citizen)
    assert refusal.value.verdict.code == "artifact.not_retired"
    with pytest.raises(ValidationError):
        artifacts.retire(made, reason="x" * 501, by=play.citizen)

    Notice.objects.all().delete()
    artifacts.retire(made, reason="Wrong figures", by=play.citizen)
    assert Notice.objects.get().user == built.owner and "put away" in Notice.objects.get().text
    for act in (
        lambda: artifacts.add_version(made, file=file(b"other"), by=play.citizen),
        lambda: artifacts.retire(made, by=play.citizen),
        lambda: artifacts.classify(made, "public", by=play.citizen),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.verdict.code == "artifact.retired"
    artifacts.restore(made, by=play.owner)
    made.refresh_from_db()
    assert made.retired_at is None and made.retired_reason == ""


def test_those_who_built_on_it_hear_of_a_new_version_where_they_still_see_it():
    made = note(person())
    builder, other = person(), person()
    for somebody in (builder, other):
        note(somebody, title="Built", made_from=[("artifact", made.pk)])
    artifacts.add_version(made, file=file(b"two"), by=made.owner)
    assert set(Notice.objects.values_list("user", flat=True)) == {builder.pk, other.pk}

    Notice.objects.all().delete()
    artifacts.classify(made, "confidential", by=made.owner)
    artifacts.add_version(made, file=file(b"three"), by=made.owner)
    assert not Notice.objects.exists()


def test_the_strictest_class_of_the_parents_is_inherited_and_may_not_be_lowered():
    play = scene()
    secret = dataset(play.citizen, classification="personal", use_case=play.use_case)
    plain = note(play.citizen, title="Plain")
    made = note(
        play.citizen,
        classification="public",
        use_case=play.use_case,
        made_from=[("dataset", secret.pk), ("artifact", plain.pk)],
    )
    assert made.classification == "personal"
    below = note(play.citizen, use_case=play.use_case, title="Below", made_from=[("artifact", made.pk)])
    assert below.classification == "personal"

    for milder in ("public", "internal", "confidential"):
        with pytest.raises(ValidationError) as refusal:
            artifacts.classify(made, milder, by=play.citizen)
        assert "Personal data" in str(refusal.value)
    made.refresh_from_db()
    assert made.classification == "personal"

    artifacts.classify(made, "special", by=play.citizen)
    below.refresh_from_db()
    assert below.classification == "special"


def test_a_source_named_later_raises_the_class_all_the_way_down():
    play = scene()
    first = note(play.citizen, use_case=play.use_case, title="First")
    second = note(play.citizen, use_case=play.use_case, title="Second", made_from=[("artifact", first.pk)])
    third = note(play.citizen, use_case=play.use_case, title="Third", made_from=[("artifact", second.pk)])
    secret = dataset(play.citizen, classification="confidential", use_case=play.use_case)

    artifact_sources.derive(first, [("dataset", secret.pk)], by=play.citizen)
    assert {each.classification for each in Artifact.objects.all()} == {"confidential"}
    with pytest.raises(ValidationError) as refusal:
        artifact_sources.derive(first, [("artifact", third.pk)], by=play.citizen)
    assert "made_from" in refusal.value.message_dict
    with pytest.raises(ValidationError):
        artifact_sources.derive(first, [("artifact", first.pk)], by=play.citizen)
    assert list(first.sources.values_list("kind", flat=True)) == ["dataset"]


def test_classifying_a_table_reaches_what_was_made_of_it_at_once():
    play = scene()
    data = dataset(play.citizen, use_case=play.use_case)
    made = note(play.citizen, use_case=play.use_case, made_from=[("dataset", data.pk)])
    note(play.citizen, use_case=play.use_case, title="Below", made_from=[("artifact", made.pk)])

    custody.classify(data, classification="personal", reason="It names the clients.", by=play.citizen)
    assert {each.classification for each in Artifact.objects.all()} == {"personal"}
    assert artifact_sources.keep_classes() == 0


def test_a_class_that_became_stricter_above_reaches_what_was_made_of_it():
    play = scene()
    data = dataset(play.citizen, use_case=play.use_case)
    made = note(play.citizen, use_case=play.use_case, made_from=[("dataset", data.pk)])
    below = note(play.citizen, use_case=play.use_case, title="Below", made_from=[("artifact", made.pk)])
    Dataset.objects.filter(pk=data.pk).update(classification="personal")

    assert artifact_sources.keep_classes() == 2
    assert {each.classification for each in Artifact.objects.all()} == {"personal"}
    assert below.pk and artifact_sources.keep_classes() == 0


def test_what_one_does_not_see_is_no_source_and_stays_one_where_others_named_it():
    play = scene()
    secret = dataset(play.owner, classification="confidential")
    with pytest.raises(ValidationError) as unseen:
        note(play.citizen, made_from=[("dataset", secret.pk)])
    with pytest.raises(ValidationError) as unknown:
        note(play.citizen, made_from=[("dataset", play.use_case.pk)])
    assert unseen.value.message_dict == unknown.value.message_dict
    with pytest.raises(ValidationError):
        note(play.citizen, made_from=[("film", secret.pk)])
    assert nothing_was_made()

    made = note(play.owner, use_case=play.use_case, made_from=[("dataset", secret.pk)])
    artifact_sources.derive(made, [], by=play.citizen)
    assert ArtifactSource.objects.get().key == secret.pk


def test_what_is_not_for_everybody_does_not_change_its_circle():
    play, elsewhere = scene(), scene()
    secret = dataset(play.citizen, classification="confidential", use_case=play.use_case)
    SquadMember.objects.create(
        use_case=elsewhere.use_case, user=play.citizen, role="citizen", starts_on=clock.today() - timedelta(days=1)
    )  # fmt: skip
    with pytest.raises(ValidationError) as refusal:
        note(play.citizen, use_case=elsewhere.use_case, made_from=[("dataset", secret.pk)])
    assert "use_case" in refusal.value.message_dict
    assert nothing_was_made()
    mine = note(play.citizen, made_from=[("dataset", secret.pk)])
    assert list(Artifact.objects.visible_to(play.owner)) == [] and mine.classification == "confidential"


def test_practice_in_a_sandbox_is_seen_by_its_learner_alone_and_stays_there():
    place, learner = sandbox()
    made = note(learner, use_case=place, classification="public")
    auditor = person(duties=("auditor",))
    assert list(Artifact.objects.visible_to(learner)) == [made]
    assert not Artifact.objects.visible_to(auditor).exists()
    assert not Artifact.objects.visible_to(person()).exists()
    with pytest.raises(ValidationError) as refusal:
        note(learner, made_from=[("artifact", made.pk)])
    assert "use_case" in refusal.value.message_dict
    assert Artifact.objects.count() == 1


@pytest.mark.parametrize("grade", Dataset.Classification.values)
def test_a_class_says_who_sees_an_artifact_and_who_takes_it_along(grade):
    play = scene()
    made = note(play.citizen, use_case=play.use_case, classification=grade)
    version = made.versions.get()
    people = {
        "owner": play.citizen, "product_owner": play.owner, "stranger": play.stranger, "auditor": person(duties=("auditor",)),
        "administrator": person(duties=("administrator",)), "reviewer": person(duties=("model_reviewer",)),
    }  # fmt: skip
    seeing = {name for name, user in people.items() if Artifact.objects.visible_to(user).exists()}
    taking = {name for name, user in people.items() if name in seeing and rules.may_take(user, version)}
    is_open = grade in {"public", "internal"}
    assert seeing == (set(people) if is_open else {"owner", "product_owner", "auditor"})
    assert taking == (set() if grade == "special" else seeing - {"auditor"})
    assert ArtifactVersion.objects.visible_to(play.stranger).exists() is is_open
    if grade == "personal":
        assert rules.may_take(play.stranger, version).code == "artifact.take_personal_data"


def test_a_former_member_of_the_squad_sees_no_more():
    play = scene()
    note(play.owner, use_case=play.use_case, classification="confidential")
    assert Artifact.objects.visible_to(play.citizen).exists()
    SquadMember.objects.filter(user=play.citizen).update(ends_on=clock.today() - timedelta(days=2))
    assert not Artifact.objects.visible_to(play.citizen).exists()


def test_every_file_taken_along_stands_in_the_trail_and_a_damaged_one_is_not_handed_out():
    made = note(person())
    version = made.versions.get()
    taker = person()
    assert artifact_files.take(version, by=taker).read_bytes() == b"# Storms\n\nMany."
    event = AuditEvent.objects.order_by("-seq")[0]
    assert (event.verb, event.actor_id, event.details["file"]) == (
        "artifact_version.downloaded", taker.pk, version.digest,
    )  # fmt: skip
    with pytest.raises(Refused):
        artifact_files.take(version, by=person(duties=("auditor",)))
    filestore.cached(version.digest).write_bytes(b"changed")
    filestore.discard(version.digest)
    with pytest.raises((filestore.FileDamaged, OSError)):
        artifact_files.take(version, by=taker)
    assert AuditEvent.objects.filter(verb="artifact_version.downloaded").count() == 1


def test_a_large_notebook_is_known_by_its_beginning_and_its_end(tmp_path):
    place = tmp_path / "large"
    filling = {"cells": [{"cell_type": "raw", "source": "x" * sniffing.NOTEBOOK_LIMIT}], "nbformat": 4}
    place.write_text(json.dumps(filling))
    assert sniffing.media_type(place) == sniffing.NOTEBOOK
    place.write_text("{" + "x" * sniffing.NOTEBOOK_LIMIT)
    assert sniffing.media_type(place) == sniffing.TEXT


def test_a_file_is_scanned_where_there_is_a_scanner(settings):
    settings.UPLOAD_SCANNER = "tests.projects.artifact_scene.finds_a_worm"
    with pytest.raises(UploadRefused) as refusal:
        artifacts.create(kind="note", title="Storms", file=SimpleUploadedFile("a.md", b"worm"), by=person())
    assert refusal.value.code == "file.malware"
    assert nothing_was_made()
