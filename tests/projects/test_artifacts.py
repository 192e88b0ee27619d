"""Artifacts: frozen versions, who changes and takes them, and the class they inherit."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from portal.core import clock, filestore
from portal.core.models import AuditEvent, Notice
from portal.core.verdicts import Refused
from projects.models import Artifact, ArtifactSource, ArtifactVersion, Dataset, SquadMember
from projects.rules import artifacts as rules
from projects.services import artifact_files, artifact_sources, artifacts, custody
from tests.people import person
from tests.projects.artifact_scene import dataset, file, note, nothing_was_made, sandbox
from tests.projects.data_scene import scene

pytestmark = pytest.mark.django_db


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
