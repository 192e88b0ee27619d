"""What an artifact was made from is picked among what one may use, by ticking boxes; addresses still do."""

import pytest
from django.test import Client
from django.urls import reverse

from projects.models import Artifact, Dataset
from projects.services import shares
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
