"""What an artifact was made from is picked among what one may use, by ticking boxes; addresses still do."""

import pytest
from django.test import Client
from django.urls import reverse

from projects.models import Artifact, Dataset
from projects.services import shares
from tests.governance import factories
from tests.people import person
from tests.projects.artifact_scene import dataset, note

pytestmark = pytest.mark.django_db
PICKER = reverse("projects:artifact_sources")


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def page(thing):
    noun = "dataset" if isinstance(thing, Dataset) else "artifact"
    return reverse(f"projects:{noun}_detail", args=[thing.pk])


def test_the_search_offers_what_one_may_use_and_neither_what_one_may_only_look_at_nor_what_is_hidden():
    owner, friend = person(), person()
    things = [
        dataset(owner, name="Hail seen", classification="confidential"),
        note(owner, title="Hail looked at", classification="confidential"),
        note(owner, title="Hail used", classification="confidential"),
    ]
    for thing, right in zip(things, ("view", "view", "use"), strict=True):
        shares.share(thing, person=friend, right=right, reason="x", by=owner)
    note(owner, title="Hail hidden", classification="confidential")
    note(friend, title="Hail mine")
    text = browser(friend).get(PICKER, {"q": "hail"}).content.decode()
    assert "Hail used" in text and "Hail mine" in text
    for word in ("Hail seen", "Hail looked at", "Hail hidden"):
        assert word not in text, word
    assert "Nothing that you may use" in browser(friend).get(PICKER, {"q": "snow"}).content.decode()


def test_a_model_version_is_found_by_the_name_of_its_model_and_its_number():
    made = factories.world()
    factories.models.register(
        factories.trial(made.use_case, made.author, uploader=made.uploader), model=made.model, by=made.author
    )
    first, second = (
        reverse("governance:version_detail", args=[each.pk])
        for each in made.model.versions.order_by("number")
    )
    name = made.model.name.split()[0].lower()

    def found(words):
        text = browser(made.author).get(PICKER, {"q": words}).content.decode()
        return [each in text for each in (first, second)]

    assert found(name) == [True, True]
    for words in (f"{name} v2", f"{name} 2", f"v2 {name}"):
        assert found(words) == [False, True], words
    assert found(f"{name} v3") == found("v2 elsewhere") == [False, False]
    label = f"{made.model.name} v2"
    assert label in browser(made.author).get(PICKER, {"q": f"{name} v2"}).content.decode()
    chosen = browser(made.author).get(PICKER, {"q": f"{name} v2", "made_from": [second]}).content.decode()
    assert chosen.count(second) == 1 and f'value="{second}" checked' in chosen


def test_a_model_version_that_one_does_not_see_is_not_offered():
    made = factories.world()
    factories.models.Model.objects.filter(pk=made.model.pk).update(name="Zeppelin")
    type(made.use_case).objects.filter(pk=made.use_case.pk).update(is_confidential=True)
    assert "Zeppelin v1" in browser(made.author).get(PICKER, {"q": "zeppelin"}).content.decode()
    assert "Zeppelin" not in browser(person()).get(PICKER, {"q": "zeppelin"}).content.decode()


def test_what_is_ticked_stays_ticked_and_is_not_offered_again():
    by = person()
    first = note(by, title="Hail one")
    note(by, title="Hail two")
    text = (
        browser(by).get(PICKER, {"q": "hail", "made_from": [page(first), "", "/nowhere/"]}).content.decode()
    )
    assert text.count(page(first)) == 1 and f'value="{page(first)}" checked' in text
    assert "Hail two" in text and "/nowhere/" not in text


def test_ticked_boxes_and_a_pasted_address_make_the_sources():
    by = person()
    one, two, data = note(by, title="One"), note(by, title="Two"), dataset(by, name="Three")
    fields = {"title": "All", "kind": "note", "classification": "internal", "text": "x"}
    made_from = [page(one), page(data), page(two) + "\n" + page(one)]
    answer = browser(by).post(reverse("projects:artifact_new"), {**fields, "made_from": made_from})
    assert answer.status_code == 302
    assert set(Artifact.objects.get(title="All").sources.values_list("key", flat=True)) == {
        one.pk,
        two.pk,
        data.pk,
    }


def test_a_refused_form_keeps_what_was_ticked_and_what_was_written():
    by = person()
    one = note(by, title="One")
    fields = {"title": "", "kind": "note", "classification": "internal", "text": "x"}
    sent = {**fields, "made_from": [page(one), "/nowhere/"]}
    answer = browser(by).post(reverse("projects:artifact_new"), sent)
    text = answer.content.decode()
    assert answer.status_code == 422 and Artifact.objects.count() == 1
    assert f'value="{page(one)}" checked' in text and "/nowhere/</textarea>" in text


def test_changing_begins_with_the_sources_that_are_there():
    by = person()
    one = note(by, title="One")
    upon = note(by, title="Upon", made_from=[("artifact", one.pk)])
    edit = reverse("projects:artifact_edit", args=[upon.pk])
    assert f'value="{page(one)}" checked' in browser(by).get(edit).content.decode()
    body = {"title": "Upon", "description": "", "tags": "", "classification": "internal"}
    assert browser(by).post(edit, body).status_code == 302
    assert not upon.sources.exists()
