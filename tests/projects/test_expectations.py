"""What is expected of a table, what changed between versions, and who answers for it."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from portal.core import job_runner
from portal.core.models import Job, Notice
from portal.core.verdicts import Refused
from projects.models import DatasetVersion
from projects.selectors import changes, privacy
from projects.selectors.expectations import expected, offered, suggestions
from projects.services import custody, datasets, expectations
from tests.people import person
from tests.projects.data_scene import lend, near_engine, ready_version, scene, upload

__all__ = ["near_engine"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("near_engine")]

FIRST = b"client,age,plan,mail\n" + b"".join(
    b"%d,%d,%s,p%d@example.org\n" % (n, 20 + n % 50, (b"basic", b"gold")[n % 2], n) for n in range(60)
)
WORSE = (
    FIRST.replace(b"client,", b"id,", 1)
    .replace(b"\n3,23,gold", b"\n3,230,silver")
    .replace(b"\n5,25,", b"\n5,,")
)


def second_version(play, dataset, content=WORSE):
    version, _new = datasets.add_version(dataset, upload(content), by=play.citizen)
    job_runner.run_until_idle("quick")
    version.refresh_from_db()
    return version


def test_a_new_version_is_checked_and_the_rows_that_break_it_are_named_and_told(client):
    play = scene()
    dataset = ready_version(play, FIRST).dataset
    steward = person("Stella Steward")
    custody.name_people(dataset, owner=play.citizen, steward=steward, by=play.citizen)
    wanted = [
        {"column": "age", "rule": "range", "least": 18, "most": 99},
        {"column": "age", "rule": "missing", "most": 0},
        {"column": "plan", "rule": "values", "values": ["basic", "gold"]},
        {"column": "client", "rule": "unique"},
        {"column": "", "rule": "rows", "least": 50},
        {"column": "mail", "rule": "type", "type": "number"},
    ]
    expectations.expect(dataset, wanted, by=steward)
    job_runner.run_until_idle("quick")
    first = dataset.versions.get(number=1)
    assert [each["ok"] for each in first.kept["results"]] == [True, True, True, True, True, False]

    second = second_version(play, dataset)

    assert second.state == DatasetVersion.State.READY
    broken = {(each["column"], each["rule"]): each for each in second.kept["results"] if not each["ok"]}
    assert broken["age", "range"]["rows"] == [5] and broken["age", "range"]["examples"] == ["230"]
    assert broken["age", "missing"]["rows"] == [7]
    assert broken["plan", "values"]["examples"] == ["silver"]
    assert broken["client", "unique"]["note"]["code"] == "expect_absent"
    assert ("", "rows") not in broken
    for who in (steward, play.citizen):
        assert any("breaks 5 of" in str(each) for each in Notice.objects.filter(user=who))

    client.force_login(steward)
    page = client.get(reverse("projects:dataset_expectations", args=[dataset.pk])).content.decode()
    assert "230" in page and "silver" in page and "p0@example.org" in page
    client.force_login(play.stranger)
    page = client.get(reverse("projects:dataset_expectations", args=[dataset.pk])).content.decode()
    assert "silver" in page and "p0@example.org" not in page and privacy.MASK in page


def test_suggestions_come_from_the_profile_and_are_taken_by_owner_or_steward_only(client):
    play = scene()
    version = ready_version(play, FIRST)
    dataset = version.dataset
    found = suggestions(dataset, version)
    assert {"column": "client", "rule": "unique"} in found
    assert {"column": "plan", "rule": "values", "values": ["basic", "gold"]} in found
    assert not any(each["column"] == "mail" and each["rule"] == "values" for each in found)
    keys = [each.key for each in offered(dataset, version) if each.is_chosen]
    take = reverse("projects:dataset_expect_offered", args=[dataset.pk])

    client.force_login(play.owner)  # in the squad, neither owner nor steward of the table
    assert client.post(take, {"key": keys}).status_code == 403
    dataset.refresh_from_db()
    assert dataset.expectations == [] and not Job.objects.filter(kind="dataset.expect").exists()

    client.force_login(play.citizen)
    assert client.post(take, {"key": keys}).status_code == 302
    page = reverse("projects:dataset_expectations", args=[dataset.pk])
    assert client.post(f"{page}?rule=range", {"column": "age", "least": "9", "most": "3"}).status_code == 422
    assert client.post(f"{page}?rule=range", {"column": "age", "least": "9"}).status_code == 302
    assert client.post(f"{page}?rule=missing", {"column": "plan", "most": "5"}).status_code == 302
    assert client.get(f"{page}?rule=nonsense").status_code == 404
    job_runner.run_until_idle("quick")
    dataset.refresh_from_db()
    shown = expected(dataset, dataset.versions.ready().first(), play.citizen)
    assert len(shown) == len(keys) + 2 and all(each.ok for each in shown)
    less = reverse("projects:dataset_expect_less", args=[dataset.pk])
    assert client.post(less, {"key": shown[0].key}).status_code == 302
    dataset.refresh_from_db()
    assert len(dataset.expectations) == len(shown) - 1


def test_an_expectation_that_means_nothing_is_refused_with_its_field():
    play = scene()
    dataset = ready_version(play, FIRST).dataset
    for wanted, field in (
        ({"rule": "prettiness"}, "rule"),
        ({"rule": "range", "column": "nothing", "least": 1}, "column"),
        ({"rule": "range", "column": "age"}, "least"),
        ({"rule": "range", "column": "age", "least": "x"}, "least"),
        ({"rule": "range", "column": "age", "most": float("nan")}, "most"),
        ({"rule": "values", "column": "plan", "values": []}, "values"),
        ({"rule": "missing", "column": "plan", "most": 1}, "most"),
        ({"rule": "fresh", "column": "plan", "days": 0.5}, "days"),
        ({"rule": "type", "column": "plan", "type": "colour"}, "type"),
        ({"rule": "unique", "column": "plan", "least": 3}, "rule"),
    ):
        with pytest.raises(ValidationError) as refusal:
            expectations.expect(dataset, [wanted], by=play.citizen)
        assert set(refusal.value.message_dict) == {field}, wanted
    dataset.refresh_from_db()
    assert dataset.expectations == []


def test_the_difference_of_two_versions_names_columns_types_ranges_and_values(client):
    play = scene()
    dataset = ready_version(play, FIRST).dataset
    second = second_version(play, dataset)
    first = dataset.versions.get(number=1)

    found = changes.changes(first, second, play.citizen)

    assert found.renamed == [("client", "id")] and not found.is_same_schema
    lines = {each.name: " ".join(each.lines) for each in found.altered}
    assert "to 230 now" in lines["age"] and "silver" in lines["plan"]
    client.force_login(play.stranger)
    page = client.get(reverse("projects:dataset_changes", args=[second.pk]))
    assert page.status_code == 200 and "client → id" in page.content.decode()
    url = f"/api/dataset-versions/{second.pk}/changes/"
    assert client.get(url).json()["added"] == ["id"]
    assert client.get(url, {"against": str(second.dataset_id)}).status_code == 400
    assert client.get(f"/api/dataset-versions/{first.pk}/changes/").json() == {"against": None}


def test_columns_that_look_personal_are_masked_and_ask_for_the_class(client):
    play = scene()
    version = ready_version(play, FIRST)
    dataset = version.dataset
    assert privacy.open_question(dataset, version) == {"mail": "email"}
    page = reverse("projects:dataset_version", args=[version.pk])
    client.force_login(play.stranger)
    for text in (
        client.get(page).content.decode(),
        client.get(f"/api/dataset-versions/{version.pk}/profile/").content.decode(),
    ):
        assert "@example.org" not in text and "basic" in text
    client.force_login(play.citizen)
    assert "@example.org" in client.get(page).content.decode()
    detail = reverse("projects:dataset_detail", args=[dataset.pk])
    assert "Is this personal data?" in client.get(detail).content.decode()

    with pytest.raises(Refused):
        custody.classify(dataset, classification="public", reason="They are test data.", by=play.owner)
    for short in ({"classification": "internal"}, {"classification": "public", "reason": "no"}):
        with pytest.raises(ValidationError) as refusal:
            custody.classify(dataset, by=play.citizen, **short)
        assert set(refusal.value.message_dict) == {"reason"}
    custody.classify(
        dataset, classification="internal", reason="Made-up addresses of a test.", by=play.citizen
    )
    assert "Is this personal data?" not in client.get(detail).content.decode()
    classify = reverse("projects:dataset_classify", args=[dataset.pk])
    lend(dataset, play.stranger, by=play.citizen)
    assert client.post(classify, {"classification": "special"}).status_code == 302
    dataset.refresh_from_db()
    assert dataset.classification == "special" and not dataset.shares.filter(ended_at=None).exists()


def test_the_dictionary_has_units_and_suggests_what_colleagues_wrote(client):
    play = scene()
    other = ready_version(play, name="Older").dataset
    datasets.describe(other, by=play.citizen, dictionary={"Age": "Years since birth"})
    version = ready_version(play, FIRST)
    client.force_login(play.citizen)
    page = client.get(reverse("projects:dataset_version", args=[version.pk])).content.decode()
    assert "Perhaps: Years since birth" in page

    body = {"column": ["age", "plan"], "meaning": ["", "Contract"], "unit": ["years", ""], "fill": "yes"}
    client.post(reverse("projects:dataset_describe", args=[version.dataset_id]), body)

    version.dataset.refresh_from_db()
    assert version.dataset.dictionary == {"age": "Years since birth", "plan": "Contract"}
    assert version.dataset.units == {"age": "years"}


def test_the_owner_names_steward_and_successor_and_nobody_else_does(client):
    play = scene()
    dataset = ready_version(play, FIRST, classification="confidential").dataset
    with pytest.raises(Refused):
        custody.name_people(dataset, owner=play.stranger, steward=None, by=play.owner)
    service = person("Robot")
    type(service).objects.filter(pk=service.pk).update(is_service=True)
    service.refresh_from_db()
    with pytest.raises(ValidationError):
        custody.name_people(dataset, owner=service, steward=None, by=play.citizen)
    dataset.refresh_from_db()
    assert (dataset.owner, dataset.steward) == (play.citizen, None)

    client.force_login(play.citizen)
    people = {"owner": play.stranger.pk, "steward": ""}
    assert client.post(reverse("projects:dataset_people", args=[dataset.pk]), people).status_code == 302
    dataset.refresh_from_db()
    assert dataset.owner == play.stranger and Notice.objects.filter(user=play.stranger).exists()
